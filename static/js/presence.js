/** Who else has this incident open: `<span data-here="/incidents/…/here/" data-about="incident:42">` anywhere on the page says it. */

import { csrfToken } from "./shell.js";

const AGAIN = 15_000;
const SOON = 300;

let timer = 0;
/** @type {{url: string, about: string} | null} what was said last */
let open = null;

/** @returns {HTMLElement | null} */
const place = () => document.querySelector("[data-here]");

/** A form that changes the incident is open. */
const isEditing = () => document.querySelector("dialog[open] form[data-edits], dialog[open] form[action*='/incidents/']") !== null;

/** @param {string} url @param {string} doing @param {boolean} [last] */
function post(url, doing, last = false) {
  const options = { method: "POST", body: new URLSearchParams({ doing }), headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" } };
  return fetch(url, { ...options, credentials: "same-origin", keepalive: last }).catch(() => null);
}

async function say() {
  clearTimeout(timer);
  const box = place();
  const now = box ? { url: box.dataset.here ?? "", about: box.dataset.about ?? "" } : null;
  if (open && open.url !== now?.url) post(open.url, "gone");
  open = now;
  if (!box || !now) return;
  timer = setTimeout(say, AGAIN);
  const answer = await post(now.url, isEditing() ? "editing" : "looking");
  const shown = place();
  if (answer?.ok && shown?.dataset.here === now.url) shown.innerHTML = await answer.text();
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(say, SOON);
}

document.addEventListener("live:presence", (event) => /** @type {CustomEvent} */ (event).detail.about === open?.about && soon());
document.addEventListener("panel:shown", () => place()?.dataset.here !== open?.url && soon());
document.addEventListener("dialog:shown", soon);
document.addEventListener("dialog:closed", soon);
addEventListener("pagehide", () => open && post(open.url, "gone", true));
soon();

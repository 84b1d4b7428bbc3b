/** Who else has this incident open: `<span data-here="/incidents/…/here/" data-about="incident:42">` anywhere on the page says it. */

import { csrfToken } from "./dialogs.js";

const AGAIN = 15_000;
const SOON = 300;
/** Whoever came while this page was not on the line yet is found by a second look. */
const SECOND = 2_000;

let timer = 0;
let said = 0;
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
  const isFirst = open?.url !== now?.url;
  if (open && isFirst) post(open.url, "gone");
  open = now;
  if (!box || !now) return;
  timer = setTimeout(say, isFirst ? SECOND : AGAIN);
  const ticket = ++said;
  const answer = await post(now.url, isEditing() ? "editing" : "looking");
  const names = answer?.status === 200 ? (await answer.text()).trim() : null;
  if (ticket !== said) return;
  const shown = place();
  if (names !== null && shown?.dataset.here === now.url) shown.innerHTML = names;
  if (!answer || answer.status === 204) {
    clearTimeout(timer);
    timer = setTimeout(say, SECOND);
  }
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

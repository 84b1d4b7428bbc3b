/** The roster and the page of who is on duty: drawn again when something of it changed, here or at another desk. */

import { writeTimes } from "./clock.js";

const SOON = 150;
const SPREAD = 350;

const list = /** @type {HTMLElement} */ (document.querySelector("[data-roster]"));
let timer = 0;

async function draw() {
  timer = 0;
  const came = await fetch(location.href, { credentials: "same-origin", cache: "no-store", headers: { Accept: "text/html" } }).catch(() => null);
  if (!came?.ok) return;
  const fresh = new DOMParser().parseFromString(await came.text(), "text/html").querySelector("[data-roster]");
  if (!fresh || list.querySelector(":is(textarea, input):focus")) return;
  list.replaceChildren(...fresh.childNodes);
  htmx.process(list);
  writeTimes(list);
}

const soon = (wait = SOON + Math.random() * SPREAD) => (timer ||= window.setTimeout(draw, wait));

document.body.addEventListener("done", (event) => /** @type {CustomEvent} */ (event).detail.roster && soon(0));
document.addEventListener("live:resync", () => soon());
document.addEventListener("live:fact", (event) => {
  const { name, about } = /** @type {CustomEvent} */ (event).detail;
  if (name.startsWith("insight.watch_report") || (about ?? []).some((/** @type {string} */ one) => one.startsWith("post:"))) soon();
});

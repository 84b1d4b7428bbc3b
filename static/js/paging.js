/** The pages of this person: a line under the header until somebody answers, one key for the topmost, and a sound. */

import { writeTimes } from "./clock.js";
import { areSingleKeysOn, onKey } from "./keys.js";
import { send } from "./dialogs.js";
import { Loudspeaker } from "./sound.js";

const AGAIN = 30_000;
const SOON = 40;

const box = /** @type {HTMLElement} */ (document.getElementById("paged"));
// Where alarms sound, their loudspeaker sounds for pages too; elsewhere pages bring their own.
const alarms = document.getElementById("alarm-chip");
const speaker = alarms?.dataset.sounds === undefined ? new Loudspeaker(() => {}) : null;
let timer = 0;

async function draw() {
  timer = 0;
  const headers = { "HX-Request": "true" };
  const came = await fetch(box.dataset.url ?? "", { credentials: "same-origin", cache: "no-store", headers }).catch(() => null);
  if (came?.ok) show(await came.text());
}

/** @param {string} html */
function show(html) {
  const had = ids();
  const focused = document.activeElement instanceof HTMLElement && box.contains(document.activeElement);
  box.innerHTML = html;
  const now = ids();
  box.hidden = !now.length;
  writeTimes(box);
  if (focused) /** @type {HTMLElement | null} */ (box.querySelector("button"))?.focus({ preventScroll: true });
  const levels = [...box.querySelectorAll("[data-level]")].map((each) => Number(/** @type {HTMLElement} */ (each).dataset.level));
  ring(levels.length ? Math.min(...levels) : 0, now.some((id) => !had.includes(id)));
}

const ids = () => [...box.querySelectorAll("[data-page]")].map((each) => /** @type {HTMLElement} */ (each).dataset.page);

/** @param {number} level @param {boolean} isNew */
function ring(level, isNew) {
  if (speaker) speaker.sound(level, isNew);
  else document.dispatchEvent(new CustomEvent("page:ringing", { detail: { level, of: "pages" } }));
}

/** @param {HTMLElement | null} button */
async function answer(button) {
  if (!button?.dataset.pageAnswer) return;
  button.toggleAttribute("disabled", true);
  ring(0, false);
  await send(button.dataset.pageAnswer, {}, box);
  draw();
}

box.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  answer(/** @type {HTMLElement | null} */ (target?.closest("[data-page-answer]") ?? null));
});
onKey("answer_page", () => {
  const first = /** @type {HTMLElement | null} */ (box.querySelector("[data-page-answer]:enabled"));
  if (!first || !areSingleKeysOn()) return false;
  answer(first);
});

const soon = () => (timer ||= window.setTimeout(draw, SOON));

document.addEventListener("live:fact", (event) => {
  const { name } = /** @type {CustomEvent} */ (event).detail;
  if (name === "alerts.person_paged" || (ids().length && name.startsWith("alerts."))) soon();
});
document.addEventListener("live:resync", soon);
setInterval(() => ids().length && draw(), AGAIN);
draw();

/** Telephone calls that ring: the box in the header follows the news; one key takes the call that rings longest, whatever is open. */

import { writeTimes } from "./clock.js";
import { onKey } from "./keys.js";
import { closeDialog, openDialog, send } from "./dialogs.js";

const SOON = 20;
const SPREAD = 80;
const AGAIN = 15_000;
const PATIENCE = 5_000;

const box = /** @type {HTMLElement} */ (document.getElementById("ringing"));
const list = /** @type {HTMLElement} */ (box.querySelector("[data-ringing]"));
const said = /** @type {HTMLElement} */ (box.querySelector("[data-ringing-said]"));
let timer = 0;
let isAsking = false;
let isAskedAgain = false;

const ids = () => [...list.querySelectorAll("[data-phone-call]")].map((each) => /** @type {HTMLElement} */ (each).dataset.phoneCall);

/** @param {number} [wait] */
function ask(wait = SOON + Math.random() * SPREAD) {
  if (!timer) timer = setTimeout(refresh, wait);
}

async function refresh() {
  timer = 0;
  if (isAsking) return void (isAskedAgain = true);
  isAsking = true;
  const answer = await fetch(box.dataset.url ?? "", { credentials: "same-origin", headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(PATIENCE) }).catch(() => null);
  if (answer?.ok) show(await answer.text());
  isAsking = false;
  if (isAskedAgain) ask();
  isAskedAgain = false;
}

/** @param {string} html */
function show(html) {
  const before = new Set(ids());
  const focused = document.activeElement instanceof HTMLElement && list.contains(document.activeElement) ? document.activeElement.closest("li")?.dataset.phoneCall : "";
  list.innerHTML = html;
  writeTimes(list);
  if (focused) /** @type {HTMLElement | null} */ (list.querySelector(`[data-phone-call="${focused}"] button`))?.focus({ preventScroll: true });
  sound();
  said.textContent = ids().some((id) => !before.has(id)) ? box.dataset.says ?? "" : "";
  raise();
}

/** A call that nobody takes is heard at the consoles that are told of it, by the loudspeaker of alarms: one sound, the gravest. */
function sound() {
  const level = Number(/** @type {HTMLElement | null} */ (list.querySelector("[data-sounds]"))?.dataset.sounds ?? 0);
  document.dispatchEvent(new CustomEvent("page:ringing", { detail: { level, of: "calls" } }));
}

/** Above an open form too: it cannot be pressed there, but it is seen, and the key works. */
function raise() {
  list.toggleAttribute("data-beside", Boolean(document.querySelector("dialog[open]")));
  const shown = /** @type {HTMLElement | null} */ (list.querySelector(".ringing-box"));
  if (!shown || !("showPopover" in shown)) return;
  if (shown.matches(":popover-open")) shown.hidePopover();
  shown.showPopover();
}

document.addEventListener("live:fact", (event) => {
  if (!/** @type {CustomEvent} */ (event).detail.name.startsWith("exchange.phone_")) return;
  document.body.dispatchEvent(new CustomEvent("phones:changed"));
  ask();
});
document.addEventListener("live:resync", () => ask());
document.body.addEventListener("done", () => document.querySelector("[data-phone-page]") && ask(0));
document.addEventListener("page:who-rings", sound);
document.addEventListener("dialog:shown", raise);
document.addEventListener("dialog:closed", raise);
setInterval(() => ask(), AGAIN);

/* Taken: its form opens; the form that was open is parked by being closed. */

onKey("claim_call", () => {
  const first = /** @type {HTMLElement | null} */ (list.querySelector('[data-key="claim_call"]'));
  if (!first) return false;
  send(first.dataset.post ?? "", {}, first).then(() => ask(0));
});

/** The form of a call that was taken. @param {{form: string, key: string}} phone */
export function open(phone) {
  ask(0);
  if (document.querySelector("[data-call-host]")) return void document.dispatchEvent(new CustomEvent("call:open", { detail: phone.key }));
  closeDialog();
  openDialog(phone.form);
}

ask(0);
document.documentElement.dataset.ringing = "on";

/** Calls on this page: the form that is open, those the network kept waiting, and the keys between them. Loaded with the first form. */

import "./widgets.js";
import "./call.js";
import "./duplicates.js";
import { Call, takenUpAgain } from "./call-keeping.js";
import { unsent } from "./call-store.js";
import { send } from "./dialogs.js";

export { prepare } from "./call-blank.js";

/** @type {Map<string, Call>} */
const calls = new Map();

/** @param {EventTarget | Element | null} target @returns {HTMLFormElement | null} */
const formOf = (target) => (target instanceof Element ? target.closest("form.call") : null);

/** @param {EventTarget | Element | null} target */
const callOf = (target) => calls.get(formOf(target)?.dataset.call ?? "");

/** Follow the form that is on the page now: a new one, one taken up again, or the same come back with its errors. */
export function follow() {
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form.call"));
  if (!form?.dataset.call) return;
  const key = form.dataset.call;
  const known = calls.get(key);
  if (form.dataset.number || form.dataset.heard?.includes(":")) takenUpAgain(key);
  if (known?.form === form) return;
  if (known && !known.isEnded) {
    known.form = form;
    known.isEnding = false;
    known.note();
  } else begin(form, key);
  if (form.dataset.state === "PARKED") takeUp(form);
}

/** @param {HTMLFormElement} form @param {string} key */
function begin(form, key) {
  const call = Call.of(form);
  calls.set(key, call);
  hold(key, call);
  call.recover();
  if (form.hasAttribute("data-spare")) call.tell("here");
  call.considerBoard();
}

/** Not by the form's own request: what comes of that ends the call. @param {HTMLFormElement} form */
function takeUp(form) {
  form.dataset.state = "TAKING";
  send(form.dataset.resumeUrl ?? "");
}

/** While this tab has the call, no other sends it for us. @param {string} key @param {Call} call */
function hold(key, call) {
  navigator.locks?.request(`call:${key}`, () => new Promise((/** @type {(value?: unknown) => void} */ free) => {
    const timer = setInterval(() => {
      if (!call.isEnded && call.form?.isConnected) return;
      clearInterval(timer);
      free();
    }, 2000);
  }));
}

/* The caller's words for the place stay beside the place that was taken for them. */

/** @param {Event} event @param {string} name @param {string} value */
function remember(event, name, value) {
  const field = /** @type {HTMLInputElement | null} */ (formOf(event.target)?.querySelector(`[name=${name}]`) ?? null);
  if (field) field.value = value;
}
document.addEventListener("input", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.id === "call-place") remember(event, "place_typed", event.target.value);
});
document.addEventListener("combo:taken", (event) => {
  const { label = "", lon } = /** @type {CustomEvent} */ (event).detail;
  if (event.target instanceof Element && event.target.querySelector("#call-place") && lon) remember(event, "place_taken", label);
});

for (const name of ["input", "change", "combo:taken", "combo:typed", "point:put"]) {
  // After the other listeners: a chosen place has put its point by then.
  document.addEventListener(name, (event) => setTimeout(() => callOf(event.target)?.note()));
}
document.addEventListener("focusout", (event) => setTimeout(() => callOf(event.target)?.considerBoard()));

/* The end of a call goes by the form's own request; only when that gets no answer is it sent again from here. */

/** @param {Event} event */
const ending = (event) => {
  const { requestConfig, elt } = /** @type {CustomEvent} */ (event).detail;
  return requestConfig?.verb === "post" && elt instanceof HTMLFormElement ? callOf(elt) : undefined;
};

document.body.addEventListener("htmx:beforeRequest", (event) => {
  ending(event)?.ends();
});
for (const name of ["htmx:sendError", "htmx:timeout"]) document.body.addEventListener(name, (event) => ending(event)?.endLater());
document.body.addEventListener("htmx:responseError", (event) => {
  const call = ending(event);
  if (!call) return;
  if (/** @type {CustomEvent} */ (event).detail.xhr.status >= 502) call.endLater();
  else {
    call.isEnding = false;
    call.sendSoon();
  }
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  const form = document.querySelector("form.call");
  follow();
  showPoint(/** @type {CustomEvent} */ (event).detail.target);
  /** @type {HTMLElement | null} */ (form?.querySelector("[aria-invalid=true]") ?? null)?.focus();
}, { passive: true });
document.body.addEventListener("done", (event) => {
  const { call: key } = /** @type {CustomEvent} */ (event).detail;
  const call = calls.get(key ?? "");
  if (call?.isEnding || callOf(event.target) === call) call?.finished();
});

/** What was read of a place is said of the call that asked: an answer that comes when its form is gone reaches nobody. @param {HTMLElement} target */
function showPoint(target) {
  const read = target.id === "about-place" && target.querySelector("[data-point-read]");
  const says = read && target.closest("form")?.querySelector("[data-point]");
  if (says) says.textContent = read.textContent;
}

/* Escape and the button put the call aside. */

document.addEventListener("dialog:shown", follow);
document.addEventListener("dialog:closed", () => {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("dialog"));
  if (dialog.returnValue === "picking") return;
  for (const call of calls.values()) if (call.form && !call.form.isConnected) aside(call);
});

/** @param {Call} call */
export function aside(call) {
  calls.delete(call.record.key);
  return call.park();
}

/** A form that was closed before this script came. @param {HTMLFormElement} form */
export function leave(form) {
  const call = Call.of(form);
  call.note(true);
  aside(call);
}

/** The call on the page, if one is. */
export const current = () => callOf(document.querySelector("form.call"));

/* The link came back, or the person did. */

const sendAll = () => {
  for (const call of calls.values()) if (call.isBehind() || call.record.step) call.send();
};
window.addEventListener("online", sendAll);
document.addEventListener("visibilitychange", sendAll);
document.addEventListener("live:state", (event) => /** @type {CustomEvent} */ (event).detail.connected && sendAll());

/** Send what a closed tab left behind, unless another tab has the call. */
export async function sendLeft() {
  for (const record of await unsent()) {
    if (calls.has(record.key)) continue;
    const go = async (/** @type {unknown} */ lock) => {
      if (lock === null) return;
      const call = new Call(record);
      await call.send();
      if (!call.isEnded && !call.isBehind() && !record.step) document.body.dispatchEvent(new CustomEvent("calls:changed"));
    };
    if (navigator.locks) await navigator.locks.request(`call:${record.key}`, { ifAvailable: true }, go);
    else await go(true);
  }
}

follow();
sendLeft();

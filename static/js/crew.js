/**
 * The phone of a crew: one press says what the unit does. A press is kept on the phone until the room has heard it, whatever the
 * network does; each has a name of its own, so that one sent twice is heard once, in the order in which they were made.
 */

import { now, timeOfDay, writeTimes } from "./clock.js";
import { csrfToken, toast } from "./dialogs.js";
import { steady } from "./steady.js";
import { want } from "../live/socket.js";
import { Idiomorph } from "../vendor/idiomorph.js";

const EVERY = 5_000;
const FRESH = 20_000;
const TWICE = 5_000;
const TIMEOUT = 12_000;

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const box = /** @type {HTMLElement} */ (document.getElementById("crew-now"));
const list = /** @type {HTMLElement} */ (document.getElementById("crew-queue"));
const status = /** @type {HTMLElement} */ (document.getElementById("crew-waiting"));
const name = `crew-${document.documentElement.dataset.person}-${main.dataset.unit}`;

/** @typedef {{press: string, state: string, label: string, reason: string, at: string, device_at: string, tries: number, refused: string}} Press */

/** @returns {Press[]} */
const waiting = () => JSON.parse(localStorage.getItem(name) ?? "[]");

/** @param {Press[]} presses */
function keep(presses) {
  localStorage.setItem(name, JSON.stringify(presses));
  show();
}

/** @param {string} press @param {Partial<Press> | null} change null takes it away */
function change(press, change) {
  keep(waiting().flatMap((each) => (each.press !== press ? [each] : change ? [{ ...each, ...change }] : [])));
}

function show() {
  const presses = waiting();
  const open = presses.filter((each) => !each.refused);
  status.hidden = !open.length;
  status.textContent = open.length ? `${status.dataset.words} ${open.length}` : "";
  list.replaceChildren(...presses.map(line));
}

/** @param {Press} press */
function line(press) {
  const item = document.createElement("li");
  const text = press.refused ? `× ${press.label} · ${press.refused}` : `↑ ${press.label}${press.tries ? ` · ${press.tries} ${status.dataset.tries}` : ""}`;
  const words = Object.assign(document.createElement("span"), { textContent: `${timeOfDay(Date.parse(press.at)).slice(0, 5)} ${text}` });
  const drop = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: list.dataset.drop ?? "" });
  drop.addEventListener("click", () => change(press.press, null));
  item.append(words, drop);
  return item;
}

/** @param {string} state @param {string} label @param {string} [reason] */
function press(state, label, reason = "") {
  const own = crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint32Array(4))].join("-");
  const at = new Date(now()).toISOString();
  keep([...waiting(), { press: own, state, label, reason, at, device_at: new Date().toISOString(), tries: 0, refused: "" }]);
  navigator.vibrate?.(30);
  const words = box.querySelector("[data-state-words]");
  if (words && !["SPEAK", "DISTRESS"].includes(state)) words.textContent = label;
  flush();
}

/* Sending: one window at a time, the oldest first; nothing overtakes what waits. */

let isSending = false;

async function flush() {
  if (navigator.locks) await navigator.locks.request(`${name}-send`, { ifAvailable: true }, async (lock) => lock && sendAll());
  else if (!isSending) {
    isSending = true;
    await sendAll();
    isSending = false;
  }
}

async function sendAll() {
  for (let next = first(); next; next = first()) if (!(await sendOne(next))) return;
}

/** An emergency call waits for nothing. */
function first() {
  const open = waiting().filter((each) => !each.refused);
  return open.find((each) => each.state === "DISTRESS") ?? open[0];
}

/** @param {Press} press @returns {Promise<boolean>} whether the next may be sent */
async function sendOne(press) {
  const { press: key, state, reason, at, device_at } = press;
  const body = new URLSearchParams({ press: key, state, reason, at, device_at });
  const headers = { "X-CSRFToken": csrfToken(), "HX-Request": "true" };
  const answer = await fetch(main.dataset.sayUrl ?? "", { method: "POST", body, headers, credentials: "same-origin", signal: AbortSignal.timeout?.(TIMEOUT) }).catch(() => null);
  if (!answer || answer.status >= 500 || [401, 408, 429].includes(answer.status)) {
    change(key, { tries: press.tries + 1 });
    if (answer?.status === 401) signIn();
    return false;
  }
  const words = (await answer.text()).trim().slice(0, 200);
  if (answer.ok) {
    change(key, null);
    toast(words);
  } else change(key, { refused: words || String(answer.status) });
  refresh();
  return true;
}

function signIn() {
  const link = Object.assign(document.createElement("a"), { className: "button", textContent: list.dataset.signIn ?? "" });
  link.href = `${main.dataset.loginUrl}?next=${encodeURIComponent(location.pathname)}`;
  status.hidden = false;
  status.replaceChildren(link);
}

/* What is shown. */

let timer = 0;

async function refresh() {
  clearTimeout(timer);
  timer = setTimeout(refresh, FRESH);
  const answer = await fetch(main.dataset.nowUrl ?? "", { credentials: "same-origin", cache: "no-cache", headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || waiting().some((each) => !each.refused)) return;
  Idiomorph.morph(box, await answer.text(), { morphStyle: "innerHTML", ignoreActiveValue: true, callbacks: { beforeAttributeUpdated: keepOpen } });
  writeTimes(box);
}

/** A form that is open stays open. @param {string} attribute @param {Element} element */
const keepOpen = (attribute, element) => !(attribute === "open" && element instanceof HTMLDetailsElement);

function soon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, 150 + Math.random() * 250);
}

document.addEventListener("live:fact", (event) => {
  const about = /** @type {string[]} */ (/** @type {CustomEvent} */ (event).detail.about ?? []);
  if (about.includes(`unit:${main.dataset.unit}`) || about.some((each) => each.startsWith("incident:"))) soon();
});
document.addEventListener("live:resync", soon);

/* Presses. An emergency call takes two, so that a pocket makes none. */

let armed = -Infinity;

box.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement | null} */ (event.target instanceof Element ? event.target.closest("[data-say]") : null);
  if (!button) return;
  if (button.dataset.twice && performance.now() - armed > TWICE) {
    armed = performance.now();
    const before = button.innerHTML;
    button.textContent = button.dataset.twice;
    setTimeout(() => (button.innerHTML = before), TWICE);
    return;
  }
  armed = -Infinity;
  press(button.dataset.say ?? "", button.dataset.label ?? "");
});

box.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement | null} */ (event.target instanceof Element ? event.target.closest("[data-decline]") : null);
  if (!form) return;
  event.preventDefault();
  press("DECLINED", /** @type {HTMLElement} */ (form.querySelector("[data-label]")).dataset.label ?? "", String(new FormData(form).get("reason")));
  form.reset();
  form.closest("details")?.removeAttribute("open");
});

for (const happening of ["online", "focus", "pageshow"]) addEventListener(happening, () => void flush());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") return;
  flush();
  soon();
});
addEventListener("storage", (event) => event.key === name && show());
steady(() => toast(status.dataset.slipped ?? "", { refused: true }));
want([]); // where every unit of the city is would cost a phone more than all the rest
setInterval(flush, EVERY);
show();
flush();
timer = setTimeout(refresh, FRESH);
main.dataset.ready = "true";

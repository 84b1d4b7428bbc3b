/** Commands of ours and what comes of them: sending, toasts, dialogs and what is chosen in them. */

import { say, writeTimes } from "./clock.js";
import { isTyping, onKey } from "./keys.js";

const TOAST = 6000;
const UNDO = 8000;

/** @param {string} selector @returns {HTMLElement | null} */
const find = (selector) => document.querySelector(selector);

/**
 * Say the result of what the person did; with a way back while it is there.
 * @param {string} text
 * @param {{refused?: boolean, undo?: () => void, label?: string}} [options]
 */
export function toast(text, { refused = false, undo, label } = {}) {
  const box = find("#toasts");
  if (!box) return;
  const item = Object.assign(document.createElement("div"), { className: refused ? "toast refused" : "toast" });
  item.append(Object.assign(document.createElement("p"), { textContent: text }));
  if (undo) {
    // One key, one meaning: it takes back what was done last.
    for (const each of box.querySelectorAll("[data-key=undo]")) /** @type {HTMLElement} */ (each).closest(".toast")?.remove();
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: `${label ?? say("undo")} ` });
    button.dataset.key = "undo";
    button.append(Object.assign(document.createElement("kbd"), { textContent: "Z" }));
    button.addEventListener("click", () => {
      item.remove();
      undo();
    });
    item.append(button);
  }
  box.append(item);
  while (box.children.length > 3) box.firstElementChild?.remove();
  let left = undo ? UNDO : refused ? 2 * TOAST : TOAST;
  const timer = setInterval(() => {
    if (!item.matches(":hover, :focus-within")) left -= 500;
    if (left > 0 && item.isConnected) return;
    clearInterval(timer);
    item.remove();
  }, 500);
}

document.addEventListener("key:refused", (event) => toast(/** @type {CustomEvent} */ (event).detail, { refused: true }));

/**
 * Send a command of ours and tell what came of it. Resolves to whether it was accepted.
 * @param {string} url
 * @param {Record<string, string> | URLSearchParams} [values]
 * @param {Element} [origin] where it was given: what comes of it is told from there
 */
export async function send(url, values = {}, origin = document.body) {
  const body = new URLSearchParams(values);
  const headers = { "X-CSRFToken": csrfToken(), "HX-Request": "true", Accept: "text/html" };
  try {
    const answer = await fetch(url, { method: "POST", body, headers, credentials: "same-origin" });
    if (answer.ok) {
      announce(answer.headers.get("HX-Trigger"), origin.isConnected ? origin : document.body);
      return true;
    }
    toast(said(await answer.text()), { refused: true });
  } catch {
    toast(say("unsent"), { refused: true });
  }
  return false;
}

export function csrfToken() {
  return find("meta[name=csrf-token]")?.getAttribute("content") ?? "";
}

/** Raise the events that an answer carries in its header. @param {string | null} header @param {Element} origin */
function announce(header, origin) {
  if (!header) return;
  for (const [name, detail] of Object.entries(JSON.parse(header))) {
    origin.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}

/* Dialogs: one host; htmx puts a form into it, and it opens when something is in it. */

/** @returns {HTMLDialogElement | null} */
export const host = () => document.querySelector("dialog#dialog");

/** The element that had the focus before the dialog. @type {HTMLElement | null} */
let cameFrom = null;

export function closeDialog() {
  host()?.close();
}

/** What stands in for a form when the server does not answer: made of one that was loaded before. @type {Map<string, (url: string) => Promise<string>>} */
export const spares = new Map();
const PATIENCE = 2500;
const LONGEST = 30_000;

/** What a server says of its refusal, in words: a whole page of its own is no sentence. @param {string} text */
const said = (text) => (/<html|<!doctype/i.test(text) ? "" : text.trim().slice(0, 300)) || say("failed");

/** @param {string} url */
async function ask(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin", signal: AbortSignal.timeout(LONGEST) });
  return { ok: answer.ok, status: answer.status, text: await answer.text() };
}

/** @param {number} ms @returns {Promise<undefined>} */
const late = (ms) => new Promise((tell) => setTimeout(() => tell(undefined), ms));

/**
 * A form of ours as HTML; empty when there is none, and then it is told why. A slow server is waited for only while nothing can stand in:
 * a call that was parked is held by the server alone. @param {string} url
 */
export async function fetchForm(url) {
  const spare = spares.get(url.split("?")[0]);
  const asked = ask(url).catch(() => null);
  let answer = await (spare ? Promise.race([asked, late(PATIENCE)]) : asked);
  if (answer?.ok && answer.text) return answer.text;
  const made = spare && (!answer || answer.ok || answer.status >= 502) ? await spare(url) : "";
  if (made) return made;
  answer = await asked;
  if (answer?.ok && answer.text) return answer.text;
  toast(answer ? said(answer.text) : say("unsent"), { refused: true });
  return "";
}

let asked = 0;

/** Put a form of ours into the dialog; of two asked for at once the last stands, whichever comes first. @param {string} url */
export async function openDialog(url) {
  const dialog = host();
  const ticket = ++asked;
  const html = dialog && (await fetchForm(url));
  if (!html || ticket !== asked) return;
  dialog.innerHTML = html;
  htmx.process(dialog);
  showDialog(dialog);
}

/** What a button sends: each `data-send-name`. @param {HTMLElement} button */
function valuesOf(button) {
  /** @type {Record<string, string>} */
  const values = {};
  for (const { name, value } of button.attributes) if (name.startsWith("data-send-")) values[name.slice(10)] = value;
  return values;
}

/** @param {HTMLElement} dialog */
function firstField(dialog) {
  const fields = /** @type {NodeListOf<HTMLElement>} */ (dialog.querySelectorAll(".dialog-body :is(input, select, textarea):enabled:not([type=hidden])"));
  return [...fields].find((each) => each.getClientRects().length > 0);
}

/** @param {HTMLDialogElement} dialog */
function showDialog(dialog) {
  const first = dialog.firstElementChild;
  if (!first) return;
  dialog.className = first.getAttribute("data-dialog") ?? "";
  if (!dialog.open) {
    cameFrom = /** @type {HTMLElement | null} */ (document.activeElement);
    dialog.showModal();
  }
  // Where nothing is named, what is typed next goes into the first field, and never to the button that closes.
  const wanted = /** @type {HTMLElement | null} */ (dialog.querySelector("[aria-invalid=true], [data-focus]")) ?? firstField(dialog);
  wanted?.focus();
  if (wanted instanceof HTMLInputElement && wanted.readOnly) wanted.select(); // it stands there to be copied
  writeTimes(dialog);
  document.dispatchEvent(new CustomEvent("dialog:shown", { detail: dialog }));
}

function wireDialogs() {
  const dialog = host();
  if (!dialog) return;
  dialog.addEventListener("close", () => {
    if (dialog.open) return; // opened again before this was told
    dialog.replaceChildren();
    cameFrom?.focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("dialog:closed"));
  });
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const opener = target?.closest("[data-dialog-url]");
    if (opener) openDialog(/** @type {HTMLElement} */ (opener).dataset.dialogUrl ?? "");
    if (target?.closest("[data-close]")) target.closest("dialog")?.close();
    const post = /** @type {HTMLElement | null} */ (target?.closest("[data-post]"));
    if (post?.dataset.post) send(post.dataset.post, valuesOf(post), post);
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (/** @type {CustomEvent} */ (event).detail.target === dialog) showDialog(dialog);
  });
}

/* Inside a dialog the number keys choose, and a choice shows the fields it needs. */

function wireChoices() {
  document.addEventListener("keydown", (event) => {
    const dialog = host();
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
    if (!dialog?.open || !digit || isTyping(event.target) || event.ctrlKey || event.altKey || event.isComposing) return;
    const chosen = /** @type {HTMLElement | null} */ (dialog.querySelector(`[data-digit="${digit[1]}"]`));
    if (!chosen) return;
    event.preventDefault();
    chosen.focus();
    chosen.click();
  });
  document.addEventListener("change", (event) => {
    const form = event.target instanceof HTMLInputElement ? event.target.form : null;
    if (form) showNeeded(form);
  });
  document.addEventListener("dialog:shown", (event) => {
    for (const form of /** @type {CustomEvent} */ (event).detail.querySelectorAll("form")) showNeeded(form);
  });
}

// From a field of several lines too, where Enter begins the next one.
onKey("submit", () => {
  const button = /** @type {HTMLElement | null} */ (host()?.querySelector(".dialog-foot [type=submit].primary:enabled"));
  button?.click();
  return Boolean(button);
});

/** @param {HTMLFormElement} form */
function showNeeded(form) {
  const chosen = /** @type {HTMLElement | null} */ (form.querySelector("[data-needs]:checked"));
  const needs = new Set((chosen?.dataset.needs ?? "").split(" "));
  for (const each of form.querySelectorAll("[data-need]")) {
    const field = /** @type {HTMLElement} */ (each);
    field.hidden = !needs.has(field.dataset.need ?? "");
    const input = /** @type {HTMLInputElement | null} */ (field.querySelector("input, select"));
    if (input) input.required = !field.hidden;
  }
}

/** Whether what failed only helps: a suggestion that does not come is no news while somebody is on the line. @param {Event} event */
const isQuiet = (event) => event.target instanceof Element && Boolean(event.target.closest("[data-quiet], [data-loud]")?.hasAttribute("data-quiet"));

/* What the server says came of a command: {sentence, undo: {url, values}, go} in HX-Trigger "done". */

function wireResults() {
  document.body.addEventListener("done", (event) => {
    const { sentence, undo, go, dialog } = /** @type {CustomEvent} */ (event).detail;
    const from = /** @type {Element} */ (event.target).closest("dialog");
    if (!dialog || from !== host()) from?.close(); // one that is asked for anew stays, so that the next digit is not the page's
    if (event.target instanceof HTMLFormElement) event.target.reset();
    if (sentence) toast(sentence, undo ? { undo: () => send(undo.url, undo.values ?? {}) } : {});
    if (go) location.assign(go);
    if (dialog) openDialog(dialog);
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    if (isQuiet(event)) return;
    const { xhr } = /** @type {CustomEvent} */ (event).detail;
    toast(said(xhr.responseText), { refused: true });
  });
  document.body.addEventListener("htmx:sendError", (event) => isQuiet(event) || toast(say("unsent"), { refused: true }));
}

wireDialogs();
wireChoices();
wireResults();

/** What every screen has: live indicator, toasts, dialogs, theme, key overlay. */

import { everySecond, say, timeOfDay, now, age, writeTimes } from "./clock.js";
import { areSingleKeysOn, isTyping, listKeys, onKey, setSingleKeys } from "./keys.js";

const TOAST = 6000;
const UNDO = 8000;

/** @param {string} selector @returns {HTMLElement | null} */
const find = (selector) => document.querySelector(selector);

/**
 * A script that comes with its first use. The server writes the address into the page: these scripts import this one, and files in a
 * circle cannot be named by their content.
 * @param {string} name
 * @returns {Promise<any>}
 */
const later = (name) => import(JSON.parse(find("#later")?.textContent ?? "{}")[name]);

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
    toast((await answer.text()).trim().slice(0, 300) || say("failed"), { refused: true });
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
const host = () => document.querySelector("dialog#dialog");

/** The element that had the focus before the dialog. @type {HTMLElement | null} */
let cameFrom = null;

export function closeDialog() {
  host()?.close();
}

/** What stands in for a form when the server does not answer: made of one that was loaded before. @type {Map<string, (url: string) => Promise<string>>} */
export const spares = new Map();
const PATIENCE = 2500;
const LONGEST = 30_000;

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
  toast(answer ? answer.text.trim().slice(0, 300) || say("failed") : say("unsent"), { refused: true });
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

/** @param {HTMLDialogElement} dialog */
function showDialog(dialog) {
  const first = dialog.firstElementChild;
  if (!first) return;
  dialog.className = first.getAttribute("data-dialog") ?? "";
  if (!dialog.open) {
    cameFrom = /** @type {HTMLElement | null} */ (document.activeElement);
    dialog.showModal();
  }
  const wanted = /** @type {HTMLElement | null} */ (dialog.querySelector("[aria-invalid=true], [data-focus]"));
  wanted?.focus();
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
    /** @type {Element} */ (event.target).closest("dialog")?.close();
    if (event.target instanceof HTMLFormElement) event.target.reset();
    if (sentence) toast(sentence, undo ? { undo: () => send(undo.url, undo.values ?? {}) } : {});
    if (go) location.assign(go);
    if (dialog) openDialog(dialog);
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    if (isQuiet(event)) return;
    const { xhr } = /** @type {CustomEvent} */ (event).detail;
    const isPage = (xhr.getResponseHeader("Content-Type") ?? "").includes("html") && xhr.responseText.includes("<html");
    toast(isPage ? say("failed") : xhr.responseText.trim().slice(0, 300) || say("failed"), { refused: true });
  });
  document.body.addEventListener("htmx:sendError", (event) => isQuiet(event) || toast(say("unsent"), { refused: true }));
}

/* The link to the server. */

let lastHeard = now();
let isDown = false;
let tries = 0;

function wireLink() {
  const state = find("#link-state");
  const row = find("#shell-lost");
  if (!state || !row) return;
  document.addEventListener("live:state", (event) => {
    const { connected, lag } = /** @type {CustomEvent} */ (event).detail;
    isDown = !connected;
    if (connected) {
      lastHeard = now();
      tries = 0;
      const text = lag === null || lag === undefined ? say("live") : say("live_lag", { s: (lag / 1000).toFixed(1) });
      write(state, "up", text);
    } else {
      tries += 1;
      write(state, "down", say("offline"));
    }
    row.hidden = !isDown;
  });
  for (const name of ["live:fact", "live:telemetry"]) document.addEventListener(name, () => (lastHeard = now()));
  everySecond((moment) => {
    const text = row.querySelector("p");
    if (!isDown || !text) return;
    text.textContent = say("stopped_at", { time: timeOfDay(lastHeard), age: age((moment - lastHeard) / 1000), n: tries });
  });
}

/** @param {HTMLElement} state @param {string} kind @param {string} text */
function write(state, kind, text) {
  state.dataset.state = kind;
  if (state.textContent !== text) state.textContent = text;
}

/* Theme, keys, menus. */

/** @param {string} theme */
function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  showTheme();
  document.dispatchEvent(new CustomEvent("theme:change", { detail: theme }));
}

function showTheme() {
  const theme = document.documentElement.dataset.theme;
  for (const button of document.querySelectorAll("[data-theme-to]")) {
    button.setAttribute("aria-pressed", String(button.getAttribute("data-theme-to") === theme));
  }
}

function wireMenus() {
  showTheme();
  const keys = find("#single-keys");
  keys?.setAttribute("aria-pressed", String(areSingleKeysOn()));
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const theme = target?.closest("[data-theme-to]")?.getAttribute("data-theme-to");
    if (theme) setTheme(theme);
    if (keys && target?.closest("#single-keys")) {
      setSingleKeys(!areSingleKeysOn());
      keys.setAttribute("aria-pressed", String(areSingleKeysOn()));
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.removeAttribute("open");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = find("details.menu[open]");
    if (!menu) return;
    menu.removeAttribute("open");
    menu.querySelector("summary")?.focus();
  });
  const overlay = /** @type {HTMLDialogElement | null} */ (find("#keys"));
  if (!overlay) return;
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-show-keys]")) showKeys(overlay);
  });
  onKey("keys", () => showKeys(overlay));
}

/** @param {HTMLDialogElement} overlay */
function showKeys(overlay) {
  if (overlay.open) return;
  listKeys(/** @type {HTMLElement} */ (overlay.querySelector(".keys-list")));
  overlay.showModal();
}

/* Routine or emergency: the chip follows the news; nobody's form, choice or map moves. */

function wireMode() {
  const chip = find("#mode");
  if (!chip) return;
  const refresh = async () => {
    const answer = await fetch(chip.dataset.url ?? "", { credentials: "same-origin", headers: { "HX-Request": "true" } }).catch(() => null);
    if (answer?.ok) chip.innerHTML = await answer.text();
    document.dispatchEvent(new CustomEvent("mode:changed"));
  };
  document.addEventListener("live:fact", (event) => /** @type {CustomEvent} */ (event).detail.name.startsWith("incidents.mode_") && refresh());
  document.addEventListener("live:resync", refresh);
}

/* Search over everything: fetched with its first use. */

function wirePalette() {
  const dialog = /** @type {HTMLDialogElement | null} */ (find("#palette"));
  const field = /** @type {HTMLInputElement | null} */ (dialog?.querySelector("input"));
  if (!dialog || !field) return;
  // The field is there at once, so that nothing typed while the script is on its way presses keys of the page.
  let entered = false;
  const onEnter = (/** @type {KeyboardEvent} */ event) => (entered ||= event.code === "Enter" && event.keyCode !== 229);
  const open = () => {
    if (dialog.open) return;
    field.value = "";
    dialog.showModal();
    field.addEventListener("keydown", onEnter);
    later("palette")
      .then((module) => module.openPalette(dialog, entered))
      .catch(() => toast(say("unsent"), { refused: true }))
      .finally(() => {
        field.removeEventListener("keydown", onEnter);
        entered = false;
      });
  };
  onKey("find", open);
  onKey("find_slash", open);
  find("#find-button")?.addEventListener("click", open);
}

function wirePlaces() {
  for (const link of document.querySelectorAll("a[data-go]")) {
    const name = link.getAttribute("data-go") ?? "";
    onKey(name, () => /** @type {HTMLElement} */ (link).click());
  }
}

/* Calls: their scripts come with the first form; one that a reload cut off, or that never reached the server, is taken up at once. */

function wireCalls() {
  let isHere = false;
  const desk = () => later("call-desk").then((module) => ((isHere = true), module)).catch(() => void toast(say("unsent"), { refused: true }));
  // Faster than the script: what was typed before it came is put aside by it, not lost with the form.
  host()?.addEventListener("close", () => {
    const form = host()?.querySelector("form.call");
    if (form && !isHere && host()?.returnValue !== "picking") desk().then((module) => module?.leave(form));
  }, { capture: true });
  document.addEventListener("dialog:shown", (event) => /** @type {CustomEvent} */ (event).detail.querySelector("form.call") && desk());
  document.addEventListener("live:fact", (event) => {
    if (/** @type {CustomEvent} */ (event).detail.name.startsWith("incidents.call_")) document.body.dispatchEvent(new CustomEvent("calls:changed"));
  });
  const list = find("#desk-calls");
  if (!list) return;
  keepReady(list.dataset.formUrl ?? "");
  if (find("form.call")) return;
  const cut = sessionStorage.getItem("call");
  if (cut) openDialog(`${list.dataset.formUrl}?call=${cut}`);
  else if (localStorage.getItem("calls-unsent")) desk();
}

const READY_AFTER = 8000;

/** What begins a call is here before it is needed: the form opens though the link is gone by then. @param {string} url */
function keepReady(url) {
  let isAsked = false;
  const prepare = () => {
    if (isAsked) return;
    isAsked = true;
    later("call-desk").then((module) => module.prepare(url)).catch(() => (isAsked = false));
  };
  document.addEventListener("live:state", (event) => /** @type {CustomEvent} */ (event).detail.connected && setTimeout(prepare, READY_AFTER));
  for (const name of ["keydown", "pointerdown"]) document.addEventListener(name, prepare, { passive: true });
}

wireDialogs();
wireCalls();
wireChoices();
wireResults();
wireLink();
wireMenus();
wireMode();
wirePalette();
wirePlaces();

/** Telephone calls ring where an exchange is connected. */
function wireRinging() {
  if (!find("#ringing")) return;
  const begin = () => setTimeout(() => later("ringing").catch(begin), ALARMS_AFTER);
  if (document.readyState === "complete") begin();
  else addEventListener("load", begin, { once: true });
  document.body.addEventListener("done", (event) => {
    const { phone } = /** @type {CustomEvent} */ (event).detail;
    if (phone) later("ringing").then((module) => module.open(phone)).catch(() => toast(say("unsent"), { refused: true }));
  });
}

/* Alarms: the strip comes with the page; what sounds and answers follows when the first picture stands. */

const ALARMS_AFTER = 1000;

function wireAlarms() {
  if (!find("meta[name=alarms]")) return;
  const begin = () => setTimeout(() => later("alarms").catch(begin), ALARMS_AFTER);
  if (document.readyState === "complete") begin();
  else addEventListener("load", begin, { once: true });
}

wireAlarms();
wireRinging();

/* Pages: the script comes with the first of them; who sees no alarms asks once whether one waits. */

function wirePages() {
  if (!find("#paged") || !find("#link-state")) return;
  const open = () => later("paging").catch(() => undefined);
  document.addEventListener("live:fact", (event) => {
    const { name, about } = /** @type {CustomEvent} */ (event).detail;
    if (name === "alerts.person_paged" && about.includes(`user:${document.documentElement.dataset.person}`)) open();
  });
  document.addEventListener("paged", open);
  if (!find("meta[name=alarms]")) addEventListener("load", () => setTimeout(open, ALARMS_AFTER), { once: true });
}

wirePages();

/* Rooms: the script comes with the first use, or with the first message that may be for the reader. */

function wireChat() {
  const button = find("#chat-button");
  if (!button) return;
  const desk = () => later("chat-desk");
  button.addEventListener("click", () => desk().then((module) => module.toggle()).catch(() => toast(say("unsent"), { refused: true })));
  document.addEventListener("live:fact", (event) => {
    const frame = /** @type {CustomEvent} */ (event).detail;
    if (frame.name === "chat.message_posted") desk().catch(() => undefined);
  });
}

wireChat();

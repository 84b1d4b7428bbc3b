/** What every screen has: live indicator, theme, key overlay, search, and what comes with its first use. */

import { everySecond, say, timeOfDay, now, age } from "./clock.js";
import { host, openDialog, toast } from "./dialogs.js";
import { areSingleKeysOn, listKeys, onKey, setSingleKeys } from "./keys.js";

/** @param {string} selector @returns {HTMLElement | null} */
const find = (selector) => document.querySelector(selector);

/**
 * A script that comes with its first use; the server writes its address, named by its content, into the page.
 * @param {string} name
 * @returns {Promise<any>}
 */
const later = (name) => import(JSON.parse(find("#later")?.textContent ?? "{}")[name]);

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

wireCalls();
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
    if (["chat.message_posted", "chat.order_given"].includes(frame.name)) desk().catch(() => undefined);
  });
}

wireChat();

/* What becomes of what the reader gave to others: the script comes with the first news of it. */

const RECEIPTS = ["access.share_seen", "incidents.handout_opened", "incidents.handout_failed"];

document.addEventListener("live:fact", (event) => {
  const frame = /** @type {CustomEvent} */ (event).detail;
  const isOwn = RECEIPTS.includes(frame.name) && frame.about.includes(`user:${document.documentElement.dataset.person}`);
  if (isOwn) later("receipts").then((module) => module.tell(frame)).catch(() => undefined);
});

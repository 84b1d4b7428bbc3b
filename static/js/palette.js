/**
 * `Ctrl K`: one field over everything. The server finds (incidents, units, places, commands, people, settings); this asks while
 * one types, moves the choice, and does what the chosen one says. Fetched when it is first opened.
 */

import { chosenIncident } from "./command-line.js";
import { canPress, press } from "./keys.js";
import { openDialog, send } from "./dialogs.js";

const PAUSE = 70;
const RECENT = 8;
const KEPT = ["url", "dialog", "incident", "lon", "lat"];

class Palette {
  /** @param {HTMLDialogElement} dialog */
  constructor(dialog) {
    this.dialog = dialog;
    this.field = /** @type {HTMLInputElement} */ (dialog.querySelector("input"));
    this.list = /** @type {HTMLElement} */ (dialog.querySelector("[role=listbox]"));
    this.recentLabel = this.list.dataset.recent ?? "";
    this.store = `recent:${document.documentElement.dataset.person}`;
    this.timer = 0;
    this.asked = 0;
    this.field.addEventListener("input", () => this.askSoon());
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (option) this.take(/** @type {HTMLElement} */ (option));
    });
  }

  /** The dialog is open, and something may have been typed already. @param {boolean} isEntered */
  async open(isEntered) {
    this.list.replaceChildren();
    await this.ask();
    if (isEntered && this.marked) this.take(this.marked);
  }

  options() {
    return /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll("[role=option]")]);
  }

  get marked() {
    return /** @type {HTMLElement | null} */ (this.list.querySelector('[aria-selected="true"]'));
  }

  askSoon() {
    clearTimeout(this.timer);
    this.asked += 1; // an answer to what stood here before is late now
    this.list.setAttribute("aria-busy", "true");
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    clearTimeout(this.timer);
    const text = this.field.value.trim();
    const ticket = ++this.asked;
    if (!text) return this.showRecent();
    this.list.setAttribute("aria-busy", "true"); // the first question too: Enter waits for what answers it
    const near = document.getElementById("map")?.dataset.near ?? "";
    const incident = chosenIncident();
    const query = new URLSearchParams({ q: text, ...(near ? { near } : {}), ...(incident ? { incident } : {}) });
    const answer = await fetch(`${this.dialog.dataset.url}?${query}`, { credentials: "same-origin", headers: { "HX-Request": "true" } }).catch(() => null);
    if (ticket !== this.asked) return;
    if (answer?.ok) this.list.innerHTML = await answer.text();
    else this.list.replaceChildren(Object.assign(document.createElement("p"), { className: "none", textContent: this.list.dataset.failed ?? "" }));
    if (ticket !== this.asked) return;
    this.settle();
  }

  /** Leave out commands that do nothing on this page, number the options and mark the first. */
  settle() {
    for (const option of this.options()) {
      if (option.dataset.command && !canPress(option.dataset.command)) option.remove();
    }
    for (const group of this.list.querySelectorAll("[role=group]")) if (!group.querySelector("[role=option]")) group.remove();
    this.options().forEach((option, place) => (option.id = `found-${place}`));
    this.list.removeAttribute("aria-busy");
    this.mark(this.options()[0] ?? null);
  }

  /** @param {HTMLElement | null} option */
  mark(option) {
    for (const each of this.options()) each.setAttribute("aria-selected", String(each === option));
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  async onKey(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 }[event.code];
    if (step) {
      event.preventDefault();
      const options = this.options();
      const at = this.marked ? options.indexOf(this.marked) : -1;
      const next = Math.abs(step) === 1 ? (at + step + options.length) % options.length : Math.max(0, Math.min(options.length - 1, at + step));
      this.mark(options[next] ?? null);
    } else if (event.code === "Enter" || event.code === "NumpadEnter") {
      event.preventDefault();
      event.stopPropagation();
      if (this.list.getAttribute("aria-busy") === "true") await this.ask(); // typed faster than it answers
      if (this.marked) this.take(this.marked);
    }
  }

  /** @param {HTMLElement} option */
  take(option) {
    if (!this.dialog.open) return; // Enter twice while an answer was on its way
    const { command, url, dialog, line, runUrl, fill } = option.dataset;
    if (fill) {
      this.field.value = fill;
      return void this.ask();
    }
    this.dialog.close();
    if (line) return void send(runUrl ?? "", { line, incident: chosenIncident() });
    if (command) return void press(command);
    this.remember(option);
    // The page may know the thing better than its address: the operations screen chooses a row, moves the map.
    if (!document.dispatchEvent(new CustomEvent("found:taken", { detail: { ...option.dataset }, cancelable: true }))) return;
    if (dialog) openDialog(dialog);
    else if (url) location.assign(url);
  }

  /* What was opened last in this window; it ends with the window, because desks are shared. */

  /** @returns {{label: string, note: string, data: Record<string, string>}[]} */
  recent() {
    try {
      return JSON.parse(sessionStorage.getItem(this.store) ?? "[]");
    } catch {
      return [];
    }
  }

  /** @param {HTMLElement} option */
  remember(option) {
    const label = option.querySelector(".found-label")?.textContent ?? "";
    const note = option.querySelector(".minor")?.textContent ?? "";
    const data = Object.fromEntries(KEPT.filter((name) => option.dataset[name]).map((name) => [name, option.dataset[name] ?? ""]));
    const others = this.recent().filter((each) => each.label !== label);
    sessionStorage.setItem(this.store, JSON.stringify([{ label, note, data }, ...others].slice(0, RECENT)));
  }

  showRecent() {
    this.list.replaceChildren();
    const recent = this.recent();
    if (recent.length) {
      const group = Object.assign(document.createElement("div"), { className: "found-group" });
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", this.recentLabel);
      group.append(Object.assign(document.createElement("p"), { className: "label", textContent: this.recentLabel }), ...recent.map(line));
      this.list.append(group);
    }
    this.settle();
  }
}

/** @param {{label: string, note: string, data: Record<string, string>}} one */
function line({ label, note, data }) {
  const option = document.createElement("div");
  option.setAttribute("role", "option");
  Object.assign(option.dataset, data);
  option.append(
    Object.assign(document.createElement("span"), { className: "found-label", textContent: label }),
    Object.assign(document.createElement("span"), { className: "minor", textContent: note }),
  );
  return option;
}

/** @type {Palette | null} */
let palette = null;

/** Search in the open dialog. @param {HTMLDialogElement} dialog @param {boolean} isEntered whether Enter has been pressed already */
export function openPalette(dialog, isEntered) {
  palette ??= new Palette(dialog);
  palette.open(isEntered);
}

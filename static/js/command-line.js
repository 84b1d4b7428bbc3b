/**
 * The command line: what is typed is read by the server while it is typed, said back in words, and carried out by Enter. The grammar is
 * the server's alone; this asks, shows and remembers the last lines.
 */

import { send } from "./dialogs.js";

const PAUSE = 90;
const KEPT = 20;

/** The incident chosen on this screen, which a line may leave out. */
export function chosenIncident() {
  const board = document.getElementById("main")?.dataset.incident;
  const row = /** @type {HTMLElement | null} */ (document.querySelector('#queue [aria-selected="true"]') ?? document.getElementById("incident"));
  return board || row?.dataset.id || "";
}

/** @returns {string[]} */
const remembered = () => JSON.parse(sessionStorage.getItem("commands") ?? "[]");

/** @param {string} line */
function remember(line) {
  const lines = [line, ...remembered().filter((each) => each !== line)].slice(0, KEPT);
  sessionStorage.setItem("commands", JSON.stringify(lines));
}

class CommandLine {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.input = /** @type {HTMLInputElement} */ (form.querySelector("input"));
    this.box = /** @type {HTMLElement} */ (form.querySelector(".command-reading"));
    this.read = "";
    this.at = -1;
    this.input.addEventListener("input", () => this.later());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("focus", () => this.later());
    this.input.addEventListener("blur", () => setTimeout(() => this.form.contains(document.activeElement) || this.hide(), 150));
    this.box.addEventListener("pointerdown", (event) => event.preventDefault());
    this.box.addEventListener("click", (event) => {
      const choice = event.target instanceof Element ? event.target.closest("[data-line]") : null;
      if (choice) this.take(/** @type {HTMLElement} */ (choice));
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
    if (document.activeElement === this.input) this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const line = this.input.value;
    const query = new URLSearchParams({ line, incident: chosenIncident() });
    const answer = await fetch(`${this.form.dataset.readUrl}?${query}`, { credentials: "same-origin", headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || line !== this.input.value || document.activeElement !== this.input) return;
    this.box.innerHTML = await answer.text();
    this.read = line;
    this.box.hidden = false;
    const choices = this.choices();
    choices.forEach((choice, at) => (choice.id = `${this.box.id}-${at}`));
    this.input.setAttribute("aria-expanded", String(choices.length > 0));
    this.mark(null);
  }

  hide() {
    clearTimeout(this.timer);
    this.box.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  choices() {
    return /** @type {HTMLElement[]} */ ([...this.box.querySelectorAll("[role=option]")]);
  }

  get marked() {
    return /** @type {HTMLElement | null} */ (this.box.querySelector('[aria-selected="true"]'));
  }

  /** @param {HTMLElement | null} choice */
  mark(choice) {
    for (const each of this.choices()) each.setAttribute("aria-selected", String(each === choice));
    if (!choice) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", choice.id);
    choice.scrollIntoView({ block: "nearest" });
  }

  /** @param {HTMLElement} choice */
  take(choice) {
    this.input.value = choice.dataset.line ?? "";
    this.input.focus();
    this.ask();
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const isDown = event.code === "ArrowDown";
    if (isDown || event.code === "ArrowUp") {
      event.preventDefault();
      this.move(isDown ? 1 : -1);
    } else if (event.code === "Tab" && !event.shiftKey && this.marked && !this.box.hidden) {
      event.preventDefault();
      this.take(this.marked);
    } else if ((event.code === "Enter" || event.code === "NumpadEnter") && !event.ctrlKey && this.marked && !this.box.hidden) {
      event.preventDefault();
      this.take(this.marked);
    } else if (event.code === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (this.input.value) this.put("");
      else this.leave();
    }
  }

  /** Through the choices; without any, through the lines given before. @param {number} step */
  move(step) {
    const choices = this.choices();
    if (choices.length && !this.box.hidden) {
      const at = this.marked ? choices.indexOf(this.marked) : step > 0 ? -1 : choices.length;
      return this.mark(choices[(at + step + choices.length) % choices.length]);
    }
    const lines = remembered();
    this.at = Math.max(-1, Math.min(lines.length - 1, this.at - step));
    this.put(this.at < 0 ? "" : lines[this.at]);
  }

  /** @param {string} line */
  put(line) {
    this.input.value = line;
    this.later();
  }

  leave() {
    this.hide();
    this.input.blur();
    document.dispatchEvent(new CustomEvent("command:left"));
  }

  async run() {
    const line = this.input.value.trim();
    if (!line) return;
    clearTimeout(this.timer);
    const isUndecided = this.read === this.input.value && !this.box.hidden && !this.box.querySelector(".is-ready");
    if (isUndecided && this.choices().length) return this.mark(this.choices()[0]);
    this.form.setAttribute("aria-busy", "true");
    const isDone = await send(this.form.dataset.runUrl ?? "", { line, incident: chosenIncident() }, this.form);
    this.form.removeAttribute("aria-busy");
    if (!isDone) return this.ask();
    remember(line);
    this.at = -1;
    if (this.input.value.trim() === line) this.input.value = "";
    this.hide();
  }
}

/** @type {WeakSet<HTMLFormElement>} */
const wired = new WeakSet();

/** Bring a command line to life, once. @param {HTMLFormElement} form */
export function wireCommand(form) {
  if (wired.has(form)) return;
  wired.add(form);
  new CommandLine(form);
}

/** Three elements of our own: a field with a list under it, a field that narrows choices, and the bar between two parts of a screen. */

import { writeTimes } from "./clock.js";

/*
 * `<city-combo>`: a text field and the list under it, by the WAI-ARIA combobox pattern. Options stand in the page (with what
 * they may be found by in `data-search`: name, code, pinyin, initials) or come from `data-url` as the person types.
 */

const TYPING_PAUSE = 120;
const ELSEWHERE_PAUSE = 500;

class Combo extends HTMLElement {
  connectedCallback() {
    this.input = /** @type {HTMLInputElement} */ (this.querySelector("[role=combobox]"));
    this.value = /** @type {HTMLInputElement | null} */ (this.querySelector("input[type=hidden]"));
    this.list = /** @type {HTMLElement} */ (this.querySelector("[role=listbox]"));
    this.url = this.dataset.url ?? "";
    this.input.addEventListener("input", () => this.onInput());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("focus", () => this.url || this.filter());
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 120));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (option) this.take(/** @type {HTMLElement} */ (option));
    });
    this.close();
  }

  options() {
    return /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll("[role=option]:not([hidden])")]);
  }

  get marked() {
    return /** @type {HTMLElement | null} */ (this.list.querySelector('[aria-selected="true"]'));
  }

  onInput() {
    if (this.value) this.value.value = "";
    this.dispatchEvent(new CustomEvent("combo:typed", { bubbles: true }));
    if (!this.url) return this.filter();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), TYPING_PAUSE);
  }

  /** Keep the options that hold what was typed; those that begin with it first. */
  filter() {
    const typed = this.input.value.trim().toLowerCase();
    const rank = (/** @type {HTMLElement} */ option) => {
      const words = (option.dataset.search ?? option.textContent ?? "").toLowerCase();
      const at = typed ? ` ${words}`.indexOf(` ${typed}`) : 0;
      return at >= 0 ? at : words.includes(typed) ? 1000 : -1;
    };
    const all = /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll("[role=option]")]);
    for (const option of all) option.hidden = rank(option) < 0;
    const order = (/** @type {HTMLElement} */ option) => (typed ? rank(option) * 1000 : 0) + Number(option.dataset.order ?? 0);
    this.list.append(...all.sort((a, b) => order(a) - order(b)));
    this.open();
  }

  async ask() {
    const query = this.input.value.trim();
    if (!query) return this.close();
    const near = this.dataset.near ? `&near=${this.dataset.near}` : "";
    const answer = await fetch(`${this.url}?q=${encodeURIComponent(query)}${near}`, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || query !== this.input.value.trim()) return;
    this.list.innerHTML = await answer.text();
    if (document.activeElement !== this.input) return;
    this.open();
    if (this.dataset.elsewhere) this.askElsewhere(query);
  }

  /** Beside what was found here, what a service outside says; it comes later or not at all. @param {string} query */
  async askElsewhere(query) {
    await new Promise((go) => setTimeout(go, ELSEWHERE_PAUSE));
    const isWanted = () => query === this.input.value.trim() && !this.list.hidden;
    if (!isWanted()) return;
    const answer = await fetch(`${this.dataset.elsewhere}?q=${encodeURIComponent(query)}`, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || !isWanted()) return;
    for (const old of this.list.querySelectorAll("[data-elsewhere]")) old.remove();
    this.list.insertAdjacentHTML("beforeend", await answer.text());
    this.options().forEach((option, at) => (option.id = `${this.list.id}-${at}`));
  }

  open() {
    const options = this.options();
    options.forEach((option, at) => (option.id = `${this.list.id}-${at}`));
    this.list.hidden = !options.length && !this.list.querySelector(".none");
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.mark(options[0] ?? null);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {HTMLElement | null} option */
  mark(option) {
    for (const each of this.list.querySelectorAll("[role=option]")) each.setAttribute("aria-selected", String(each === option));
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const options = this.options();
    const at = this.marked ? options.indexOf(this.marked) : -1;
    const isOpen = !this.list.hidden;
    if (event.code === "ArrowDown" || event.code === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) return this.url ? void this.ask() : this.filter();
      this.mark(options[(at + (event.code === "ArrowDown" ? 1 : options.length - 1)) % options.length] ?? null);
    } else if (isOpen && event.code === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (isOpen && this.marked && (event.code === "Enter" || event.code === "NumpadEnter") && !event.ctrlKey) {
      event.preventDefault();
      this.take(this.marked);
    } else if ((event.code === "Enter" || event.code === "NumpadEnter") && !event.ctrlKey) {
      event.preventDefault();
      focusAfter(this.input);
    } else if (isOpen && this.marked && event.code === "Tab" && !event.shiftKey && this.input.value.trim()) {
      this.take(this.marked, false);
    }
  }

  /** @param {HTMLElement} option @param {boolean} [goOn] */
  take(option, goOn = true) {
    this.input.value = option.dataset.label ?? option.textContent?.trim() ?? "";
    if (this.value) this.value.value = option.dataset.value ?? "";
    this.close();
    this.dispatchEvent(new CustomEvent("combo:taken", { detail: { ...option.dataset }, bubbles: true }));
    if (goOn) focusAfter(this.input);
  }
}

/** Put the focus on the field after one, past the buttons between: what is typed on goes into it. @param {HTMLElement} element */
function focusAfter(element) {
  const form = element.closest("form");
  const fields = [...(form?.querySelectorAll("input:not([type=hidden]), select, textarea, [type=submit]") ?? [])];
  const next = fields.slice(fields.indexOf(element) + 1).find((each) => each.getClientRects().length);
  if (next instanceof HTMLElement) next.focus();
}

customElements.define("city-combo", Combo);

/*
 * `<city-chooser>`: a search field above choices that the server finds. What is typed unchooses until the answer is here, so Enter
 * never takes a choice that does not fit; the arrow down goes from the field into the choices, whose own arrows then move on.
 */

class Chooser extends HTMLElement {
  connectedCallback() {
    const field = /** @type {HTMLInputElement} */ (this.querySelector("input[type=search]"));
    field.addEventListener("input", () => this.choices().forEach((each) => (each.checked = false)));
    field.addEventListener("keydown", (event) => this.onKey(event));
    this.addEventListener("htmx:afterSwap", () => writeTimes(this));
  }

  choices() {
    return /** @type {HTMLInputElement[]} */ ([...this.querySelectorAll("input[type=radio]")]);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.isComposing || event.keyCode === 229 || event.code !== "ArrowDown") return;
    const choices = this.choices();
    const at = choices.findIndex((each) => each.checked);
    const next = choices[Math.min(at + 1, choices.length - 1)];
    event.preventDefault();
    if (!next) return;
    next.checked = true;
    next.focus();
  }
}

customElements.define("city-chooser", Chooser);

/* `<city-splitter>`: a bar between two parts, moved by pointer or arrow keys; the size follows the person to every desk with such a screen. */

const STEP = 16;
const KEEP_AFTER = 600;
const desk = `${screen.width}x${screen.height}`;

/** @returns {Record<string, number>} */
function layout() {
  return JSON.parse(document.getElementById("layouts")?.textContent ?? "{}")[desk] ?? {};
}

/** @param {string} part @param {number | null} size */
function keepLayout(part, size) {
  const url = /** @type {HTMLElement | null} */ (document.querySelector("[data-layout-url]"))?.dataset.layoutUrl;
  const token = /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=csrf-token]"))?.content ?? "";
  const body = new URLSearchParams({ desk, part, ...(size === null ? {} : { size: String(size) }) });
  // A size that could not be kept is no loss to speak of: the screen stays as it was put.
  if (url) fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token }, credentials: "same-origin", keepalive: true }).catch(() => null);
}

class Splitter extends HTMLElement {
  connectedCallback() {
    this.name = this.dataset.name ?? "size";
    this.isRow = this.getAttribute("aria-orientation") === "horizontal";
    this.least = Number(this.getAttribute("aria-valuemin"));
    this.most = Number(this.getAttribute("aria-valuemax"));
    const kept = layout()[this.name];
    if (kept) this.set(kept, false);
    this.addEventListener("pointerdown", (event) => this.onDown(event));
    this.addEventListener("keydown", (event) => this.onKey(event));
    this.addEventListener("dblclick", () => this.reset());
  }

  /** The part this bar gives its size to stands after it. */
  get pane() {
    return /** @type {HTMLElement} */ (this.nextElementSibling);
  }

  get size() {
    const box = this.pane.getBoundingClientRect();
    return this.isRow ? box.height : box.width;
  }

  /** @param {number} size @param {boolean} [keep] */
  set(size, keep = true) {
    const room = (this.isRow ? window.innerHeight : window.innerWidth) - 220;
    const value = Math.round(Math.max(this.least, Math.min(this.most, room, size)));
    document.documentElement.style.setProperty(`--${this.name}`, `${value}px`);
    this.setAttribute("aria-valuenow", String(value));
    if (keep) this.keep(value);
  }

  reset() {
    document.documentElement.style.removeProperty(`--${this.name}`);
    this.keep(null);
  }

  /** @param {number | null} size */
  keep(size) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => keepLayout(this.name, size), KEEP_AFTER);
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    event.preventDefault();
    this.setPointerCapture(event.pointerId);
    const start = this.isRow ? event.clientY : event.clientX;
    const size = this.size;
    const move = (/** @type {PointerEvent} */ at) => this.set(size + start - (this.isRow ? at.clientY : at.clientX));
    this.addEventListener("pointermove", move);
    this.addEventListener("pointerup", () => this.removeEventListener("pointermove", move), { once: true });
    this.addEventListener("pointercancel", () => this.removeEventListener("pointermove", move), { once: true });
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const more = this.isRow ? "ArrowUp" : "ArrowLeft";
    const less = this.isRow ? "ArrowDown" : "ArrowRight";
    if (event.code !== more && event.code !== less) return;
    event.preventDefault();
    event.stopPropagation();
    this.set(this.size + (event.code === more ? STEP : -STEP));
  }
}

customElements.define("city-splitter", Splitter);

/*
 * `<city-set>`: the units of a recommendation. The key for swapping presses the button of the row that has the focus, or had it last.
 */

class RecommendedSet extends HTMLElement {
  connectedCallback() {
    this.at = /** @type {Element | null} */ (this.querySelector("li"));
    this.addEventListener("focusin", (event) => {
      if (event.target instanceof Element) this.at = event.target.closest("li");
    });
    this.key = this.closest("form")?.querySelector('[data-key="swap_unit"]');
    this.key?.addEventListener("click", () => /** @type {HTMLElement | null} */ (this.at?.querySelector(".swap"))?.click());
  }
}

customElements.define("city-set", RecommendedSet);

/** A list whose rows are walked, selected and changed together by keys; what is selected stays while one changes it. */

import { onKey } from "./keys.js";
import { openDialog } from "./dialogs.js";

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form.list"));

class List {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.bar = /** @type {HTMLElement} */ (form.querySelector("#together"));
    this.all = /** @type {HTMLInputElement} */ (form.querySelector("#list-all"));
    this.takeAll = /** @type {HTMLButtonElement} */ (form.querySelector("#together-all"));
    this.matching = Math.min(Number(form.dataset.matching), Number(form.dataset.most));
    this.isAll = false;
    /** @type {HTMLInputElement | null} where a range begins */
    this.anchor = null;
    form.addEventListener("change", (event) => this.onChange(event));
    form.addEventListener("click", (event) => this.onClick(event));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.querySelector("#together-open")?.addEventListener("click", () => this.open());
    form.querySelector("#together-none")?.addEventListener("click", () => this.selectNone());
    this.takeAll.addEventListener("click", () => {
      this.isAll = true;
      this.show();
    });
    document.addEventListener("dialog:closed", () => this.isDone && location.reload());
    document.body.addEventListener("htmx:afterSwap", () => (this.isDone ||= document.querySelector("[data-together-done]") !== null));
    this.isDone = false;
    this.show();
  }

  boxes() {
    return /** @type {HTMLInputElement[]} */ ([...this.form.querySelectorAll("tbody input[name=number]")]);
  }

  chosen() {
    return this.boxes().filter((box) => box.checked);
  }

  get focused() {
    const row = document.activeElement?.closest("tbody tr");
    return /** @type {HTMLInputElement | null} */ (row?.querySelector("input[name=number]") ?? null);
  }

  /** @param {number} by @param {boolean} [extend] */
  step(by, extend = false) {
    const boxes = this.boxes();
    const from = this.focused ? boxes.indexOf(this.focused) : by > 0 ? -1 : boxes.length;
    const next = boxes[Math.max(0, Math.min(boxes.length - 1, from + by))];
    if (!next) return;
    if (extend) {
      if (this.focused) this.focused.checked = true;
      next.checked = true;
      this.show();
    }
    next.focus();
    next.closest("tr")?.scrollIntoView({ block: "nearest" });
  }

  /** @param {Event} event */
  onChange(event) {
    const box = /** @type {HTMLInputElement} */ (event.target);
    this.isAll = false;
    if (box === this.all) for (const each of this.boxes()) each.checked = box.checked;
    this.show();
  }

  /** With Shift, everything between the last one and this. @param {MouseEvent} event */
  onClick(event) {
    const box = event.target instanceof HTMLInputElement && event.target.name === "number" ? event.target : null;
    if (!box) return;
    if (event.shiftKey && this.anchor) {
      const boxes = this.boxes();
      const [from, to] = [boxes.indexOf(this.anchor), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const each of boxes.slice(from, to + 1)) each.checked = box.checked;
      this.show();
    }
    this.anchor = box;
  }

  selectNone() {
    this.isAll = false;
    for (const each of this.boxes()) each.checked = false;
    this.show();
  }

  show() {
    const count = this.isAll ? this.matching : this.chosen().length;
    const boxes = this.boxes();
    this.bar.hidden = count === 0;
    /** @type {HTMLElement} */ (this.form.querySelector("#together-count")).textContent = String(count);
    this.all.checked = boxes.length > 0 && boxes.every((box) => box.checked);
    this.all.indeterminate = !this.all.checked && boxes.some((box) => box.checked);
    this.takeAll.hidden = this.isAll || !this.all.checked || this.matching <= boxes.length;
  }

  open() {
    if (this.form.dataset.postUrl) return this.post(this.form.dataset.postUrl);
    const query = this.isAll ? new URLSearchParams(`${this.form.dataset.query ?? ""}&all=1`) : new URLSearchParams();
    if (!this.isAll) for (const box of this.chosen()) query.append("number", box.value);
    openDialog(`${this.form.dataset.url}?${query}`);
  }

  /** What needs no more words is done at once, and told row by row. @param {string} url */
  post(url) {
    const values = { number: this.chosen().map((box) => box.value) };
    if (values.number.length) htmx.ajax("POST", url, { values, source: this.form, target: "#dialog", swap: "innerHTML" });
  }
}

document.querySelector("[data-print]")?.addEventListener("click", () => window.print());

if (form) {
  const list = new List(form);
  onKey("next", () => list.step(1));
  onKey("previous", () => list.step(-1));
  onKey("range_down", () => list.step(1, true));
  onKey("range_up", () => list.step(-1, true));
  onKey("select", () => {
    if (!list.focused) return list.step(1, true);
    list.focused.click();
  });
  onKey("enter", () => {
    const row = /** @type {HTMLElement | null} */ (list.focused?.closest("tr") ?? null);
    if (!row?.dataset.url) return false;
    location.assign(row.dataset.url);
  });
}

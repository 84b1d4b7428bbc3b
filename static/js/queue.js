/**
 * The queue of open incidents: one list box, one row a tab stop. The server writes the rows; this keeps them fresh and in
 * order, but never moves a row under a pointer or beneath the focus: then a button says what waits.
 */

import { say, writeTimes } from "./clock.js";

/** What makes an old row like a fresh one: it comes with the first fresh row, not with the page. None, when it does not come: then a row is replaced. */
export const morpher = () => import("../vendor/idiomorph.js").catch(() => ({ Idiomorph: null }));

const GATHER = 50;
const SPREAD = 120;

export class Queue {
  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
    this.waiting = /** @type {HTMLButtonElement} */ (document.getElementById("queue-waiting"));
    /** @type {Map<string, HTMLElement>} rows that have arrived and not been shown */
    this.held = new Map();
    /** @type {Set<string>} */
    this.asked = new Set();
    this.show = "all";
    this.list.addEventListener("click", (event) => this.onClick(event));
    this.box = /** @type {HTMLElement} */ (this.list.parentElement);
    this.box.addEventListener("pointerleave", () => this.settle());
    this.list.addEventListener("focusout", () => setTimeout(() => this.settle()));
    this.waiting?.addEventListener("click", () => {
      this.order();
      this.list.scrollTop = 0;
    });
    const stored = this.list.dataset.chosen;
    this.choose(stored && this.row(stored) ? stored : "", false);
    this.count();
  }

  rows() {
    return /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll("[role=option]")]);
  }

  /** The rows the filter lets through. */
  shown() {
    return this.rows().filter((row) => row.getClientRects().length > 0);
  }

  /** @param {string} id */
  row(id) {
    return /** @type {HTMLElement | null} */ (this.list.querySelector(`[data-id="${id}"]`));
  }

  get chosen() {
    return /** @type {HTMLElement | null} */ (this.list.querySelector('[aria-selected="true"]'));
  }

  /** @param {string} id @param {boolean} [tell] */
  choose(id, tell = true) {
    const row = id ? this.row(id) : null;
    for (const each of this.rows()) each.setAttribute("aria-selected", String(each === row));
    if (row) {
      this.list.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    } else this.list.removeAttribute("aria-activedescendant");
    if (tell) this.list.dispatchEvent(new CustomEvent("queue:chosen", { detail: row, bubbles: true }));
  }

  /** Move the choice by some rows. @param {number} step */
  step(step) {
    const rows = this.shown();
    if (!rows.length) return;
    const at = this.chosen ? rows.indexOf(this.chosen) : -1;
    if (at === 0 && step < 0) this.order();
    const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))];
    this.choose(next.dataset.id ?? "");
    if (document.activeElement !== this.list) this.list.focus({ preventScroll: true });
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const row = /** @type {HTMLElement | null} */ (event.target instanceof Element ? event.target.closest("[role=option]") : null);
    if (!row) return;
    const isAgain = row === this.chosen;
    this.choose(row.dataset.id ?? "");
    if (isAgain) this.list.dispatchEvent(new CustomEvent("queue:again", { detail: row, bubbles: true }));
  }

  /* Fresh rows. */

  /** Ask for rows again, soon; many askings become one request. @param {Iterable<string>} ids */
  ask(ids) {
    for (const id of ids) this.asked.add(id);
    if (this.timer || !this.asked.size) return;
    this.timer = setTimeout(() => this.fetch(), GATHER + Math.random() * SPREAD);
  }

  async fetch() {
    const ids = [...this.asked].slice(0, 100);
    for (const id of ids) this.asked.delete(id);
    this.timer = 0;
    const url = `${this.list.dataset.rowsUrl}?ids=${ids.sort((a, b) => Number(a) - Number(b)).join(",")}`;
    const answer = await fetch(url, { credentials: "same-origin", cache: "no-cache" }).catch(() => null);
    if (answer?.ok) await this.take(ids, await answer.text());
    this.ask([]);
  }

  /** Everything again, as after a gap in the link. */
  async refetch() {
    const answer = await fetch(`${this.list.dataset.rowsUrl}`, { credentials: "same-origin", cache: "no-cache" }).catch(() => null);
    if (answer?.ok) this.take(this.rows().map((row) => row.dataset.id ?? ""), await answer.text());
  }

  /** @param {string[]} ids the incidents asked for: one that does not come back is open no more @param {string} html */
  async take(ids, html) {
    const { Idiomorph } = await morpher();
    const came = document.createElement("template");
    came.innerHTML = html;
    const fresh = new Map(
      /** @type {HTMLElement[]} */ ([...came.content.querySelectorAll("[role=option]")]).map((row) => [row.dataset.id ?? "", row]),
    );
    for (const id of ids) if (!fresh.has(id)) this.drop(id);
    for (const [id, row] of fresh) {
      const old = this.row(id);
      if (!old) this.held.set(id, row);
      else this.morph(Idiomorph, old, row);
    }
    this.settle();
    this.count();
    this.list.dispatchEvent(new CustomEvent("queue:changed", { detail: [...fresh.keys(), ...ids], bubbles: true }));
  }

  /** @param {typeof import("../vendor/idiomorph.js").Idiomorph | null} Idiomorph @param {HTMLElement} old @param {HTMLElement} row */
  morph(Idiomorph, old, row) {
    row.setAttribute("aria-selected", old.getAttribute("aria-selected") ?? "false");
    if (Idiomorph) Idiomorph.morph(old, row.outerHTML);
    else old.replaceWith(row);
    const now = this.row(row.dataset.id ?? "");
    if (now) writeTimes(now);
  }

  /** @param {string} id */
  drop(id) {
    this.held.delete(id);
    const row = this.row(id);
    if (!row) return;
    const wasChosen = row === this.chosen;
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    if (wasChosen) this.choose(/** @type {HTMLElement | null} */ (next)?.dataset?.id ?? "");
  }

  /* Order. */

  isBusy() {
    return this.box.matches(":hover") || this.list.contains(document.activeElement) || document.querySelector("dialog[open]") !== null;
  }

  settle() {
    if (!this.isBusy() || !this.rows().length) this.order();
    else this.announce();
  }

  isOrdered() {
    const ranks = this.rows().map((row) => row.dataset.rank ?? "");
    return ranks.every((rank, at) => at === 0 || ranks[at - 1] <= rank);
  }

  announce() {
    if (!this.waiting) return;
    const text = this.held.size ? say("new_incidents", { n: this.held.size }) : say("new_order");
    this.waiting.hidden = !this.held.size && this.isOrdered();
    const label = /** @type {Element} */ (this.waiting.querySelector("span"));
    if (label.textContent !== text) label.textContent = text;
    const worst = Math.min(...[...this.held.values()].map((row) => Number(row.dataset.level)));
    this.waiting.querySelector("use")?.setAttribute("href", this.held.size ? `#glyph-${worst}` : "");
    this.waiting.querySelector("svg")?.toggleAttribute("hidden", !this.held.size);
  }

  order() {
    const scroll = this.list.scrollTop;
    for (const row of this.held.values()) this.list.append(row);
    this.held.clear();
    const rows = this.rows();
    const sorted = [...rows].sort((a, b) => ((a.dataset.rank ?? "") < (b.dataset.rank ?? "") ? -1 : 1));
    if (sorted.some((row, at) => row !== rows[at])) for (const row of sorted) this.list.append(row);
    this.list.scrollTop = scroll;
    writeTimes(this.list);
    this.count();
    this.announce();
  }

  /* Counts and the filter they are. */

  /** @param {string} show */
  filter(show) {
    this.show = show;
    this.list.dataset.show = show;
    for (const tab of document.querySelectorAll("[data-queue-show]")) {
      tab.setAttribute("aria-pressed", String(tab.getAttribute("data-queue-show") === show));
    }
    const address = new URL(location.href);
    if (show === "all") address.searchParams.delete("show");
    else address.searchParams.set("show", show);
    history.replaceState(null, "", address);
    this.count();
  }

  count() {
    const rows = [...this.rows(), ...this.held.values()];
    for (const tab of document.querySelectorAll("[data-queue-show]")) {
      const show = tab.getAttribute("data-queue-show") ?? "all";
      const n = rows.filter((row) => show === "all" || row.dataset.group === show).length;
      const place = tab.querySelector("b");
      if (place && place.textContent !== String(n)) place.textContent = String(n);
    }
    const empty = document.getElementById("queue-empty");
    if (empty) empty.hidden = rows.some((row) => this.show === "all" || row.dataset.group === this.show);
  }
}

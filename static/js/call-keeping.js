/**
 * One call: kept in the browser with every keystroke, on the server with every pause, on the board once type and place are
 * known. What the network loses is sent again under the call's own key, so nothing is lost and nothing is done twice.
 */

import { timeOfDay, now } from "./clock.js";
import { csrfToken, toast } from "./dialogs.js";
import { isReady, valuesOf, write } from "./call-form.js";
import { forget, isSame, isUnsent, keep, kept, merged, person } from "./call-store.js";

/** @typedef {import("./call-store.js").Kept} Kept @typedef {import("./call-store.js").Values} Values */

const PAUSE = 400;
const ANSWER = 4000;
const AGAIN = [500, 1000, 2000, 4000, 8000];
const WRITE = 5200;
const SETTLE = 1200;
/** A call that may be about a known incident waits this long for the call-taker to say so: it is still on the board within ten seconds. */
const HOLD = 8000;

/** This window's next page opens the call again. A form in which nothing was said is not worth it. @param {string} key */
export const takenUpAgain = (key) => sessionStorage.setItem("call", key);

export class Call {
  /** @param {Kept} record @param {HTMLFormElement | null} form */
  constructor(record, form = null) {
    this.record = record;
    this.form = form;
    this.number = form?.dataset.number ?? "";
    this.isEnded = false;
    this.isEnding = false;
    this.isOpening = false;
    this.isSending = false;
    this.saving = new AbortController();
    this.failures = 0;
    this.readySince = 0;
    this.timer = 0;
    this.openTimer = 0;
    this.writeTimer = 0;
  }

  /** A call as its form stands. @param {HTMLFormElement} form */
  static of(form) {
    const { call: key = "", revision, saveUrl = "" } = form.dataset;
    const beganAt = /** @type {HTMLInputElement} */ (form.elements.namedItem("received_at")).value;
    const record = { key, person, beganAt, saveUrl, endUrl: form.action, base: Number(revision), step: "", at: 0 };
    return new Call({ ...record, values: valuesOf(form), sent: JSON.parse(form.dataset.heard || "{}") }, form);
  }

  /** Put back what this browser still holds of the call and the server does not. */
  async recover() {
    const shown = this.record.sent;
    const found = await kept(this.record.key);
    if (this.isBehind()) this.note(true);
    if (!found || found.person !== person) return;
    if (this.form?.hasAttribute("data-spare")) return this.goOn(found);
    if (!isUnsent(found)) return;
    const theirs = found.base === this.record.base ? found.values : merged(found.sent, found.values, shown);
    const both = merged(shown, this.form ? valuesOf(this.form) : shown, theirs);
    if (isSame(both, shown)) return;
    if (this.form) write(this.form, both);
    this.record.values = both;
    keep(this.record);
    this.tell("back");
    this.sendSoon();
  }

  /** A form that came without the server shows what this browser holds of the call, and what is typed already. @param {Kept} found */
  goOn(found) {
    Object.assign(this.record, { base: found.base, sent: found.sent, step: found.step });
    const both = merged({}, this.form ? valuesOf(this.form) : {}, found.values);
    if (this.form) write(this.form, both);
    this.note(true);
  }

  /** Something was typed, chosen or put. */
  note(isUnkept = false) {
    if (!this.form || this.isEnded) return;
    const values = valuesOf(this.form);
    if (isUnkept || !isSame(values, this.record.values)) {
      this.record.values = values;
      keep(this.record);
      takenUpAgain(this.record.key);
      this.sendSoon();
    }
    this.considerBoard();
  }

  sendSoon(pause = PAUSE) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), pause);
  }

  /* On the board as soon as type and place are there. */

  considerBoard() {
    const { form } = this;
    if (!form || this.number || this.isEnded || this.isEnding || !isReady(form)) {
      this.readySince = 0;
      return clearTimeout(this.openTimer);
    }
    if (this.readySince) return;
    this.readySince = performance.now();
    this.openTimer = setTimeout(() => this.open(), SETTLE);
  }

  open() {
    const { form } = this;
    if (!form?.isConnected || this.number || this.isEnded || this.isEnding || !isReady(form)) return void (this.readySince = 0);
    const left = HOLD - (performance.now() - this.readySince);
    if (form.querySelector("#same [data-likely]") && left > 0) return void (this.openTimer = setTimeout(() => this.open(), left));
    this.isOpening = true;
    this.send();
  }

  /* To the server. */

  isBehind() {
    return !isSame(this.record.values, this.record.sent);
  }

  /** Send what the server does not have; one request at a time, in the order of typing. */
  async send() {
    clearTimeout(this.timer);
    if (this.isEnded || this.isSending || (this.isEnding && !this.record.step)) return;
    this.isSending = true;
    let went = true;
    do went = await (this.record.step ? this.end() : this.save());
    while (went && !this.isEnded && (this.isBehind() || this.isOpening || this.record.step));
    this.isSending = false;
    if (!went && !this.isEnded) this.sendSoon(AGAIN[Math.min(this.failures++, AGAIN.length - 1)]);
    else this.failures = 0;
  }

  /** @returns {Promise<boolean>} whether to go on */
  async save() {
    const { values, base, saveUrl, beganAt } = this.record;
    const body = new URLSearchParams({ ...values, base: String(base), received_at: beganAt });
    if (this.isOpening) body.set("open", "1");
    this.saving = new AbortController();
    const answer = await post(saveUrl, body, this.saving.signal);
    if (this.saving.signal.aborted) return false;
    if (!answer || answer.status >= 500) return this.failed("here");
    if (answer.status === 401 || answer.status === 403) return this.failed("out");
    const said = await answer.json().catch(() => ({}));
    if (said.code === "call_changed") return this.meet(said.heard, said.revision);
    if (said.code === "call_ended") return this.gone();
    this.isOpening = false;
    this.record.sent = values;
    this.record.base = said.revision ?? base;
    keep(this.record);
    if (!answer.ok) return this.tell("", said.sentence ?? ""), true;
    this.tell("saved", said.refused ?? "");
    if (said.number && !this.number) this.boarded(said.number, said.opened_at);
    clearTimeout(this.writeTimer);
    if (said.is_due) this.writeTimer = setTimeout(() => this.send(), WRITE);
    return true;
  }

  /** Another window saved the call too: field by field, ours where we changed it. @param {Values} theirs @param {number} revision */
  meet(theirs, revision) {
    const both = merged(this.record.sent, this.record.values, theirs);
    Object.assign(this.record, { values: both, sent: theirs, base: revision });
    if (this.form) write(this.form, both);
    keep(this.record);
    this.tell("merged");
    return true;
  }

  /** @param {string} state */
  failed(state) {
    keep(this.record);
    this.tell(this.record.step && state === "here" ? "waiting" : state);
    return false;
  }

  /* The end. */

  /** The form is being sent, with everything in it: a save under way would only come too late. */
  ends() {
    this.note();
    this.isEnding = true;
    this.saving.abort();
  }

  /** The end was asked for and the server did not answer: ask again until it does. The key makes it one incident. */
  endLater() {
    this.record.step = "finish";
    keep(this.record);
    this.tell("waiting");
    this.sendSoon(AGAIN[0]);
  }

  async end() {
    const { values, endUrl, beganAt, key } = this.record;
    const answer = await post(endUrl, new URLSearchParams({ ...values, received_at: beganAt, call: key }));
    if (!answer || answer.status >= 500) return this.failed("here");
    if (answer.status === 401 || answer.status === 403) return this.failed("out");
    this.record.step = "";
    this.isEnding = false;
    if (answer.status !== 204) {
      keep(this.record);
      if (answer.status !== 422) toast((await answer.text()).slice(0, 300), { refused: true });
      return true;
    }
    const { done } = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}");
    this.finished();
    (this.form?.isConnected ? this.form : document.body).dispatchEvent(new CustomEvent("done", { detail: done ?? {}, bubbles: true }));
    return false;
  }

  /** It is a report now, and nothing of it stays in this browser. */
  finished() {
    this.isEnded = true;
    for (const timer of [this.timer, this.openTimer, this.writeTimer]) clearTimeout(timer);
    forget(this.record.key);
    this.leave();
  }

  gone() {
    if (!this.isEnding) this.tell("ended");
    this.finished();
    return false;
  }

  /** The form is put aside. */
  async park() {
    if (this.isEnded || this.isEnding || this.record.step) return;
    const { parkUrl = "" } = this.form?.dataset ?? {};
    this.note();
    this.leave();
    clearTimeout(this.openTimer);
    await this.send();
    const answer = await post(parkUrl, new URLSearchParams());
    const { done } = JSON.parse(answer?.headers.get("HX-Trigger") ?? "{}");
    if (answer?.ok && !this.isBehind()) forget(this.record.key);
    if (done) document.body.dispatchEvent(new CustomEvent("done", { detail: done, bubbles: true }));
    document.body.dispatchEvent(new CustomEvent("calls:changed"));
  }

  leave() {
    if (sessionStorage.getItem("call") === this.record.key) sessionStorage.removeItem("call");
  }

  /* What the form says of all this. */

  /** @param {string} number @param {string} at */
  boarded(number, at) {
    this.number = number;
    const { form } = this;
    if (!form) return;
    form.dataset.number = number;
    const box = form.querySelector("[data-board-number]");
    if (box) box.textContent = `${number} ${form.dataset.saysBoard ?? ""} ${at}`;
    for (const each of form.querySelectorAll("[data-when-new], .call-discard")) each.toggleAttribute("hidden", true);
    for (const each of form.querySelectorAll("[data-when-open]")) each.toggleAttribute("hidden", false);
    document.body.dispatchEvent(new CustomEvent("calls:changed"));
  }

  /** @param {string} state one of the form's `data-says-…` @param {string} [refused] what the server refused, in its words */
  tell(state, refused = "") {
    const line = /** @type {HTMLElement | null} */ (this.form?.querySelector("[data-kept]") ?? null);
    if (!line) return;
    const words = this.form?.dataset[`says${state.charAt(0).toUpperCase()}${state.slice(1)}`] ?? "";
    const isQuiet = state === "saved" && !refused;
    line.setAttribute("role", isQuiet ? "none" : "status");
    line.classList.toggle("is-trouble", !isQuiet && state !== "back" && state !== "merged");
    line.textContent = refused || (state === "saved" ? `${words} ${timeOfDay(now())}` : words);
  }
}

/** @param {string} url @param {URLSearchParams} body @param {AbortSignal} [given] ends it early */
function post(url, body, given = new AbortController().signal) {
  const headers = { "X-CSRFToken": csrfToken(), "HX-Request": "true" };
  const signal = AbortSignal.any([AbortSignal.timeout(ANSWER), given]);
  return fetch(url, { method: "POST", body, headers, credentials: "same-origin", signal }).catch(() => null);
}

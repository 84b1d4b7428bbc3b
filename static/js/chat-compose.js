/** Where a message is written: sent by Enter, kept as a draft, with names behind an @ and commands behind a /. */

import { openDialog, send, toast } from "./dialogs.js";
import { ask } from "./chat-room.js";
import { Files } from "./chat-files.js";
import { inShort, Marks } from "./chat-marks.js";
import { flush, put } from "./chat-outbox.js";
import { Voice } from "./chat-voice.js";
import { now as cityNow } from "./clock.js";
import { leaflet } from "./leaflet.js";

const DRAFT_AFTER = 1500;
const TYPING_EVERY = 8000;
const OFFER_AFTER = 120;
const TALLEST = 160;

export class Composer {
  /** @param {HTMLElement} pane @param {(name: string, values?: Record<string, string | number>) => string} word @param {(doing: string) => void} here */
  constructor(pane, word, here) {
    this.pane = pane;
    this.word = word;
    this.here = here;
    this.form = /** @type {HTMLFormElement} */ (pane.querySelector(".chat-form"));
    this.field = /** @type {HTMLTextAreaElement} */ (this.form.querySelector("textarea"));
    this.reply = /** @type {HTMLElement} */ (this.form.querySelector(".chat-reply"));
    this.offers = /** @type {HTMLElement} */ (this.form.querySelector(".chat-offers"));
    /** @type {number | null} */
    this.replySeq = null;
    /** @type {number} the message that is reworded; 0: none */
    this.editing = 0;
    /** @type {Map<string, string>} names taken from the list, with whom they mean */
    this.named = new Map();
    this.typedAt = 0;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("input", () => this.onInput());
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    this.field.addEventListener("blur", () => setTimeout(() => this.hideOffers(), 150));
    this.offers.addEventListener("pointerdown", (event) => event.preventDefault());
    this.offers.addEventListener("click", (event) => {
      const item = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (item) this.takeOffer(/** @type {HTMLElement} */ (item));
    });
    this.files = new Files(pane, word, () => this.room?.may("chat.post") ?? false);
    this.marks = new Marks(pane, word);
    this.voice = new Voice(pane, word, (file) => this.takeVoice(file), (why) => this.warn(why));
    this.form.querySelector('[data-chat="mark"]')?.addEventListener("click", () => this.draw());
    this.ordering = /** @type {HTMLElement} */ (this.form.querySelector(".chat-ordering"));
    this.form.querySelector('[data-chat="order"]')?.addEventListener("click", () => this.order());
    this.form.querySelector('[data-chat="no-order"]')?.addEventListener("click", () => this.order(false));
    this.form.querySelector('[data-chat="no-reply"]')?.addEventListener("click", () => this.answer(null));
  }

  /** @param {import("./chat-room.js").Room} room */
  begin(room) {
    this.keepDraft(true);
    this.room = room;
    this.allow();
    this.files.begin(room.id);
    this.marks.begin(room.id);
    this.order(false, false);
    this.answer(null);
    this.field.value = room.about.draft;
    this.saved = room.about.draft;
    this.grow();
  }

  /** Whether one may write here now: a room is closed, and opened again. */
  allow() {
    const { room } = this;
    this.form.hidden = !room?.may("chat.post");
    /** @type {HTMLElement} */ (this.form.querySelector('[data-chat="order"]')).hidden = !room?.may("chat.order");
  }

  /** Nothing is written any more: there is no room. */
  empty() {
    this.room = undefined;
    this.clear();
    this.allow();
  }

  /** The message that is answered, or none. @param {import("./chat-room.js").Message | null} message */
  answer(message) {
    this.editing = 0;
    this.replySeq = message?.seq ?? null;
    this.say(message ? this.word("reply_to", { who: message.author.name, words: inShort(message).slice(0, 80) }) : "");
  }

  /** What is written becomes an order, or a message again. @param {boolean} [is] @param {boolean} [focus] */
  order(is = this.ordering.hidden, focus = true) {
    this.ordering.hidden = !is;
    this.form.classList.toggle("is-order", is);
    if (focus) this.field.focus();
  }

  /** By when, as the field says it; null: no time is set. */
  dueAt() {
    const minutes = Number(/** @type {HTMLInputElement} */ (this.ordering.querySelector("input")).value);
    return minutes > 0 ? new Date(cityNow() + minutes * 60_000).toISOString() : null;
  }

  /** Reword a message of one's own. @param {import("./chat-room.js").Message} message @param {string} [text] how it is to be worded */
  edit(message, text = message.text) {
    this.answer(null);
    this.editing = message.seq;
    this.before = this.field.value;
    this.field.value = text;
    this.say(this.word("editing", { n: message.seq }));
    this.grow();
    this.field.focus();
  }

  /** What was recorded is handed in and can be heard; Enter sends it. @param {File} file */
  takeVoice(file) {
    this.files.add([file]);
    this.field.focus();
  }

  /** Put a place or a drawing on a map. */
  async draw() {
    await openDialog(this.pane.dataset.drawUrl ?? "");
    const form = /** @type {HTMLFormElement | null} */ (document.querySelector("dialog form.chat-draw"));
    if (!form) return;
    try {
      await leaflet(this.pane);
      (await import("./chat-draw.js")).draw(form, this.pane);
    } catch {
      toast(this.word("unanswered"), { refused: true });
    }
  }

  /** @param {string} text */
  say(text) {
    this.reply.hidden = !text;
    /** @type {Element} */ (this.reply.firstElementChild).textContent = text;
  }

  /** Why it does not go; gone as soon as something is written. @param {string} why */
  warn(why) {
    const place = /** @type {HTMLElement} */ (this.form.querySelector(".chat-warning"));
    place.hidden = !why;
    place.textContent = why;
  }

  onInput() {
    this.warn("");
    this.grow();
    const now = performance.now();
    if (this.field.value && now - this.typedAt > TYPING_EVERY) {
      this.typedAt = now;
      this.here("editing");
    }
    clearTimeout(this.draftTimer);
    this.draftTimer = setTimeout(() => this.keepDraft(false), DRAFT_AFTER);
    clearTimeout(this.offerTimer);
    this.offerTimer = setTimeout(() => this.offer(), OFFER_AFTER);
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(TALLEST, this.field.scrollHeight + 2)}px`;
  }

  /** @param {boolean} isLast */
  keepDraft(isLast) {
    clearTimeout(this.draftTimer);
    const { room } = this;
    if (!room || this.editing || this.field.value === this.saved || !room.may("chat.post")) return;
    this.saved = this.field.value;
    ask(`${room.url}draft/`, { text: this.field.value }).catch(() => (this.saved = undefined));
    if (isLast) clearTimeout(this.draftTimer);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (!this.offers.hidden && this.onOfferKey(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.code === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (this.voice.isOn()) this.voice.drop();
      else if (this.editing) this.stopEditing();
      else if (this.replySeq) this.answer(null);
      else if (!this.ordering.hidden) this.order(false);
      else {
        this.keepDraft(true);
        this.pane.dispatchEvent(new CustomEvent("chat:leave-field"));
      }
    } else if (event.code === "ArrowUp" && !this.field.value) {
      event.preventDefault();
      this.pane.dispatchEvent(new CustomEvent("chat:edit-last"));
    }
  }

  stopEditing() {
    this.field.value = this.before ?? "";
    this.answer(null);
    this.grow();
  }

  async submit() {
    const text = this.field.value.trim();
    const { room } = this;
    if (this.voice.isOn()) return void this.voice.stop();
    const [files, marks] = [this.files.keys(), this.marks.all()];
    if (!room || (!text && !files.length && !marks.length)) return;
    if (this.files.isBusy()) return this.warn(this.word("file_busy"));
    if (this.editing) {
      const seq = this.editing;
      this.stopEditing();
      this.pane.dispatchEvent(new CustomEvent("chat:reword", { detail: { seq, text } }));
      return;
    }
    if (text.startsWith("/") && room.about.incident) return void this.command(text);
    const mentions = [...this.named].filter(([name]) => text.includes(`@${name}`)).map(([, of]) => of);
    if (!this.ordering.hidden && !mentions.length) return this.warn(this.word("order_whom"));
    const order = this.ordering.hidden ? undefined : { addressees: mentions, due_at: this.dueAt() };
    put(room.id, text, this.replySeq, mentions, { order, files, marks });
    this.clear();
    flush();
  }

  clear() {
    this.field.value = "";
    this.saved = "";
    clearTimeout(this.draftTimer);
    this.typedAt = 0;
    this.named.clear();
    this.files.clear();
    this.marks.clear();
    this.warn("");
    this.answer(null);
    this.order(false, false);
    this.grow();
    this.hideOffers();
    this.here("looking");
  }

  /** A line that begins with a slash is one for the desk's command line, at the room's incident. @param {string} line */
  async command(line) {
    const origin = this.field;
    const incident = String(this.room?.about.incident_id ?? "");
    if (await send(this.pane.dataset.runUrl ?? "", { line, incident }, origin)) this.clear();
  }

  /* Names and commands under the field. */

  /** What was typed of a name, up to the cursor; null when none is being typed. */
  typedName() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    return /(?:^|[\s\p{P}\p{Script=Han}])@([^\s@]{0,24})$/u.exec(before)?.[1] ?? null;
  }

  async offer() {
    const { room } = this;
    const typed = this.typedName();
    const line = this.field.value;
    if (!room || document.activeElement !== this.field) return;
    if (line.startsWith("/") && room.about.incident) {
      const query = new URLSearchParams({ line, incident: String(room.about.incident_id ?? "") });
      const answer = await fetch(`${this.pane.dataset.readUrl}?${query}`, { credentials: "same-origin", headers: { "HX-Request": "true" } }).catch(() => null);
      if (!answer?.ok || this.field.value !== line) return;
      this.offers.innerHTML = await answer.text();
      this.show();
      return;
    }
    if (typed === null) return this.hideOffers();
    const found = await ask(`${room.url}mentions/?q=${encodeURIComponent(typed)}`).catch(() => []);
    if (this.typedName() !== typed) return;
    const list = document.createElement("div");
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", this.offers.dataset.label ?? "");
    list.append(...found.map((/** @type {any} */ each) => option(each)));
    this.offers.replaceChildren(list);
    if (found.length) this.show();
    else this.hideOffers();
  }

  show() {
    this.offers.hidden = false;
    const items = this.offers.querySelectorAll("[role=option]");
    if (items.length && !this.offers.querySelector('[aria-selected="true"]') && !this.field.value.startsWith("/")) this.choose(0);
  }

  hideOffers() {
    this.offers.hidden = true;
    this.offers.replaceChildren();
    this.field.removeAttribute("aria-activedescendant");
  }

  /** @param {number} at */
  choose(at) {
    const items = [...this.offers.querySelectorAll("[role=option]")];
    items.forEach((each, place) => {
      each.id ||= `${this.offers.id}-${place}`;
      each.setAttribute("aria-selected", String(place === at));
    });
    if (items[at]) this.field.setAttribute("aria-activedescendant", items[at].id);
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether it was for the list */
  onOfferKey(event) {
    const items = [...this.offers.querySelectorAll("[role=option]")];
    const at = items.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.code === "Escape") {
      this.hideOffers();
      return true;
    }
    if (items.length && (event.code === "ArrowDown" || event.code === "ArrowUp")) {
      this.choose((at + (event.code === "ArrowDown" ? 1 : items.length - 1)) % items.length);
      return true;
    }
    if (at >= 0 && (event.code === "Enter" || event.code === "Tab" || event.code === "NumpadEnter")) {
      this.takeOffer(/** @type {HTMLElement} */ (items[at]));
      return true;
    }
    return false;
  }

  /** @param {HTMLElement} item */
  takeOffer(item) {
    if (item.dataset.line !== undefined) this.field.value = item.dataset.line.startsWith("/") ? item.dataset.line : `/${item.dataset.line}`;
    else {
      const before = this.field.value.slice(0, this.field.selectionStart).replace(/@[^\s@]*$/, `@${item.dataset.name} `);
      const after = this.field.value.slice(this.field.selectionStart);
      this.field.value = before + after;
      this.field.setSelectionRange(before.length, before.length);
      this.named.set(item.dataset.name ?? "", item.dataset.of ?? "");
    }
    this.hideOffers();
    this.field.focus();
    this.onInput();
  }
}

/** @param {{of: string, name: string, note: string}} each */
function option({ of, name, note }) {
  const item = document.createElement("div");
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  Object.assign(item.dataset, { of, name });
  item.append(Object.assign(document.createElement("b"), { textContent: name }), Object.assign(document.createElement("span"), { className: "minor", textContent: note }));
  return item;
}

/** What leads to a message of a room: what is pinned, what was searched for, the thread of one. */

import { timeOfDay } from "./clock.js";
import { inShort } from "./chat-marks.js";
import { dueWords, isLate, score } from "./chat-orders.js";
import { ask } from "./chat-room.js";

/** @typedef {import("./chat-room.js").Message} Message */

export class Finder {
  /** @param {any} chat @param {(name: string, values?: Record<string, string | number>) => string} word */
  constructor(chat, word) {
    this.chat = chat;
    this.word = word;
    this.thread = 0;
  }

  isOpen() {
    return !this.chat.piece(".chat-find").hidden || !this.chat.piece(".chat-found").hidden;
  }

  /** Something has changed in the room. */
  refresh() {
    if (this.thread) this.showThread(this.thread);
  }

  showPins() {
    const place = this.chat.piece(".chat-pins");
    const pins = [...(this.chat.room?.pins.values() ?? [])].sort((one, other) => other.seq - one.seq);
    place.hidden = !pins.length;
    place.replaceChildren(...pins.map((each) => this.found(each)));
    this.showOrders();
  }

  /** Orders that somebody has still to do, the first due first. */
  showOrders() {
    const place = this.chat.piece(".chat-orders");
    const due = (/** @type {Message} */ each) => (each.order?.due_at ? Date.parse(each.order.due_at) : Infinity);
    const orders = [...(this.chat.room?.orders.values() ?? [])].sort((one, other) => due(one) - due(other) || one.seq - other.seq);
    place.hidden = !orders.length;
    place.replaceChildren(
      ...orders.map((each) => {
        const item = this.found(each);
        const button = /** @type {HTMLElement} */ (item.firstElementChild);
        button.classList.toggle("is-late", isLate(each.order));
        button.append(Object.assign(document.createElement("span"), { className: "num chat-score", textContent: [score(each.order), dueWords(each.order, this.word)].filter(Boolean).join(" · ") }));
        return item;
      }),
    );
  }

  /** A message as a line that leads to it. @param {Message} message */
  found(message) {
    const item = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "chat-lead" });
    button.append(Object.assign(document.createElement("b"), { textContent: message.author.name }));
    button.append(Object.assign(document.createElement("time"), { className: "num minor", textContent: timeOfDay(Date.parse(message.at)) }));
    button.append(Object.assign(document.createElement("span"), { className: "cut", textContent: inShort(message) }));
    button.dataset.to = String(message.seq);
    item.append(button);
    return item;
  }

  /* Search and threads. */

  open() {
    const form = this.chat.piece(".chat-find");
    form.hidden = false;
    /** @type {HTMLInputElement} */ (form.querySelector("input")).focus();
  }

  close() {
    this.thread = 0;
    this.chat.piece(".chat-find").hidden = true;
    this.chat.piece(".chat-found").hidden = true;
    this.chat.piece(".chat-found").replaceChildren();
  }

  async find() {
    const { room } = this.chat;
    const words = /** @type {HTMLInputElement} */ (this.chat.piece(".chat-find").querySelector("input")).value.trim();
    if (!room || !words) return;
    const page = await ask(`${this.chat.api}messages/?room=${room.id}&q=${encodeURIComponent(words)}`).catch(() => null);
    this.list(page ? page.items : [], page ? this.word("none_found") : this.word("unanswered"));
  }

  /** @param {Message[]} items @param {string} empty */
  list(items, empty) {
    const place = this.chat.piece(".chat-found");
    place.hidden = false;
    const none = Object.assign(document.createElement("li"), { className: "minor", textContent: empty });
    place.replaceChildren(...(items.length ? items.map((each) => this.found(each)) : [none]));
  }

  /** @param {number} seq */
  toggleThread(seq) {
    if (this.thread) this.close();
    else this.showThread(seq);
  }

  /** @param {number} seq */
  async showThread(seq) {
    const { room } = this.chat;
    if (!room) return;
    this.thread = seq;
    const page = await ask(`${room.url}messages/?thread=${seq}`).catch(() => null);
    if (page && this.thread === seq) this.list(page.items, "");
  }
}

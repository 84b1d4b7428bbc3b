/** What leads to a message: what is pinned in a room, what was searched for there or everywhere, a time, the thread of one. */

import { dayAndTime, isToday, timeMeant, timeOfDay } from "./clock.js";
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
    this.asked = ""; // what the list that stands there was asked for
    this.input = /** @type {HTMLInputElement} */ (chat.piece(".chat-find input[type=search]"));
    this.everywhere = /** @type {HTMLInputElement} */ (chat.piece(".chat-find input[type=checkbox]"));
    this.everywhere.addEventListener("change", () => this.find());
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

  /** A message as a line that leads to it; of another room than `here`, with its name. @param {Message & {room_name?: string}} message @param {number} [here] */
  found(message, here = message.room) {
    const item = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "chat-lead" });
    button.append(Object.assign(document.createElement("b"), { textContent: message.author.name }));
    const at = Date.parse(message.at);
    button.append(Object.assign(document.createElement("time"), { className: "num minor", textContent: isToday(at) ? timeOfDay(at) : dayAndTime(at) }));
    if (message.room !== here) {
      button.append(Object.assign(document.createElement("span"), { className: "chat-lead-room minor cut", textContent: message.room_name }));
      button.dataset.of = String(message.room);
    }
    button.append(Object.assign(document.createElement("span"), { className: "cut", textContent: inShort(message) }));
    button.dataset.to = String(message.seq);
    item.append(button);
    return item;
  }

  /* Search and threads. */

  open() {
    this.chat.piece(".chat-find").hidden = false;
    this.input.focus();
    this.input.select();
  }

  close() {
    this.thread = 0;
    this.asked = "";
    this.chat.piece(".chat-find").hidden = true;
    this.chat.piece(".chat-found").hidden = true;
    this.chat.piece(".chat-found").replaceChildren();
  }

  /** No room is open: nothing leads into it. */
  empty() {
    this.close();
    for (const piece of [".chat-pins", ".chat-orders"]) {
      this.chat.piece(piece).replaceChildren();
      this.chat.piece(piece).hidden = true;
    }
  }

  /** Search; the same words once more lead to what stands first. */
  async find() {
    const { room } = this.chat;
    const words = this.input.value.trim();
    if (!words || !(room || this.everywhere.checked)) return;
    const where = this.everywhere.checked ? {} : { room: String(room?.id) };
    const asked = new URLSearchParams({ q: words, ...where }).toString();
    const first = /** @type {HTMLElement | null} */ (this.chat.querySelector(".chat-found .chat-lead"));
    if (asked === this.asked && first) return first.click();
    const page = await ask(`${this.chat.api}messages/?${asked}`).catch(() => null);
    if (room !== this.chat.room) return;
    this.thread = 0;
    this.asked = asked;
    const time = timeMeant(words);
    const lines = (page?.items ?? []).map((/** @type {Message} */ each) => this.found(each, room?.id ?? 0));
    if (time !== null && room) lines.unshift(this.moment(time));
    this.list(lines, page ? this.word("none_found") : this.word("unanswered"));
  }

  /** A moment as a line that leads there. @param {number} time */
  moment(time) {
    const item = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "chat-lead" });
    button.append(Object.assign(document.createElement("b"), { textContent: this.word("go_to_time", { time: dayAndTime(time) }) }));
    button.dataset.at = new Date(time).toISOString();
    item.append(button);
    return item;
  }

  /** To the first message of this room that was written at a time or after it; to the last when there is none. @param {string} at */
  async jump(at) {
    const { room } = this.chat;
    if (!room?.last) return;
    const page = await ask(`${room.url}messages/?${new URLSearchParams({ at, limit: "1" })}`).catch(() => null);
    if (room === this.chat.room && page) this.chat.list.show(page.items[0]?.seq ?? room.last);
  }

  /** @param {HTMLElement[]} lines @param {string} empty */
  list(lines, empty) {
    const place = this.chat.piece(".chat-found");
    place.hidden = false;
    const none = Object.assign(document.createElement("li"), { className: "minor", textContent: empty });
    place.replaceChildren(...(lines.length ? lines : [none]));
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
    this.asked = "";
    const page = await ask(`${room.url}messages/?thread=${seq}`).catch(() => null);
    if (page && this.thread === seq) this.list(page.items.map((/** @type {Message} */ each) => this.found(each)), "");
  }
}

/** `<city-chat>`: a room to read and write in, wherever it stands: on its own page, beside an incident, over the operations screen. */

import "./chat-keys.js";
import { now } from "./clock.js";
import { openDialog, toast } from "./dialogs.js";
import { Composer } from "./chat-compose.js";
import { Finder } from "./chat-find.js";
import { Here } from "./chat-here.js";
import { MessageList } from "./chat-list.js";
import { ready } from "./chat-orders.js";
import { flush } from "./chat-outbox.js";
import { showPlaces } from "./chat-places.js";
import { ask, Refused, Room } from "./chat-room.js";
import { Rows } from "./chat-row.js";
import { Unsent } from "./chat-unsent.js";

const [HERE_EVERY, READ_EVERY] = [15_000, 3000];
const SAME_VOICE = 5 * 60_000;

/** @typedef {import("./chat-room.js").Message} Message */

class Chat extends HTMLElement {
  connectedCallback() {
    if (this.list) return;
    /** @type {Record<string, string>} */
    this.words = JSON.parse(this.querySelector("script[type='application/json']")?.textContent ?? "{}");
    const word = (/** @type {string} */ name, /** @type {Record<string, string | number>} */ values = {}) =>
      (this.words[name] ?? name).replace(/%\((\w+)\)s/g, (whole, key) => String(values[key] ?? whole));
    this.word = word;
    this.person = Number(this.dataset.person);
    this.api = this.dataset.api ?? "";
    this.rows = new Rows(this, word, this.person);
    this.box = this.piece(".chat-list");
    this.list = new MessageList(this.box, (seq) => this.rowOf(seq), (first, last) => this.room?.want(first, last));
    this.here = new Here(this, word);
    this.composer = new Composer(this, word, (doing) => this.here.tell(doing));
    this.unreadFrom = 0;
    this.finder = new Finder(this, word);
    this.unsent = new Unsent(this, word);
    this.listen();
    flush(this.api);
  }

  disconnectedCallback() {
    this.leave();
  }

  /** @param {string} selector */
  piece(selector) {
    return /** @type {HTMLElement} */ (this.querySelector(selector));
  }

  listen() {
    this.addEventListener("click", (event) => this.onClick(event));
    this.box.addEventListener("focusin", (event) => this.onFocus(event));
    this.box.addEventListener("scroll", () => this.markSeen(), { passive: true });
    this.addEventListener("keydown", (event) => this.onEscape(event));
    this.addEventListener("chat:leave-field", () => this.focusList());
    this.addEventListener("chat:edit-last", () => this.editLast());
    this.addEventListener("chat:reword", (event) => this.reword(/** @type {CustomEvent} */ (event).detail));
    this.piece(".chat-find").addEventListener("submit", (event) => {
      event.preventDefault();
      this.finder.find();
    });
    document.addEventListener("chat:sent", (event) => {
      const said = /** @type {CustomEvent} */ (event).detail;
      if (said.room === this.room?.id) this.room.take([said]);
    });
    document.addEventListener("live:state", (event) => /** @type {CustomEvent} */ (event).detail.connected && flush(this.api));
    document.addEventListener("visibilitychange", () => this.markSeen());
    setInterval(() => this.here.tell(this.composer.field.value ? "editing" : "looking", true), HERE_EVERY);
    addEventListener("pagehide", () => this.composer.keepDraft(true));
  }

  /* Coming and going. */

  /** Enter a room. @param {{room?: number, incident?: string}} where */
  async enter({ room, incident }) {
    try {
      const entered = await (incident ? ask(`${this.api}incidents/${incident}/room/`, {}) : ask(`${this.api}rooms/${room}/`));
      this.show(entered);
      return true;
    } catch (error) {
      toast(error instanceof Refused ? error.message : this.word("unanswered"), { refused: true });
      return false;
    }
  }

  /** @param {any} entered */
  show(entered) {
    this.leave();
    const room = new Room(this.api, entered);
    this.room = room;
    this.unreadFrom = room.readSeq && room.readSeq < room.last ? room.readSeq + 1 : 0;
    this.marked = room.readSeq;
    room.events.addEventListener("changed", (event) => this.onChanged(/** @type {CustomEvent} */ (event).detail));
    room.events.addEventListener("entered", () => this.head());
    room.events.addEventListener("lost", (event) => this.lost(/** @type {CustomEvent} */ (event).detail.error));
    room.events.addEventListener("present", (event) => this.here.onPresent(/** @type {CustomEvent} */ (event).detail));
    this.head();
    this.composer.begin(room);
    this.piece(".chat-rooms").hidden = true;
    this.finder.close();
    this.list.begin(room.last);
    if (this.unreadFrom) this.list.show(this.unreadFrom, false);
    this.here.tell("looking");
    this.unsent.show();
    this.markSeen();
    this.tellDrawn();
    Object.assign(this.piece(".chat-undrawn"), { hidden: !entered.undrawn, textContent: this.word("undrawn", { n: entered.undrawn }) });
    this.dispatchEvent(new CustomEvent("chat:entered", { detail: entered, bubbles: true }));
  }

  /** One may not read this room any more: nothing of it stays on the screen. @param {unknown} error */
  lost(error) {
    if (!this.room || !(error instanceof Refused) || !error.isFinal) return;
    this.leave();
    this.composer.empty();
    this.finder.empty();
    this.here.clear();
    this.list.begin(0);
    this.piece(".chat-name b").textContent = this.word("rooms");
    for (const piece of [".chat-about", ".chat-undrawn"]) this.piece(piece).textContent = "";
    for (const piece of [".chat-closed", ".chat-empty", ".chat-waiting", "[data-chat=share]"]) this.piece(piece).hidden = true;
    this.piece(".chat-lost").hidden = false;
    this.unsent.show();
  }

  leave() {
    if (!this.room) return;
    ask(`${this.room.url}here/`, { doing: "gone" }).catch(() => null);
    this.composer.keepDraft(true);
    this.composer.voice.drop();
    this.room.leave();
    this.room = undefined;
    this.tellDrawn();
  }

  head() {
    const { about } = /** @type {Room} */ (this.room);
    this.piece(".chat-name b").textContent = about.name;
    this.piece(".chat-about").textContent = about.about;
    this.piece(".chat-closed").hidden = !about.closed_at;
    this.piece(".chat-lost").hidden = true;
    this.piece(".chat-empty").hidden = about.last_seq > 0;
    for (const page of this.querySelectorAll("[data-chat-page]")) page.setAttribute("href", `/chat/?room=${about.id}`);
    Object.assign(this.piece("[data-chat=share]"), { hidden: !about.may.includes("chat.share") }).dataset.dialogUrl = `/chat/${about.id}/share/`;
    this.composer.allow();
    this.finder.showPins();
  }

  /* What happens in the room. */

  /** @param {{seqs: number[], isNew: boolean, first: number}} changed */
  onChanged({ isNew, first }) {
    const { room } = this;
    if (!room) return;
    this.piece(".chat-empty").hidden = room.last > 0;
    if (isNew && !this.list.isAtEnd && !this.unreadFrom) this.unreadFrom = first;
    this.list.refresh(room.last);
    this.tellDrawn();
    this.finder.showPins();
    if (isNew) requestAnimationFrame(() => this.markSeen());
    this.finder.refresh();
  }

  /** Tell the map of this page, if it has one, what is drawn in the room that is open. */
  tellDrawn() {
    const marks = this.room?.standing() ?? [];
    const said = JSON.stringify(marks);
    if (said === (this.drawn ?? "[]")) return;
    this.drawn = said;
    document.dispatchEvent(new CustomEvent("room:drawn", { detail: marks }));
  }

  /** @param {number} seq */
  rowOf(seq) {
    const { room } = this;
    const message = room?.messages.get(seq); // none in a pane that was just closed
    if (!room || !message) return { key: "waiting", make: () => this.rows.waiting() };
    const before = room.messages.get(seq - 1);
    const follows = Boolean(before && before.author.id === message.author.id && !message.reply && Date.parse(message.at) - Date.parse(before.at) < SAME_VOICE);
    const isFirstUnread = seq === this.unreadFrom;
    const readBy = message.author.id === this.person && seq === this.lastOwn() ? this.readBy(seq) : 0;
    const quoted = message.reply ? room.messages.get(message.reply) : undefined;
    const key = `${message.revision} ${follows} ${isFirstUnread} ${readBy} ${quoted?.revision ?? 0}`;
    return { key, make: () => this.rows.make(message, { total: room.last, quoted, isFirstUnread, follows, readBy }) };
  }

  lastOwn() {
    const { room } = this;
    for (let seq = room?.last ?? 0; seq > 0 && room?.messages.has(seq); seq -= 1) if (room.messages.get(seq)?.author.id === this.person) return seq;
    return 0;
  }

  /** How many others have read up to a message, as far as it was told here. @param {number} seq */
  readBy(seq) {
    return [...(this.room?.marks ?? [])].filter(([person, mark]) => person !== this.person && mark >= seq).length;
  }

  isShown() {
    return this.getClientRects().length > 0;
  }

  /** What was seen counts as read; the server hears of it every few seconds. */
  markSeen() {
    const { room } = this;
    if (!room || document.hidden || !this.isShown() || !room.last) return;
    const { last } = this.list.seen;
    const seen = this.list.isAtEnd ? room.last : last;
    const behind = room.last - seen;
    const button = this.piece(".chat-waiting");
    button.hidden = this.list.isAtEnd || behind <= 0;
    /** @type {Element} */ (button.firstElementChild).textContent = this.word("new", { n: behind });
    if (seen <= this.marked) return;
    this.marked = seen;
    this.dispatchEvent(new CustomEvent("chat:read", { detail: { room: room.id, left: behind }, bubbles: true }));
    if (this.readTimer) return;
    const tell = () => {
      this.readTimer = 0;
      ask(`${room.url}read/`, { seq: room === this.room ? this.marked : seen }).catch(() => null);
    };
    this.readTimer = setTimeout(tell, now() - (this.toldAt ?? 0) > READ_EVERY ? 300 : READ_EVERY);
    this.toldAt = now();
  }

  /* What is done with messages. */

  /** @param {number} seq @param {string} verb @param {any} [body] */
  async act(seq, verb, body = {}) {
    try {
      await this.room?.act(seq, verb, body);
      return true;
    } catch (error) {
      toast(error instanceof Refused ? error.message : this.word("unanswered"), { refused: true });
      return false;
    }
  }

  /** What was not taken stands in the field again. @param {{seq: number, text: string}} said */
  async reword({ seq, text }) {
    const { room } = this;
    const isTaken = await this.act(seq, "edit", { text });
    const message = room?.messages.get(seq);
    if (!isTaken && message && room === this.room && !this.composer.editing) this.composer.edit(message, text);
  }

  /** Say for everybody one answers for how far an order has come. @param {Message} message @param {string} step */
  async advance(message, step) {
    const own = ready(message, this.room?.answersAs ?? [], step);
    try {
      for (const each of own) await this.room?.advance(each.id, step);
    } catch (error) {
      toast(error instanceof Refused ? error.message : this.word("unanswered"), { refused: true });
    }
  }

  /** @param {string} name */
  may(name) {
    const { room } = this;
    if (!room) return false;
    if (name === "note" || name === "task") return Boolean(room.about.incident) && !room.about.closed_at && room.about.may.includes("chat.post");
    return room.may(name);
  }

  /** The message that has the focus; the last one when none has. */
  current() {
    return this.room?.messages.get(this.list.current || this.room.last);
  }

  /** @param {string} what */
  do(what) {
    const message = this.current();
    if (!message || !this.room) return false;
    const { seq } = message;
    if (what === "reply" && this.may("chat.post")) {
      this.composer.answer(message);
      this.composer.field.focus();
    } else if (what === "got" && this.may("chat.post")) {
      const given = message.answers.some((each) => each.code === "GOT" && each.people.includes(this.person));
      this.act(seq, "answers", { code: "GOT", is_given: !given });
    } else if (what === "accept" || what === "done") this.advance(message, what === "accept" ? "ACCEPTED" : "DONE");
    else if (what === "refuse") openDialog(`/chat/orders/${ready(message, this.room.answersAs, "REFUSED")[0]?.id ?? 0}/refuse/`);
    else if (what === "withdraw") this.act(seq, "withdraw");
    else if (what === "note") this.act(seq, "note");
    else if (what === "task" && this.may("task")) openDialog(`/chat/${this.room.id}/messages/${seq}/task/`);
    else if (what === "edit" && message.author.id === this.person) this.composer.edit(message);
    else if (what === "pin") this.act(seq, message.pinned ? "unpin" : "pin");
    else if (what === "strike") this.act(seq, "strike");
    else if (what === "thread") this.finder.toggleThread(message.thread ?? seq);
    return true;
  }

  editLast() {
    const seq = this.lastOwn();
    const message = this.room?.messages.get(seq);
    if (message && !message.struck) this.composer.edit(message);
  }

  /** @param {number} by */
  step(by) {
    const { room } = this;
    if (!room?.last) return;
    const at = this.list.current;
    const { last } = this.list.seen;
    this.list.show(at ? Math.max(1, Math.min(room.last, at + by)) : last);
  }

  focusList() {
    const { room } = this;
    if (room?.last) this.list.show(Math.min(room.last, this.list.seen.last));
    else this.box.focus();
  }

  /** The next message that was not read, here, else the next room that has one. */
  async nextUnread() {
    const { room } = this;
    if (room && this.unreadFrom && this.unreadFrom <= room.last && this.list.current < this.unreadFrom) return this.list.show(this.unreadFrom);
    const rooms = await ask(`${this.api}rooms/`).catch(() => []);
    const next = rooms.find((/** @type {any} */ each) => each.unread && each.id !== room?.id && (each.is_followed || !each.incident));
    if (next) this.enter({ room: next.id }).then(() => this.focusList());
    else this.list.toEnd();
  }

  async showRooms() {
    const place = this.piece(".chat-rooms");
    const button = this.piece(".chat-name");
    if (!place.hidden || document.querySelector(".chat-side")) {
      place.hidden = true;
      button.setAttribute("aria-expanded", "false");
      return;
    }
    if (!(await showPlaces(place, this.dataset.roomsUrl ?? ""))) return;
    place.hidden = false;
    button.setAttribute("aria-expanded", "true");
    /** @type {HTMLElement | null} */ (place.querySelector("button"))?.focus();
  }

  /** A message, in this room or another. @param {number} seq @param {number} of */
  async goTo(seq, of) {
    if (of && of !== this.room?.id && !(await this.enter({ room: of }))) return;
    this.list.show(seq);
  }

  /* Hands. */

  /** @param {FocusEvent} event */
  onFocus(event) {
    const row = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest(".chat-row")) : null;
    const message = this.room?.messages.get(Number(row?.dataset.seq));
    if (row && message) this.rows.equip(row, message, (name) => this.may(name), this.room?.answersAs ?? []);
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const target = /** @type {HTMLElement | null} */ (event.target instanceof Element ? event.target.closest("button, [data-to], .chat-row") : null);
    if (!target) return;
    if (target.dataset.room) this.enter({ room: Number(target.dataset.room) }).then(() => this.composer.field.focus());
    else if (target.dataset.at) this.finder.jump(target.dataset.at);
    else if (target.dataset.to) this.goTo(Number(target.dataset.to), Number(target.dataset.of));
    else if (target.dataset.do) {
      /** @type {HTMLElement | null} */ (target.closest(".chat-row"))?.focus({ preventScroll: true });
      this.do(target.dataset.do);
    } else if (target.matches(".chat-row") && !String(getSelection())) target.focus({ preventScroll: true });
    else if (target.dataset.chat === "last") this.list.toEnd();
    else if (target.dataset.chat === "find") this.finder.open();
    else if (target.dataset.chat === "members" && this.room) openDialog(`/chat/${this.room.id}/members/`);
    else if (target.dataset.chat === "rooms") this.showRooms();
  }

  /** One level up: from a list to the messages, from the messages to what is beside them. @param {KeyboardEvent} event */
  onEscape(event) {
    if (event.code !== "Escape" || event.defaultPrevented || event.isComposing) return;
    if (!this.piece(".chat-rooms").hidden) this.showRooms();
    else if (this.finder.isOpen()) {
      this.finder.close();
      this.focusList();
    } else if (!this.dispatchEvent(new CustomEvent("chat:up", { bubbles: true, cancelable: true }))) event.preventDefault();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

customElements.define("city-chat", Chat);

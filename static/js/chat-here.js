/** Who is in a room now, who is writing, and what one does there oneself; and what everybody is called. */

import { ask } from "./chat-room.js";

const TYPING_SECONDS = 12_000;

export class Here {
  /** @param {any} chat @param {(name: string, values?: Record<string, string | number>) => string} word */
  constructor(chat, word) {
    this.chat = chat;
    this.word = word;
    /** @type {Map<number, string>} what people are called */
    this.names = new Map();
    /** @type {[number, boolean][]} */
    this.there = [];
  }

  /** @param {{there?: [number, boolean][], marks?: Record<string, number>}} told */
  async onPresent({ there, marks }) {
    if (marks) this.chat.list.soon();
    if (!there) return;
    this.there = there;
    if (there.some(([id, isWriting]) => isWriting && !this.names.has(id))) await this.learnNames();
    this.show();
  }

  async learnNames() {
    const { room } = this.chat;
    const found = room && (await ask(`${room.url}members/`).catch(() => null));
    for (const each of found?.people ?? []) {
      this.names.set(each.id, each.name);
      room?.marks.set(each.id, Math.max(each.read_seq, room.marks.get(each.id) ?? 0));
    }
    this.chat.list.soon();
  }

  show() {
    const others = this.there.filter(([id]) => id !== this.chat.person);
    this.chat.piece(".chat-here").textContent = this.there.length ? this.word("here", { n: this.there.length }) : "";
    const writing = others.filter(([id, isWriting]) => isWriting && this.names.has(id)).map(([id]) => this.names.get(id) ?? "");
    this.chat.piece(".chat-typing").textContent = writing.length ? this.word("typing", { names: writing.slice(0, 3).join(", ") }) : "";
  }

  /** Tell the others that one is here, and what one does. @param {string} doing @param {boolean} [isBeat] */
  async tell(doing, isBeat = false) {
    const { room } = this.chat;
    if (!room || (isBeat && (document.hidden || !this.chat.isShown()))) return;
    clearTimeout(this.stopTimer);
    if (doing === "editing") this.stopTimer = setTimeout(() => this.tell("looking"), TYPING_SECONDS);
    const there = await ask(`${room.url}here/`, { doing }).catch(() => null);
    if (!there || room !== this.chat.room) return;
    for (const each of there) this.names.set(each.id, each.name);
    this.there = there.map((/** @type {any} */ each) => [each.id, each.is_writing]);
    this.show();
  }

  /** Nobody is known to be here. */
  clear() {
    this.there = [];
    this.show();
  }
}

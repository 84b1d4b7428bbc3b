/** What waits to be sent stands below the messages: with its state, and what the server refused with the reason. */

import { timeOfDay } from "./clock.js";
import { inShort } from "./chat-marks.js";
import { discard, retry, waiting } from "./chat-outbox.js";

const LONG = 2500;

export class Unsent {
  /** @param {any} chat @param {(name: string, values?: Record<string, string | number>) => string} word */
  constructor(chat, word) {
    this.chat = chat;
    this.word = word;
    document.addEventListener("chat:waiting", () => this.show());
  }

  show() {
    const own = waiting().filter((each) => each.room === this.chat.room?.id);
    let box = this.chat.querySelector(".chat-unsent");
    if (!own.length) {
      box?.remove();
      return;
    }
    if (!box) {
      box = Object.assign(document.createElement("ol"), { className: "chat-unsent" });
      this.chat.piece(".chat-below").after(box);
    }
    box.replaceChildren(...own.map((each) => this.line(each)));
    if (this.chat.list.isAtEnd) this.chat.list.toEnd();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), LONG + 100);
  }

  /** @param {import("./chat-outbox.js").Waiting} each */
  line(each) {
    const item = document.createElement("li");
    const state = each.why ? this.word("refused", { why: each.why }) : this.word(Date.now() - Date.parse(each.at) < LONG ? "sending" : "unsent");
    item.append(Object.assign(document.createElement("p"), { className: "chat-text", textContent: inShort(each) }));
    const said = Object.assign(document.createElement("p"), { className: "minor", textContent: `${timeOfDay(Date.parse(each.at))} · ${state} ` });
    if (each.why) said.append(this.link("again", () => retry(each.key)), " ", this.link("discard", () => discard(each.key)));
    item.append(said);
    return item;
  }

  /** @param {string} name @param {() => void} run */
  link(name, run) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "linkish", textContent: this.word(name) });
    button.addEventListener("click", run);
    return button;
  }
}

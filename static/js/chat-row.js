/** A message as it stands in the list: made of the page's own template, every word put in as text. */

import { timeOfDay } from "./clock.js";
import { drawFiles } from "./chat-files.js";
import { drawMarks, inShort } from "./chat-marks.js";
import { drawOrder, ready } from "./chat-orders.js";

/** @typedef {import("./chat-room.js").Message} Message */

const english = document.documentElement.lang === "en";

export class Rows {
  /** @param {HTMLElement} pane @param {(name: string, values?: Record<string, string | number>) => string} word @param {number} person */
  constructor(pane, word, person) {
    this.row = /** @type {HTMLTemplateElement} */ (pane.querySelector("template[data-chat-row]"));
    this.tools = /** @type {HTMLTemplateElement} */ (pane.querySelector("template[data-chat-tools]"));
    this.word = word;
    this.person = person;
  }

  /** An empty place for a message that is on its way. */
  waiting() {
    const row = this.clone();
    row.classList.add("is-waiting");
    put(row, ".chat-text", this.word("waiting"));
    row.setAttribute("aria-busy", "true");
    return row;
  }

  clone() {
    return /** @type {HTMLElement} */ (/** @type {Element} */ (this.row.content.firstElementChild).cloneNode(true));
  }

  /**
   * @param {Message} message
   * @param {{total: number, quoted: Message | undefined, isFirstUnread: boolean, follows: boolean, readBy: number}} place
   */
  make(message, { total, quoted, isFirstUnread, follows, readBy }) {
    const row = this.clone();
    row.dataset.seq = String(message.seq);
    row.setAttribute("aria-posinset", String(message.seq));
    row.setAttribute("aria-setsize", String(total));
    row.classList.toggle("is-own", message.author.id === this.person);
    row.classList.toggle("follows", follows && !isFirstUnread);
    row.classList.toggle("names-me", message.mentions.some((each) => each.of === `user:${this.person}`));
    row.classList.toggle("is-order", message.kind === "ORDER");
    if (isFirstUnread) row.dataset.unread = this.word("unread");
    put(row, ".chat-meta b", message.author.name);
    const at = Date.parse(message.at);
    const time = put(row, ".chat-meta time", timeOfDay(at));
    time.setAttribute("datetime", message.at);
    time.title = new Date(at).toLocaleString(document.documentElement.lang, { timeZone: document.documentElement.dataset.zone });
    put(row, ".chat-mark", this.marks(message, readBy).join(" · "));
    if (message.reply) {
      const quote = put(row, ".chat-quote", quoted ? `${quoted.author.name}: ${inShort(quoted)}` : `#${message.reply}`);
      quote.hidden = false;
      quote.dataset.to = String(message.reply);
    }
    this.write(/** @type {HTMLElement} */ (row.querySelector(".chat-text")), message);
    this.answers(row, message);
    drawFiles(/** @type {HTMLElement} */ (row.querySelector(".chat-files")), message.files, this.word);
    drawMarks(/** @type {HTMLElement} */ (row.querySelector(".chat-marks")), message.marks ?? [], this.word);
    if (message.order) drawOrder(/** @type {HTMLElement} */ (row.querySelector(".chat-order")), message.order, this.word);
    return row;
  }

  /** @param {Message} message @param {number} readBy */
  marks(message, readBy) {
    const found = [];
    const { word } = this;
    if (message.device_at) found.push(word("later", { time: timeOfDay(Date.parse(message.device_at)) }));
    if (message.edited_at) found.push(word("edited"));
    if (message.struck) found.push(word("struck", { who: message.struck.by, time: timeOfDay(Date.parse(message.struck.at)) }));
    if (message.pinned) found.push(word("pinned", { who: message.pinned.by }));
    if (message.note_id) found.push(word("noted"));
    if (message.task_id) found.push(word("tasked"));
    if (readBy) found.push(word("read_by", { n: readBy }));
    return found;
  }

  /** The words themselves: text and nothing else; whom they name is marked. @param {HTMLElement} place @param {Message} message */
  write(place, message) {
    place.classList.toggle("is-struck", message.struck !== null);
    if (message.forgotten_at) {
      place.textContent = this.word("forgotten");
      return;
    }
    let rest = message.text;
    const names = message.mentions.map((each) => `@${each.name}`).sort((one, other) => other.length - one.length);
    place.replaceChildren();
    while (rest) {
      const next = names.map((name) => ({ name, at: rest.indexOf(name) })).filter((each) => each.at >= 0).sort((one, other) => one.at - other.at)[0];
      if (!next) break;
      if (next.at) place.append(rest.slice(0, next.at));
      place.append(Object.assign(document.createElement("b"), { className: "chat-named", textContent: next.name }));
      rest = rest.slice(next.at + next.name.length);
    }
    place.append(rest);
  }

  /** @param {HTMLElement} row @param {Message} message */
  answers(row, message) {
    const list = /** @type {HTMLElement} */ (row.querySelector(".chat-answers"));
    list.hidden = !message.answers.length;
    list.replaceChildren(
      ...message.answers.map((each) => {
        const item = document.createElement("li");
        const more = each.n > each.names.length ? ` +${each.n - each.names.length}` : "";
        const own = each.people.includes(this.person);
        item.classList.toggle("is-own", own);
        item.append(Object.assign(document.createElement("b"), { textContent: `${this.word(`answer_${each.code}`)} ${each.n}` }));
        item.append(` ${each.names.join(english ? ", " : "\u3001")}${more}`);
        return item;
      }),
    );
  }

  /** The buttons for a message, where the reader is. @param {HTMLElement} row @param {Message} message @param {(name: string) => boolean} may @param {string[]} answersAs */
  equip(row, message, may, answersAs) {
    const bar = row.querySelector(".chat-tools");
    if (!bar || bar.childElementCount || !message) return;
    const own = message.author.id === this.person;
    const stands = !message.struck && !message.forgotten_at;
    const kept = message.note_id || message.task_id;
    /** @type {Record<string, boolean>} */
    const offered = {
      got: may("chat.post") && stands && !own && message.kind === "TEXT",
      reply: may("chat.post"),
      thread: Boolean(message.thread),
      note: may("note") && stands && !kept,
      task: may("task") && stands && !kept,
      edit: own && stands && message.kind === "TEXT" && may("chat.post"),
      pin: may("chat.pin") && stands,
      accept: ready(message, answersAs, "ACCEPTED").length > 0,
      done: ready(message, answersAs, "DONE").length > 0,
      refuse: ready(message, answersAs, "REFUSED").length > 0,
      withdraw: Boolean(message.order?.is_open) && (own || may("chat.moderate")),
      strike: stands && message.kind === "TEXT" && (may("chat.moderate") || (own && may("chat.post"))),
    };
    const buttons = /** @type {DocumentFragment} */ (this.tools.content.cloneNode(true));
    for (const button of buttons.querySelectorAll("[data-do]")) if (!offered[/** @type {HTMLElement} */ (button).dataset.do ?? ""]) button.remove();
    const pin = buttons.querySelector('[data-do="pin"]');
    if (pin && message.pinned) /** @type {ChildNode} */ (pin.firstChild).textContent = `${this.word("unpin")} `;
    bar.append(buttons);
  }
}

/** @param {ParentNode} row @param {string} selector @param {string} text */
function put(row, selector, text) {
  const place = /** @type {HTMLElement} */ (row.querySelector(selector));
  if (place.textContent !== text) place.textContent = text;
  return place;
}

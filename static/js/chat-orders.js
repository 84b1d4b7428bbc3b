/** Orders in a room: how far each addressee has come, what the reader may say about it, and what is still open. */

import { now, timeOfDay } from "./clock.js";

/** @typedef {import("./chat-room.js").Message} Message */
/** @typedef {import("./chat-room.js").Order} Order */
/** @typedef {import("./chat-room.js").Addressee} Addressee */
/** @typedef {(name: string, values?: Record<string, string | number>) => string} Word */

const english = document.documentElement.lang === "en";
const WAY = ["SENT", "DELIVERED", "READ", "ACCEPTED", "DONE"];
/** @type {Record<string, "delivered_at" | "read_at" | "accepted_at" | "done_at" | "refused_at">} */
const TIMES = { DELIVERED: "delivered_at", READ: "read_at", ACCEPTED: "accepted_at", DONE: "done_at", REFUSED: "refused_at" };

/** @param {Addressee} each */
export const nameOf = (each) => (english && each.name_en ? each.name_en : each.name);

/** @param {Order} order */
export const isLate = (order) => order.is_open && order.due_at !== null && Date.parse(order.due_at) <= now();

/** When it is due, and whether that is over. @param {Order} order @param {Word} word */
export function dueWords(order, word) {
  if (order.withdrawn) return word("withdrawn", { who: order.withdrawn.by });
  const due = order.due_at ? word("due", { time: timeOfDay(Date.parse(order.due_at)).slice(0, 5) }) : "";
  return isLate(order) ? `${due} · ${word("overdue")}` : due;
}

/** What is shown below the words of an order. @param {HTMLElement} place @param {Order} order @param {Word} word */
export function drawOrder(place, order, word) {
  place.hidden = false;
  place.classList.toggle("is-late", isLate(order));
  const head = Object.assign(document.createElement("p"), { className: "chat-due" });
  head.append(Object.assign(document.createElement("b"), { textContent: word("order") }), ` ${dueWords(order, word)}`);
  const list = document.createElement("ul");
  list.append(...order.addressees.map((each) => line(each, word)));
  place.replaceChildren(head, list);
}

/** @param {Addressee} each @param {Word} word */
function line(each, word) {
  const item = document.createElement("li");
  item.dataset.step = each.step;
  const at = TIMES[each.step] ? each[TIMES[each.step]] : null;
  item.append(Object.assign(document.createElement("b"), { textContent: nameOf(each) }));
  item.append(` ${word(`step_${each.step}`)}${at ? ` ${timeOfDay(Date.parse(at))}` : ""}${each.by && each.by !== each.name ? ` · ${each.by}` : ""}${each.reason ? `: ${each.reason}` : ""}`);
  return item;
}

/** Which of the addressees the reader answers for. @param {Message} message @param {string[]} answersAs */
export function own(message, answersAs) {
  return message.order?.withdrawn ? [] : (message.order?.addressees ?? []).filter((each) => answersAs.includes(each.of));
}

/** Those of them for whom a step leads on. @param {Message} message @param {string[]} answersAs @param {string} step */
export function ready(message, answersAs, step) {
  return own(message, answersAs).filter((each) => {
    if (each.step === "DONE") return false;
    if (each.step === "REFUSED") return step !== "REFUSED";
    return step === "REFUSED" || WAY.indexOf(step) > WAY.indexOf(each.step);
  });
}

/** How far an order has come, in a few characters. @param {Order} order */
export function score(order) {
  const done = order.addressees.filter((each) => each.step === "DONE").length;
  return `${done}/${order.addressees.length}`;
}

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

const SHOWN = WAY.slice(1);

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
  const table = Object.assign(document.createElement("table"), { className: "chat-way" });
  const titles = table.createTHead().insertRow();
  titles.append(cell("th", "", { scope: "col" }), ...SHOWN.map((step) => cell("th", word(`step_${step}`), { scope: "col" })));
  table.createTBody().append(...order.addressees.map((each) => line(each, word)));
  place.replaceChildren(head, table);
}

/** One addressee's way, each step with its time: never a single tick. @param {Addressee} each @param {Word} word */
function line(each, word) {
  const row = document.createElement("tr");
  row.dataset.step = each.step;
  const name = cell("th", nameOf(each), { scope: "row" });
  const refused = each.step === "REFUSED" && each.refused_at ? `× ${word("step_REFUSED")} ${timeOfDay(Date.parse(each.refused_at))}` : "";
  const by = each.by && each.by !== each.name ? each.by : "";
  const said = [refused, by, each.reason].filter(Boolean).join(" · ");
  if (said) name.append(Object.assign(document.createElement("span"), { className: "minor", textContent: said }));
  const times = SHOWN.map((step) => ({ step, at: each[TIMES[step]] }));
  row.append(name, ...times.map(({ step, at }) => cell("td", at ? timeOfDay(Date.parse(at)) : "—", { className: step === each.step ? "num is-at" : "num" })));
  return row;
}

/** @param {"th" | "td"} tag @param {string} text @param {Record<string, string>} values */
const cell = (tag, text, values) => Object.assign(document.createElement(tag), { textContent: text, ...values });

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

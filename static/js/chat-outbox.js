/**
 * What was said and has not reached the server yet: kept in this browser until it has, each with a key, so that it is said once however
 * often it is sent. In each room it goes out in the order in which it was written.
 */

import { ask, Refused } from "./chat-room.js";

const AGAIN = 3000;

/** @typedef {{key: string, room: number, text: string, reply: number | null, mentions: string[], at: string, why: string,
 *   files?: string[], marks?: import("./marks.js").Mark[], order?: {addressees: string[], due_at: string | null}}} Waiting */

const store = () => `chat-unsent-${document.documentElement.dataset.person ?? ""}`;

/** @returns {Waiting[]} */
export const waiting = () => JSON.parse(localStorage.getItem(store()) ?? "[]");

/** @param {Waiting[]} items */
function keep(items) {
  if (items.length) localStorage.setItem(store(), JSON.stringify(items));
  else localStorage.removeItem(store());
  document.dispatchEvent(new CustomEvent("chat:waiting"));
}

/**
 * @param {number} room @param {string} text @param {number | null} reply @param {string[]} mentions
 * @param {{order?: Waiting["order"], files?: string[], marks?: Waiting["marks"]}} [more] `files` are keys of files that were handed in
 */
export function put(room, text, reply, mentions, { order, files, marks } = {}) {
  const key = crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint32Array(4))].join("-");
  keep([...waiting(), { key, room, text, reply, mentions, at: new Date().toISOString(), why: "", ...(order ? { order } : {}), ...(files?.length ? { files } : {}), ...(marks?.length ? { marks } : {}) }]);
}

/** @param {string} key */
export const discard = (key) => keep(waiting().filter((each) => each.key !== key));

/** @param {string} key */
export function retry(key) {
  keep(waiting().map((each) => (each.key === key ? { ...each, why: "" } : each)));
  flush();
}

let isFlushing = false;
let timer = 0;
let api = "/api/v1/";

/** Send what waits; one window of this browser at a time. @param {string} [root] */
export async function flush(root) {
  api = root ?? api;
  if (isFlushing) return;
  isFlushing = true;
  clearTimeout(timer);
  const run = () => sendAll();
  const isDone = await (navigator.locks ? navigator.locks.request(store(), run) : run());
  isFlushing = false;
  if (!isDone) timer = setTimeout(flush, AGAIN);
  else if (waiting().some((each) => !each.why)) flush();
}

/** Whether all that could be sent was. */
async function sendAll() {
  for (const item of waiting().filter((each) => !each.why)) {
    const late = Date.now() - Date.parse(item.at) > 60_000 ? { device_at: item.at } : {};
    try {
      const body = { text: item.text, reply: item.reply, mentions: item.mentions, files: item.files ?? [], marks: item.marks ?? [], ...late, ...item.order };
      const said = await ask(`${api}rooms/${item.room}/${item.order ? "orders" : "messages"}/`, body, item.key);
      discard(item.key);
      document.dispatchEvent(new CustomEvent("chat:sent", { detail: said }));
    } catch (error) {
      if (!(error instanceof Refused)) return false;
      keep(waiting().map((each) => (each.key === item.key ? { ...each, why: error.message } : each)));
    }
  }
  return true;
}

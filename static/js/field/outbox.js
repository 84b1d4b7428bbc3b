/**
 * What was entered and the city has not heard yet. Nothing is lost, nothing is done twice, nothing overtakes within an incident.
 *
 * Each item has a key of its own: sent again, it is answered as the first time. One window sends at a time (Web Locks). What the city
 * refuses stays with its reason, and the rest goes on. Knows no page: the worker uses it too.
 */

import { TryAgain, Upload, UploadRefused } from "../upload.js";
import { alter, database, items, keep, kept, write } from "./store.js";
import { now, setOffset } from "./time.js";

/** @typedef {import("./store.js").Item} Item */
/** @typedef {{person: string, name: string, csrf: string, version: string, now: string, map: string}} Session */

const PATIENCE = 12_000;
const SESSION_PATIENCE = 6_000;
const FIRST_WAIT = 5_000;
const LONGEST_WAIT = 300_000;
const LONGEST_DOWN = 30_000;
/** Bytes of a file at once: what a link that is cut loses of it at most. */
const CHUNK = 256 * 1024;
const LATER = new Set([408, 423, 425, 429]);

/** Windows and the worker tell each other. */
const others = new BroadcastChannel("field-outbox");
/** @type {Set<() => void>} */
const listeners = new Set();

function changed() {
  others.postMessage("changed");
  for (const listener of listeners) listener();
}

/** Call when what waits has changed, here or elsewhere. @param {() => void} listener */
export function onChange(listener) {
  listeners.add(listener);
  others.addEventListener("message", listener);
}

/** Who is signed in, asked of the city; null without an answer, person null when nobody is. @returns {Promise<Session | null>} */
export async function session() {
  const asked = Date.now();
  const answer = await fetch("/field/session", { credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(SESSION_PATIENCE) }).catch(() => null);
  if (!answer || (!answer.ok && answer.status !== 401)) return null;
  const found = await answer.json().catch(() => null);
  if (found?.now) await keepOffset(Date.parse(found.now), asked);
  return found;
}

/** The city's clock as an answer told it, half the way back. @param {number} theirs @param {number} asked when we asked, by our clock */
export async function keepOffset(theirs, asked) {
  const back = Date.now();
  const offset = Math.round(theirs - (asked + back) / 2);
  setOffset(offset);
  await keep("offset", offset);
}

/**
 * Keep something to be sent, with its file if it has one. Resolves when it is on the tablet's disk. What asks for nothing but to be done has
 * no values, nor when and where it was pressed.
 * @param {Pick<Item, "person" | "lane" | "kind" | "about" | "to" | "label" | "text" | "url"> & {values: Record<string, unknown> | null, point: number[] | null, accuracy: number | null, file?: File}} entry
 */
export async function put({ values, point, accuracy, file, ...entry }) {
  const at = now();
  const device_at = new Date().toISOString();
  const where = point ? { point, accuracy: accuracy ?? null } : {};
  const body = JSON.stringify(values ? { ...values, at: new Date(at).toISOString(), device_at, source: "BUTTON", ...where } : {});
  /** @type {Item} */
  const item = { ...entry, key: newKey(), body, at, device_at, point, state: "waiting", tries: 0, next_at: 0, error: "", sent_at: 0 };
  if (file) Object.assign(item, { size: file.size, name: file.name });
  const all = (await database()).transaction(["outbox", "files"], "readwrite");
  const added = all.objectStore("outbox").add(item);
  // Words are committed in the same breath: a page that is left right after the press still keeps them.
  if (file) await all.objectStore("files").put(file, await added);
  all.commit?.();
  await Promise.all([added, all.done]);
  changed();
}

const newKey = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint32Array(4))].map((each) => each.toString(16)).join("-");

/** What this person entered, in its order. @param {string} person */
export const mine = async (person) => (await items()).filter((each) => each.person === person);

/** Take an item back that is not under way. @param {number} seq */
export async function cancel(seq) {
  await alter("outbox", async (store) => {
    const item = await store.get(seq);
    if (item && item.state !== "sending") await store.delete(seq);
  });
  await dropFiles();
  changed();
}

/** Try an item again at once: under its own key, but for a refused one. @param {number} seq */
export async function retry(seq) {
  const item = await (await database()).get("outbox", seq);
  if (!item) return;
  // What was refused was answered under its key for good: what is asked again is asked as something new.
  await amend(seq, item.state === "rejected" ? { state: "waiting", error: "", next_at: 0, key: newKey(), upload: "" } : { next_at: 0 });
  await flush(true);
}

/** What was sent is shown until a picture has come that knows of it. @param {number} since by our own clock */
export async function dropSent(since) {
  const old = (await items()).filter((each) => each.state === "sent" && each.sent_at < since);
  if (!old.length) return;
  await write("outbox", (store) => Promise.all(old.map((each) => store.delete(each.seq))));
  await dropFiles();
  changed();
}

/** A file whose entry is gone goes too. */
async function dropFiles() {
  const all = (await database()).transaction(["outbox", "files"], "readwrite");
  const there = new Set(await all.objectStore("outbox").getAllKeys());
  for (const seq of await all.objectStore("files").getAllKeys()) if (!there.has(seq)) await all.objectStore("files").delete(seq);
  await all.done;
}

/** @param {number} seq @param {Partial<Item>} change */
async function amend(seq, change) {
  await alter("outbox", async (store) => {
    const item = await store.get(seq);
    if (item) await store.put({ ...item, ...change });
  });
  changed();
}

/** Ways that something is being sent on in this window, where there are no Web Locks. @type {Set<string>} */
const busy = new Set();

/** @typedef {"empty" | "sent" | "down" | "out" | "busy"} Outcome */

/**
 * Send what waits; resolves to what became of it. `isUrgent`: also what would wait for its next try. An emergency call has a way of its
 * own: it waits for no picture and for no answer to anything else; and files have one, so that words do not wait for pictures.
 * @param {boolean} [isUrgent] @returns {Promise<Outcome>}
 */
export async function flush(isUrgent = false) {
  const both = await Promise.all([
    alone("field-help", () => sendAll(true, (each) => each.kind === "help")),
    alone("field-flush", () => sendAll(isUrgent, (each) => each.kind !== "help" && !each.size)),
    alone("field-files", () => sendAll(isUrgent, (each) => Boolean(each.size))),
  ]);
  return /** @type {Outcome[]} */ (["out", "down", "sent"]).find((each) => both.includes(each)) ?? both[1];
}

/** One window at a time. @param {string} way @param {() => Promise<Outcome>} run @returns {Promise<Outcome>} */
async function alone(way, run) {
  if (navigator.locks) return navigator.locks.request(way, { ifAvailable: true }, (lock) => (lock ? run() : "busy"));
  if (busy.has(way)) return "busy";
  busy.add(way);
  return run().finally(() => busy.delete(way));
}

/** @param {boolean} isUrgent @param {(item: Item) => boolean} isMeant @returns {Promise<Outcome>} */
async function sendAll(isUrgent, isMeant) {
  const all = (await items()).filter(isMeant);
  for (const each of all) if (each.state === "sending") await amend(each.seq, { state: "waiting" });
  if (!all.some((each) => each.state === "waiting" || each.state === "sending")) return "empty";
  const who = await session();
  if (!who) {
    for (const each of heads(all).values()) await later(each, "down", LONGEST_DOWN);
    return "down";
  }
  if (!who.person) return "out";
  /** @type {Set<number>} */
  const tried = new Set();
  for (;;) {
    const next = first((await mine(who.person)).filter(isMeant), tried, isUrgent);
    if (!next) return "sent";
    tried.add(next.seq);
    const outcome = await send(next, who.csrf);
    if (outcome !== "on") return outcome;
  }
}

/** What each incident's line begins with. @param {Item[]} all @returns {Map<string, Item>} */
function heads(all) {
  const found = new Map();
  for (const each of all) if (each.state !== "sent" && each.state !== "rejected" && !found.has(each.lane)) found.set(each.lane, each);
  return found;
}

/** The oldest of an incident that has nothing older before it. @param {Item[]} all @param {Set<number>} tried @param {boolean} isUrgent */
function first(all, tried, isUrgent) {
  return [...heads(all).values()].find((each) => !tried.has(each.seq) && (isUrgent || each.next_at <= Date.now()));
}

/** @param {Item} item @param {string} csrf @returns {Promise<"on" | "down" | "out">} */
async function send(item, csrf) {
  await amend(item.seq, { state: "sending" });
  /** @type {Record<string, string>} */
  const headers = { "Idempotency-Key": item.key, "X-CSRFToken": csrf, "Content-Type": "application/json" };
  let body = item.body;
  if (item.size) {
    const file = await handIn(item, csrf);
    if (typeof file === "string") return file === "rejected" ? "on" : file;
    body = JSON.stringify({ upload: file.key });
  }
  const sent = { method: "POST", body, headers, credentials: /** @type {RequestCredentials} */ ("same-origin"), signal: AbortSignal.timeout(PATIENCE) };
  const answer = await fetch(item.url, sent).catch(() => null);
  if (!answer) return later(item, "down", LONGEST_DOWN);
  if (answer.ok) {
    await amend(item.seq, { state: "sent", sent_at: Date.now(), error: "" });
    return "on";
  }
  const problem = await answer.json().catch(() => ({}));
  if (answer.status === 401 || problem.code === "not_authenticated") {
    await amend(item.seq, { state: "waiting" });
    return "out";
  }
  if (answer.status >= 500 || LATER.has(answer.status)) {
    await later(item, String(answer.status), LONGEST_WAIT);
    return "on";
  }
  await amend(item.seq, { state: "rejected", error: reason(problem, answer.status) });
  return "on";
}

/**
 * Bring a file to the city, from where a cut link left it; it is used by the request that follows. With it goes when and where it was entered.
 * @param {Item} item @param {string} csrf @returns {Promise<import("../upload.js").Row | "rejected" | "down" | "out">}
 */
async function handIn(item, csrf) {
  const blob = await (await database()).get("files", item.seq);
  const position = /** @type {[number, number] | null} */ (item.point);
  const told = { name: item.name, capturedAt: new Date(item.at).toISOString(), position };
  const upload = new Upload(blob, { ...told, key: `${item.key}-file`, url: item.upload, chunk: CHUNK, csrf, isPatient: false });
  let known = item.upload ?? "";
  upload.addEventListener("change", () => {
    if (upload.url === known) return;
    known = upload.url;
    amend(item.seq, { upload: known });
  });
  try {
    return await upload.start();
  } catch (error) {
    if (error instanceof TryAgain) return later(item, error.after ? "429" : "down", LONGEST_DOWN);
    if (!(error instanceof UploadRefused)) throw error;
    await amend(item.seq, error.isSignedOut ? { state: "waiting" } : { state: "rejected", error: error.message.slice(0, 300) });
    return error.isSignedOut ? "out" : "rejected";
  }
}

/** @param {{title?: string, fields?: Record<string, string>}} problem @param {number} status */
function reason(problem, status) {
  const fields = Object.values(problem.fields ?? {}).join(" ");
  return [problem.title, fields].filter(Boolean).join(" ").slice(0, 300) || String(status);
}

/** @param {Item} item @param {string} error @param {number} longest @returns {Promise<"down">} */
async function later(item, error, longest) {
  const tries = item.tries + 1;
  const wait = Math.min(longest, FIRST_WAIT * 2 ** Math.min(10, tries - 1));
  await amend(item.seq, { state: "waiting", tries, error, next_at: Date.now() + wait });
  return "down";
}

/** The worker begins with nothing but what was kept. */
export async function begin() {
  setOffset((await kept("offset")) ?? 0);
}

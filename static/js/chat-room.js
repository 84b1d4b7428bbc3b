/** One room as this browser knows it: its messages by number, kept in step by frames, and by asking for what changed meanwhile. */

import { csrfToken } from "./dialogs.js";

const CHUNK = 100;
const SPREAD = 400;
const AGAIN = 3000;

/**
 * @typedef {{at: string, by: string}} Mark
 * @typedef {{id: number, of: string, name: string, name_en: string, step: string, by: string, reason: string,
 *   delivered_at: string | null, read_at: string | null, accepted_at: string | null, done_at: string | null, refused_at: string | null}} Addressee
 * @typedef {{id: number, due_at: string | null, is_overdue: boolean, is_open: boolean, withdrawn: Mark | null, addressees: Addressee[]}} Order
 * @typedef {{id: number, room: number, seq: number, revision: number, kind: string, author: {id: number | null, name: string}, at: string,
 *   device_at: string | null, text: string, reply: number | null, thread: number | null, mentions: {of: string, name: string}[],
 *   edited_at: string | null, struck: Mark | null, pinned: Mark | null, forgotten_at: string | null, note_id: number | null, task_id: number | null,
 *   files: {key: string, name: string, kind: string, state: string, size: number, seconds: number | null, url: string, thumbnail_url: string}[],
 *   marks?: import("./marks.js").Mark[], answers: {code: string, n: number, names: string[], people: number[]}[], order: Order | null}} Message
 */

/** What the server said no to, in its words. */
export class Refused extends Error {
  /** @param {string} sentence @param {number} [status] @param {string} [code] */
  constructor(sentence, status = 0, code = "") {
    super(sentence);
    /** One is known, and may not (any more): asking again would not help. */
    this.isFinal = (status === 403 || status === 404) && code !== "not_authenticated";
  }
}

/** The server did not answer: what was asked may be asked again. */
export class Unanswered extends Error {}

/**
 * Ask one of our own addresses. Raises `Refused` with the reason, `Unanswered` when nobody said anything.
 * @param {string} url @param {Record<string, any>} [body] - sent as a command; without it, it is a question @param {string} [key]
 */
export async function ask(url, body, key) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (body !== undefined) Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": csrfToken() });
  if (key) headers["Idempotency-Key"] = key;
  /** @type {RequestInit} */
  const options = { credentials: "same-origin", headers, signal: AbortSignal.timeout(20_000) };
  if (body !== undefined) Object.assign(options, { method: "POST", body: JSON.stringify(body) });
  const answer = await fetch(url, options).catch(() => null);
  if (!answer || answer.status >= 502) throw new Unanswered();
  if (answer.status === 204) return null;
  const said = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused([said?.title, ...Object.values(said?.fields ?? {})].filter(Boolean).join(" ") || String(answer.status), answer.status, said?.code);
  return said;
}

export class Room {
  /** @param {string} api @param {any} entered - the room as it was entered */
  constructor(api, entered) {
    this.api = api;
    this.id = entered.id;
    this.url = `${api}rooms/${entered.id}/`;
    this.about = entered;
    this.last = entered.last_seq;
    this.revision = entered.last_revision;
    this.readSeq = entered.read_seq;
    /** @type {Map<number, Message>} */
    this.messages = new Map();
    /** @type {Map<number, Message>} */
    this.pins = new Map();
    /** @type {Map<number, Message>} orders that somebody has still to do */
    this.orders = new Map();
    /** @type {Map<number, Message>} messages with places and drawings that stand */
    this.drawn = new Map();
    /** @type {string[]} for whom the reader answers orders */
    this.answersAs = entered.answers_as;
    /** @type {Map<number, number>} how far each person has read */
    this.marks = new Map();
    /** @type {Set<number>} */
    this.asked = new Set();
    this.isAsking = false;
    this.events = new EventTarget();
    this.stop = new AbortController();
    for (const each of entered.messages) this.messages.set(each.seq, each);
    for (const each of entered.pinned) this.pins.set(each.seq, each);
    for (const each of entered.orders) this.orders.set(each.seq, each);
    for (const each of entered.drawn) this.drawn.set(each.seq, each);
    const until = { signal: this.stop.signal };
    document.addEventListener(`live:room:${this.id}`, (event) => this.hear(/** @type {CustomEvent} */ (event).detail), until);
    document.addEventListener("live:resync", () => setTimeout(() => this.catchUp(), Math.random() * SPREAD), until);
    document.addEventListener("live:state", (event) => /** @type {CustomEvent} */ (event).detail.connected && this.catchUp(), until);
    document.addEventListener("live:presence", (event) => this.present(/** @type {CustomEvent} */ (event).detail), until);
  }

  leave() {
    this.stop.abort();
  }

  /** @param {string} name @param {any} [detail] */
  tell(name, detail) {
    this.events.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** @param {string} action */
  may(action) {
    return !this.about.closed_at && this.about.may.includes(action);
  }

  /** A frame of this room. @param {any} frame */
  hear(frame) {
    if (frame.name === "chat.room_closed" || frame.name === "chat.room_reopened") return this.enterAgain();
    const { revision, seq } = frame.data;
    if (revision === undefined || revision <= this.revision) return;
    if (revision !== this.revision + 1 || !frame.body || frame.body.seq !== seq) return void this.catchUp();
    this.revision = revision;
    this.take([frame.body]);
  }

  /** Take messages in; of each the latest revision stands. @param {Message[]} came */
  take(came) {
    /** @type {number[]} */
    const changed = [];
    for (const each of came) {
      const known = this.messages.get(each.seq);
      if (known && known.revision >= each.revision) continue;
      this.messages.set(each.seq, each);
      if (each.pinned) this.pins.set(each.seq, each);
      else this.pins.delete(each.seq);
      if (each.order?.is_open) this.orders.set(each.seq, each);
      else this.orders.delete(each.seq);
      if (each.marks?.length && !each.struck) this.drawn.set(each.seq, each);
      else this.drawn.delete(each.seq);
      changed.push(each.seq);
    }
    const first = this.last + 1;
    this.last = Math.max(this.last, ...changed);
    if (changed.length) this.tell("changed", { seqs: changed, isNew: this.last >= first, first });
  }

  /** Places and drawings that stand in this room. */
  standing() {
    return [...this.drawn.values()].flatMap((each) => each.marks ?? []);
  }

  /** Ask for everything that changed since what we have seen. */
  async catchUp() {
    if (this.isAsking) {
      this.isAskedAgain = true;
      return;
    }
    this.isAsking = true;
    try {
      for (let more = true; more; ) {
        const page = await ask(`${this.url}messages/?since=${this.revision}&limit=200`);
        for (const each of page.items) this.revision = Math.max(this.revision, each.revision);
        this.take(page.items);
        more = page.items.length === 200;
        if (!more) this.revision = Math.max(this.revision, page.last_revision);
      }
    } catch (error) {
      // The line stands but nobody answered: no frame need come that would make us ask again.
      if (error instanceof Unanswered) setTimeout(() => this.stop.signal.aborted || this.catchUp(), AGAIN);
      else this.tell("lost", { error });
    }
    this.isAsking = false;
    if (this.isAskedAgain) {
      this.isAskedAgain = false;
      this.catchUp();
    }
  }

  async enterAgain() {
    const entered = await ask(this.url).catch(() => null);
    if (!entered) return;
    this.about = entered;
    this.take(entered.messages);
    this.tell("entered");
  }

  /** Fetch what of these is not here, in pieces. @param {number} first @param {number} last */
  want(first, last) {
    for (let piece = Math.floor((first - 1) / CHUNK); piece <= Math.floor((last - 1) / CHUNK); piece += 1) {
      if (this.asked.has(piece)) continue;
      let isWhole = true;
      for (let seq = piece * CHUNK + 1; seq <= Math.min(this.last, (piece + 1) * CHUNK); seq += 1) if (!this.messages.has(seq)) isWhole = false;
      if (isWhole) continue;
      this.asked.add(piece);
      ask(`${this.url}messages/?after=${piece * CHUNK}&limit=${CHUNK}`)
        .then((page) => {
          for (const each of page.items) if ((this.messages.get(each.seq)?.revision ?? 0) < each.revision) this.messages.set(each.seq, each);
          this.tell("changed", { seqs: page.items.map((/** @type {Message} */ each) => each.seq), isNew: false });
        })
        .catch(() => null)
        .finally(() => this.asked.delete(piece));
    }
  }

  /** @param {{about: string, there?: [number, boolean][], marks?: Record<string, number>}} told */
  present(told) {
    if (told.about !== `room:${this.id}`) return;
    for (const [person, seq] of Object.entries(told.marks ?? {})) this.marks.set(Number(person), Math.max(seq, this.marks.get(Number(person)) ?? 0));
    this.tell("present", told);
  }

  /** Say how far an order has come for an addressee. @param {number} addressee @param {string} step */
  async advance(addressee, step) {
    this.take([await ask(`${this.api}orders/${addressee}/advance/`, { step })]);
  }

  /** Do something with a message; what came of it is taken in at once. @param {number} seq @param {string} verb @param {any} [body] */
  async act(seq, verb, body = {}) {
    const changed = await ask(`${this.url}messages/${seq}/${verb}/`, body);
    this.take([changed]);
    return changed;
  }
}

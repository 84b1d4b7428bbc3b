/**
 * The one socket of this browser: what happens in the city, as events on the document.
 *
 * - `live:fact` for each event, and `live:incident:42` for each subject it is about; `detail` is the frame
 *   `{position, prev, name, about, at, data}`, with `body` where its room lets it carry one.
 * - `live:telemetry`, `detail.frame` is a DataView: one type byte, three zero bytes, records of 16 bytes (see `records`).
 * - `live:presence`, `detail.about` is a subject ("incident:42") that somebody opened, began to edit, or left (`detail.there`: who is there now,
 *   as [person, whether editing]), or with which somebody came further (`detail.marks`: how far, by person).
 * - `live:resync` when too much was missed to be told one by one: fetch again what you show.
 * - `live:state`, `detail` is `{connected, lag, signedOut}`; `lag` is the measured way there and back in ms, null before it is known.
 *
 * Windows of one browser elect a leader (Web Locks); it alone has a connection and tells the others (BroadcastChannel). Where there are
 * no Web Locks (plain HTTP from another machine) each window has its own. Every window keeps its own position: the page was drawn at
 * `<html data-position>`, and whatever happened after it is asked for.
 */

import { Line } from "./line.js";

const KEPT = 500;
const page = document.documentElement.dataset;
const us = crypto.getRandomValues(new Uint32Array(2)).join("-");

/** @typedef {{position: number, prev: number, name: string, about: string[], at: string, data: Record<string, unknown>, body?: any}} Frame */
/** @typedef {{connected: boolean, lag: number | null, signedOut: boolean}} State */
/** @typedef {{about: string, there?: [number, boolean][], marks?: Record<string, number>}} Present */
/**
 * What windows tell each other.
 * @typedef {{kind: "fact", frame: Frame, to?: string} | {kind: "beat", position: number} | {kind: "telemetry", buffer: ArrayBuffer}
 *   | {kind: "state", state: State, to?: string} | {kind: "resync", position: number, to?: string} | {kind: "leader"}
 *   | {kind: "hello", from: string, position: number | null, lanes: string[]} | {kind: "want", from: string, lanes: string[]}
 *   | {kind: "presence", told: Present} | {kind: "bye", from: string}} Word
 */

/** This window's view of the stream: what it has seen, and what it tells the document. */
class Window {
  /** @type {number | null} */
  position = page.position ? Number(page.position) : null;
  /** @type {State} */
  state = { connected: false, lag: null, signedOut: false };
  /** @type {Set<string>} */
  lanes = new Set(["units"]);

  /** @param {Frame} frame */
  fact(frame) {
    if (this.position !== null && frame.position <= this.position) return;
    this.position = frame.position;
    frame.about = frame.about.map((subject) => subject.replace(/^shown:/, "")); // it changed, and others show it to us
    tell("live:fact", frame);
    for (const subject of frame.about) tell(`live:${subject}`, frame);
  }

  /** @param {number} position */
  beat(position) {
    this.position = Math.max(this.position ?? 0, position);
  }

  /** @param {number} position */
  resync(position) {
    this.position = Math.max(this.position ?? 0, position);
    tell("live:resync", { position });
  }

  /** @param {ArrayBuffer} buffer */
  telemetry(buffer) {
    tell("live:telemetry", { frame: new DataView(buffer) });
  }

  /** @param {State} state */
  say(state) {
    this.state = state;
    tell("live:state", state);
  }
}

/** @param {string} name @param {unknown} detail */
function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

const here = new Window();
const others = new BroadcastChannel(`city-live-${page.person ?? ""}`);

/** @param {Word} word */
function say(word) {
  others.postMessage(word);
}

/** The window that holds the connection. It remembers the last events for windows that were opened after they came. */
class Leader {
  /** @type {Frame[]} */
  kept = [];
  /** @type {Map<string, string[]>} */
  wishes = new Map([[us, [...here.lanes]]]);

  constructor() {
    this.line = new Line(address(), () => here.position, {
      fact: (frame) => this.fact(frame),
      beat: (position) => this.both({ kind: "beat", position }),
      resync: (position) => this.resync(position),
      telemetry: (buffer) => this.both({ kind: "telemetry", buffer }),
      presence: (told) => this.both({ kind: "presence", told }),
      state: (state) => this.both({ kind: "state", state }),
    });
    say({ kind: "leader" });
    this.wish();
    this.line.open();
  }

  /** @param {Word} word */
  both(word) {
    hear(word);
    say(word);
  }

  /** @param {Frame} frame */
  fact(frame) {
    this.kept.push(frame);
    if (this.kept.length > KEPT) this.kept.shift();
    this.both({ kind: "fact", frame });
  }

  /** @param {number} position */
  resync(position) {
    this.kept = [];
    this.both({ kind: "resync", position });
  }

  /** @param {Word} word */
  hear(word) {
    if (word.kind === "hello") this.welcome(word.from, word.position);
    if (word.kind === "hello" || word.kind === "want") this.wishes.set(word.from, word.lanes);
    if (word.kind === "bye") this.wishes.delete(word.from);
    this.wish();
  }

  wish() {
    this.line.subscribe(new Set([...this.wishes.values()].flat()));
  }

  /** Tell a window that came later what it missed, when we still know. @param {string} to @param {number | null} since */
  welcome(to, since) {
    say({ kind: "state", state: here.state, to });
    if (since === null || here.position === null || since >= here.position) return;
    const first = this.kept[0];
    if (!first || first.prev > since) {
      say({ kind: "resync", position: here.position, to });
      return;
    }
    for (const frame of this.kept) if (frame.position > since) say({ kind: "fact", frame, to });
  }
}

/** @type {Leader | null} */
let leader = null;

/** @param {Word} word */
function hear(word) {
  if ("to" in word && word.to && word.to !== us) return;
  switch (word.kind) {
    case "fact":
      return here.fact(word.frame);
    case "beat":
      return here.beat(word.position);
    case "telemetry":
      return here.lanes.has("units") && here.telemetry(word.buffer);
    case "state":
      return here.say(word.state);
    case "presence":
      return tell("live:presence", word.told);
    case "resync":
      return here.resync(word.position);
    case "leader":
      return say({ kind: "hello", from: us, position: here.position, lanes: [...here.lanes] });
    default:
      return leader?.hear(word);
  }
}

function address() {
  const url = new URL("/live/", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/**
 * Say which telemetry lanes this window shows; a page without a map wants none.
 * @param {string[]} lanes
 */
export function want(lanes) {
  here.lanes = new Set(lanes);
  /** @type {Word} */
  const word = { kind: "want", from: us, lanes };
  if (leader) leader.hear(word);
  else say(word);
}

/**
 * The records of a telemetry frame of unit positions. Longitude first, WGS-84; heading null when unknown.
 * @param {DataView} frame
 */
export function* records(frame) {
  for (let at = 4; at + 16 <= frame.byteLength; at += 16) {
    const heading = frame.getUint16(at + 12, true);
    yield {
      id: frame.getUint32(at, true),
      lon: frame.getInt32(at + 4, true) / 1e7,
      lat: frame.getInt32(at + 8, true) / 1e7,
      heading: heading === 65535 ? null : heading,
      state: frame.getUint16(at + 14, true),
    };
  }
}

/** Lead from now on until this window closes. */
function lead() {
  leader = new Leader();
  return new Promise(() => {});
}

others.addEventListener("message", (event) => hear(event.data));
addEventListener("pagehide", () => {
  say({ kind: "bye", from: us });
  leader?.line.pause();
});
addEventListener("pageshow", () => leader?.line.open());
for (const name of ["online", "focus"]) addEventListener(name, () => leader?.line.hurry());

if (navigator.locks) {
  say({ kind: "hello", from: us, position: here.position, lanes: [...here.lanes] });
  navigator.locks.request(`city-live-${page.person ?? ""}`, lead).catch(() => lead());
} else {
  others.close();
  lead();
}

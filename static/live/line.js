/**
 * One connection to `/live/` and its life: resume, watch, back off, acknowledge. It knows nothing of windows and documents.
 */

/** @typedef {import("./socket.js").Frame} Frame */
/** @typedef {import("./socket.js").State} State */
/** @typedef {import("./socket.js").Present} Present */
/**
 * @typedef {object} Listener
 * @property {(frame: Frame) => void} fact
 * @property {(position: number) => void} beat
 * @property {(position: number) => void} resync
 * @property {(buffer: ArrayBuffer) => void} telemetry
 * @property {(told: Present) => void} presence
 * @property {(state: State) => void} state
 */

const ACK_EVERY = 50;
const SPEAK_MS = 10_000;
const SILENCE_MS = 8_000;
const PING_MS = 10_000;
const SHORTEST_MS = 250;
const LONGEST_MS = 4_000;
const SIGN_IN = 4401;
const AUTHORITY_CHANGED = 4403;
const TOO_MANY = new Set([1013, 4428, 4429]);

export class Line {
  /** @type {WebSocket | null} */
  socket = null;
  /** @type {Set<string>} */
  lanes = new Set();
  /** @type {number | null} */
  lag = null;
  tries = 0;
  unacked = 0;
  acked = 0;
  spokeAt = 0;
  heardAt = 0;
  pingedAt = 0;
  isAwaitingPong = false;
  isPaused = false;
  isGreeted = false;
  isResyncing = false;
  retry = 0;

  /**
   * @param {string} url
   * @param {() => number | null} position - the last position this browser has seen
   * @param {Listener} listener
   */
  constructor(url, position, listener) {
    this.url = url;
    this.position = position;
    this.listener = listener;
    setInterval(() => this.watch(), 1000);
  }

  open() {
    this.isPaused = false;
    if (this.socket) return;
    clearTimeout(this.retry);
    const socket = new WebSocket(this.url, ["city.live"]);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.heardAt = performance.now();
    socket.addEventListener("message", (event) => this.socket === socket && this.read(event.data));
    socket.addEventListener("close", (event) => this.socket === socket && this.lost(event.code));
  }

  /** The page goes into the back/forward cache or away. */
  pause() {
    this.isPaused = true;
    clearTimeout(this.retry);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  /** Something says that the network is back, or somebody looks: try now. */
  hurry() {
    if (this.isPaused || this.socket) return;
    this.tries = 0;
    this.open();
  }

  /** @param {Set<string>} lanes */
  subscribe(lanes) {
    const more = [...lanes].filter((lane) => !this.lanes.has(lane));
    const fewer = [...this.lanes].filter((lane) => !lanes.has(lane));
    this.lanes = lanes;
    if (!this.isGreeted) return;
    if (more.length) this.send({ subscribe: more });
    if (fewer.length) this.send({ unsubscribe: fewer });
  }

  /** @param {string | ArrayBuffer} data */
  read(data) {
    this.heardAt = performance.now();
    if (typeof data !== "string") this.listener.telemetry(data);
    else this.understand(JSON.parse(data));
    if (this.unacked >= ACK_EVERY || performance.now() - this.spokeAt > SPEAK_MS) this.acknowledge();
  }

  /** @param {any} said */
  understand(said) {
    if ("hello" in said) this.greet();
    else if ("heartbeat" in said) this.beat(said.heartbeat);
    else if ("pong" in said) this.pong();
    else if ("presence" in said) this.listener.presence({ about: said.presence, there: said.there, marks: said.marks });
    else if ("resync" in said) this.isResyncing = true;
    else this.event(said);
  }

  /** Everything up to this position was sent. After a resync it is where we are now. @param {number} position */
  beat(position) {
    if (this.isResyncing) this.listener.resync(position);
    else this.listener.beat(position);
    this.isResyncing = false;
  }

  greet() {
    this.tries = 0;
    this.unacked = 0;
    this.acked = this.position() ?? 0;
    this.pingedAt = 0;
    this.isAwaitingPong = false;
    this.isGreeted = true;
    this.send({ since: this.position() });
    if (this.lanes.size) this.send({ subscribe: [...this.lanes] });
    this.ping();
    this.report(true);
  }

  /** @param {Frame} frame */
  event(frame) {
    const seen = this.position();
    if (seen !== null && frame.prev > seen) {
      // Something is missing between what we have and this: ask again from where we are.
      this.send({ since: seen });
      return;
    }
    this.unacked += 1;
    this.acked = Math.max(this.acked, frame.position);
    this.listener.fact(frame);
  }

  acknowledge() {
    this.unacked = 0;
    this.send({ ack: this.acked });
  }

  ping() {
    this.pingedAt = performance.now();
    this.isAwaitingPong = true;
    this.send({ ping: 1 });
  }

  pong() {
    this.lag = Math.round(performance.now() - this.pingedAt);
    this.isAwaitingPong = false;
    this.report(true);
  }

  watch() {
    if (!this.socket) return;
    const now = performance.now();
    if (now - this.heardAt > SILENCE_MS) {
      // Open, but dead: the other end went without a word. Do not wait for the system to notice.
      const socket = this.socket;
      this.lost(1006);
      socket.close();
    } else if (this.isGreeted && !this.isAwaitingPong && now - this.pingedAt > PING_MS) this.ping();
  }

  /** @param {number} code */
  lost(code) {
    this.socket = null;
    this.isGreeted = false;
    this.lag = null;
    this.report(false, code === SIGN_IN);
    if (code === SIGN_IN || this.isPaused) return;
    this.tries += 1;
    const ceiling = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** (this.tries - 1)) * (TOO_MANY.has(code) ? 4 : 1);
    const wait = code === AUTHORITY_CHANGED && this.tries === 1 ? 500 * Math.random() : ceiling * (0.5 + Math.random() / 2);
    this.retry = setTimeout(() => this.open(), wait);
  }

  /** @param {boolean} connected */
  report(connected, signedOut = false) {
    this.listener.state({ connected, lag: this.lag, signedOut });
  }

  /** @param {object} word */
  send(word) {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.spokeAt = performance.now();
    this.socket.send(JSON.stringify(word));
  }
}

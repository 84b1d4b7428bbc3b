/**
 * The loudspeaker of a person: of all windows only one sounds. A window may lead once the browser lets it sound (it wants a press
 * first), and leads while it holds a Web Lock; without Web Locks (plain HTTP from another machine) the windows agree by a lease.
 *
 * Patterns follow the medium (3) and high (3 + 2) bursts of IEC 60601-1-8; only the gravest unanswered alarm sounds, so a flood is one
 * sound. Bursts are planned ahead on the clock of the sound card: a browser slows the timers of windows nobody looks at.
 */

/** @typedef {{bursts: number[][], every: number, pitch: number, length: number, gain: number}} Pattern */

/** Starts of pulses in seconds, by level; `every` 0: once. @type {Record<number, Pattern>} */
const PATTERNS = {
  1: { bursts: [[0, 0.2, 0.4], [0.9, 1.1]], every: 5, pitch: 880, length: 0.14, gain: 0.5 },
  2: { bursts: [[0, 0.3, 0.6]], every: 15, pitch: 660, length: 0.2, gain: 0.35 },
  3: { bursts: [[0, 0.35]], every: 60, pitch: 520, length: 0.22, gain: 0.25 },
  4: { bursts: [[0]], every: 0, pitch: 440, length: 0.6, gain: 0.12 },
};
const AHEAD = 150;
const PLAN_EVERY = 40_000;
const ASK = 400;
const LEASE = 3_000;

const page = document.documentElement.dataset;
const name = `city-sound-${page.person ?? ""}`;

export class Loudspeaker {
  /** @type {AudioContext | null} */
  audio = null;
  /** @type {GainNode | null} */
  bus = null;
  /** @type {() => void} */
  resign = () => {};
  isLeader = false;
  isHeard = false;
  level = 0;
  planned = 0;
  asking = 0;
  us = String(crypto.getRandomValues(new Uint32Array(1))[0]);
  others = new BroadcastChannel(name);

  /** @param {(isHeard: boolean) => void} onHeard - whether some window of this person sounds */
  constructor(onHeard) {
    this.onHeard = onHeard;
    this.others.addEventListener("message", (event) => this.hear(event.data));
    addEventListener("pagehide", () => this.retire());
    addEventListener("pageshow", (event) => event.persisted && this.ask());
    setInterval(() => this.plan(), PLAN_EVERY);
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => this.unlock(), { capture: true, passive: true });
    this.unlock();
    this.ask();
  }

  /** Let this window sound, if the browser agrees. */
  async unlock() {
    if (this.audio?.state === "running" || page.sound === "none") return;
    if (!this.audio) {
      this.audio = new AudioContext();
      this.audio.addEventListener("statechange", () => (this.audio?.state === "running" ? this.stand() : this.isLeader && this.retire()));
    }
    if (this.audio.state === "running") return this.stand();
    if (navigator.userActivation?.hasBeenActive ?? true) await this.audio.resume().catch(() => {});
  }

  /** Stand for leader: lead now, or when the one who leads goes. */
  stand() {
    if (this.isStanding) return;
    this.isStanding = true;
    if (navigator.locks) {
      navigator.locks.request(name, () => this.lead()).catch(() => (this.isStanding = false));
    } else this.takeLease();
  }

  lead() {
    if (this.audio?.state !== "running") {
      this.isStanding = false;
      return Promise.resolve();
    }
    this.isLeader = true;
    this.others.postMessage({ kind: "here" });
    this.heard(true);
    this.play();
    return new Promise((resolve) => {
      this.resign = () => resolve(undefined);
    });
  }

  retire() {
    if (!this.isLeader) return;
    this.isLeader = this.isStanding = false;
    this.stop();
    this.others.postMessage({ kind: "bye" });
    this.resign();
    if (!navigator.locks) localStorage.removeItem(name);
    this.ask();
  }

  /** Without Web Locks: whoever finds no fresh lease takes it and keeps it fresh. */
  takeLease() {
    clearInterval(this.leasing);
    this.leasing = setInterval(() => {
      const [owner, until] = (localStorage.getItem(name) ?? "").split(" ");
      if (owner !== this.us && Number(until) > Date.now()) return this.isLeader && this.retire();
      localStorage.setItem(name, `${this.us} ${Date.now() + LEASE}`);
      if (!this.isLeader && owner === this.us) this.lead();
    }, LEASE / 3);
  }

  /** @param {{kind: string}} word */
  hear(word) {
    if (word.kind === "who" && this.isLeader) this.others.postMessage({ kind: "here" });
    if (word.kind === "here") this.heard(true);
    if (word.kind === "bye") this.ask();
  }

  /** Does any window sound? Nobody answers: none does, and the person must know. */
  ask() {
    clearTimeout(this.asking);
    if (this.isLeader) return this.heard(true);
    this.others.postMessage({ kind: "who" });
    this.asking = setTimeout(() => this.heard(this.isLeader), ASK);
  }

  /** @param {boolean} isHeard */
  heard(isHeard) {
    if (isHeard) clearTimeout(this.asking);
    this.isHeard = isHeard;
    this.onHeard(isHeard);
  }

  /**
   * Sound for the gravest level from now on; 0 is silence. With `again` a new alarm of the same level begins its pattern anew.
   * @param {number} level @param {boolean} again
   */
  sound(level, again) {
    if (level === this.level && !again) return;
    this.level = level;
    this.stop();
    this.play();
  }

  play() {
    const pattern = PATTERNS[this.level];
    if (!this.isLeader || !this.audio || !pattern) return;
    this.bus = this.audio.createGain();
    this.bus.gain.value = pattern.gain;
    this.bus.connect(this.audio.destination);
    this.planned = this.audio.currentTime + 0.02;
    page.sounding = String(this.level);
    this.plan();
  }

  /** Plan the bursts of the next minutes. */
  plan() {
    const pattern = PATTERNS[this.level];
    if (!this.bus || !this.audio || !pattern || this.planned === Infinity) return;
    const until = this.audio.currentTime + AHEAD;
    while (this.planned < until) {
      for (const start of pattern.bursts.flat()) this.pulse(this.planned + start, pattern);
      this.planned = pattern.every ? this.planned + pattern.every : Infinity;
    }
  }

  /** @param {number} at @param {Pattern} pattern */
  pulse(at, pattern) {
    if (!this.audio || !this.bus) return;
    const [tone, shape] = [this.audio.createOscillator(), this.audio.createGain()];
    tone.frequency.value = pattern.pitch;
    shape.gain.setValueAtTime(0, at);
    shape.gain.linearRampToValueAtTime(1, at + 0.02);
    shape.gain.setValueAtTime(1, at + pattern.length - 0.03);
    shape.gain.linearRampToValueAtTime(0, at + pattern.length);
    tone.connect(shape).connect(this.bus);
    tone.addEventListener("ended", () => shape.disconnect());
    tone.start(at);
    tone.stop(at + pattern.length + 0.01);
  }

  /** Silent from this moment: what was planned is cut off. */
  stop() {
    this.bus?.disconnect();
    this.bus = null;
    delete page.sounding;
  }

  isStanding = false;
  leasing = 0;
}

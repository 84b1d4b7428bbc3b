/**
 * Handing in one file, resumable by tus 1.0 at /api/v1/uploads/: it goes on after a cut network, a pause or a reload from where the server
 * has it. Needs nothing of the page but the cookie of CSRF, so the console, the chat and the field pages use it alike:
 *
 *     const upload = new Upload(blob, { name: "photo.jpg", capturedAt, position });
 *     upload.addEventListener("change", () => draw(upload.state, upload.sent, upload.size, upload.says));
 *     const file = await upload.start();   // {key, state: "READY" | "CHECKING", kind, url, ...}; throws UploadRefused in words
 *     upload.pause(); upload.start(); upload.cancel();
 *
 * `upload.url` is where it grows: kept with the blob (upload-store.js), a later page goes on with `new Upload(blob, { url })`.
 */

const DOOR = "/api/v1/uploads/";
const CHUNK = 1024 * 1024; // what a cut connection loses at most
const WAITS = [500, 1000, 2000, 4000, 8000, 15_000, 30_000];
const PATIENCE = 60_000;
const CHECKS = [150, 300, 600, 1000, 2000, 3000];
const VERSION = { "Tus-Resumable": "1.0.0" };

/**
 * A file as the server tells of it.
 * @typedef {{key: string, name: string, state: string, says: string, kind: string, media_type: string, size: number, received: number, url: string, thumbnail_url: string}} Row
 * @typedef {{name?: string, capturedAt?: string, position?: [number, number] | null, key?: string, url?: string, chunk?: number, csrf?: string, isPatient?: boolean}} Options
 */

/** The server says no, in words; sending the same again would not help. */
export class UploadRefused extends Error {
  /** @param {string} sentence @param {number} status @param {string} [code] */
  constructor(sentence, status, code = "") {
    super(sentence);
    this.status = status;
    this.code = code;
    this.isSignedOut = status === 401 || code === "not_authenticated";
  }
}

/** Someone stopped it: paused or cancelled. */
export class UploadStopped extends Error {}

/** What may help in a while: the network, or a server that is just being started. */
export class TryAgain extends Error {
  /** @param {number} [after] seconds the server asks for */
  constructor(after = 0) {
    super();
    this.after = after;
  }
}

export class Upload extends EventTarget {
  /** @type {AbortController | null} */
  #running = null;

  /**
   * @param {Blob} blob
   * @param {Options} [options] `capturedAt` with its offset, `position` longitude first; who keeps a queue of its own is not patient: it is
   * told at once that there is no connection, by `TryAgain`
   */
  constructor(blob, { name, capturedAt, position, key, url, chunk, csrf, isPatient = true } = {}) {
    super();
    this.blob = blob;
    this.name = name ?? (blob instanceof File ? blob.name : "");
    this.capturedAt = capturedAt;
    this.position = position;
    this.key = key ?? newKey();
    this.url = url ?? "";
    this.chunk = chunk ?? CHUNK;
    this.csrf = csrf;
    this.isPatient = isPatient;
    this.size = blob.size;
    this.sent = 0;
    /** @type {"new" | "sending" | "waiting" | "checking" | "paused" | "done" | "refused" | "cancelled"} */
    this.state = "new";
    this.says = "";
    this.hasChanged = false;
    /** @type {Row | null} */
    this.file = null;
  }

  /** Send it, or go on. Resolves when the server has it whole; throws `UploadRefused`, or `UploadStopped` when paused or cancelled. @returns {Promise<Row>} */
  async start() {
    if (this.file) return this.file;
    this.#running?.abort();
    const running = (this.#running = new AbortController());
    this.#become("sending");
    try {
      await this.#persist(running.signal);
      this.#become("checking");
      this.file = await this.#outcome(running.signal);
    } catch (error) {
      if (running.signal.aborted) throw new UploadStopped();
      if (error instanceof TryAgain) {
        this.#become("paused");
        throw error;
      }
      this.hasChanged = error instanceof UploadRefused && error.code === "file_changed";
      this.#become("refused", error instanceof Error ? error.message : "");
      throw error;
    }
    if (this.file.state === "REFUSED") {
      this.#become("refused", this.file.says);
      throw new UploadRefused(this.file.says, 422);
    }
    this.#become("done");
    return this.file;
  }

  /** Stop for now; what has come stays with the server for a day. */
  pause() {
    if (!["sending", "waiting"].includes(this.state)) return;
    this.#running?.abort();
    this.#become("paused");
  }

  /** Stop for good and take back what has come. */
  async cancel() {
    this.#running?.abort();
    this.#become("cancelled");
    if (this.url) await this.#ask("DELETE", this.url, {}).catch(() => null); // it goes by itself within a day
  }

  /** Until all has come, through whatever the network does. @param {AbortSignal} signal */
  async #persist(signal) {
    let failures = 0;
    while (true) {
      const before = this.sent;
      try {
        await this.#send(signal);
        return;
      } catch (error) {
        if (signal.aborted || !(error instanceof TryAgain) || !this.isPatient) throw error;
        failures = this.sent > before ? 0 : failures + 1;
        this.#become("waiting");
        await pause(Math.max(error.after * 1000, WAITS[Math.min(failures, WAITS.length - 1)]), signal);
        this.#become("sending");
      }
    }
  }

  /** @param {AbortSignal} signal */
  async #send(signal) {
    if (!this.url) await this.#announce(signal);
    else await this.#whereWasI(signal);
    while (this.sent < this.size) {
      const piece = await this.blob.slice(this.sent, this.sent + this.chunk).arrayBuffer().catch((/** @type {Error} */ error) => {
        throw new UploadRefused(error.message, 0, "file_changed"); // on its disk, since it was chosen: half of each would be neither
      });
      const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(this.sent), ...(await checksum(piece)) };
      const answer = await this.#ask("PATCH", this.url, headers, piece, signal);
      if (answer.status === 409 || answer.status === 460) throw new TryAgain();
      this.sent = Number(answer.headers.get("Upload-Offset"));
      this.#become("sending");
    }
  }

  /** @param {AbortSignal} signal */
  async #announce(signal) {
    const said = { filename: this.name, captured_at: this.capturedAt, lon: this.position?.[0], lat: this.position?.[1] };
    const pairs = Object.entries(said).filter(([, value]) => value !== undefined && value !== "");
    const metadata = pairs.map(([name, value]) => `${name} ${base64(new TextEncoder().encode(String(value)))}`).join(",");
    const headers = { "Upload-Length": String(this.size), "Upload-Metadata": metadata, "Idempotency-Key": this.key };
    const answer = await this.#ask("POST", DOOR, headers, undefined, signal);
    if (!answer.ok) throw new TryAgain();
    this.url = answer.headers.get("Location") ?? "";
    this.sent = 0;
    this.#become("sending");
  }

  /** Ask how much the server has; what it has forgotten is announced anew. @param {AbortSignal} signal */
  async #whereWasI(signal) {
    const answer = await this.#ask("HEAD", this.url, {}, undefined, signal);
    if (answer.status === 404 || answer.status === 410) {
      this.key = newKey();
      await this.#announce(signal);
      return;
    }
    this.sent = Number(answer.headers.get("Upload-Offset"));
  }

  /** What became of it; one that waits for the virus scanner is told as it is: it may be used, and is shown as waiting. @param {AbortSignal} signal */
  async #outcome(signal) {
    for (let tries = 0; ; tries++) {
      let row = null;
      try {
        const answer = await this.#ask("GET", this.url, { Accept: "application/json" }, undefined, signal);
        if (answer.ok) row = await answer.json();
      } catch (error) {
        if (signal.aborted || !(error instanceof TryAgain) || !this.isPatient) throw error;
      }
      if (row && (row.state !== "CHECKING" || tries >= CHECKS.length)) return row;
      await pause(CHECKS[Math.min(tries, CHECKS.length - 1)], signal);
    }
  }

  /**
   * @param {string} method @param {string} url @param {Record<string, string>} headers @param {BodyInit} [body] @param {AbortSignal} [signal]
   */
  async #ask(method, url, headers, body, signal) {
    const patience = AbortSignal.timeout(PATIENCE);
    const both = signal && AbortSignal.any ? AbortSignal.any([signal, patience]) : (signal ?? patience);
    const sent = { ...VERSION, "X-CSRFToken": this.csrf ?? csrf(), ...headers };
    const answer = await fetch(url, { method, headers: sent, body, credentials: "same-origin", cache: "no-store", signal: both }).catch(() => {
      throw new TryAgain();
    });
    if (answer.ok || [409, 460].includes(answer.status) || (method === "HEAD" && [404, 410].includes(answer.status))) return answer;
    if (answer.status === 404 && method === "PATCH") throw new TryAgain(); // asked for anew in the next round
    if (answer.status === 429 || answer.status >= 500) throw new TryAgain(Number(answer.headers.get("Retry-After")) || 0);
    const said = await answer.json().catch(() => null);
    throw new UploadRefused(sentence(said) || String(answer.status), answer.status, said?.code);
  }

  /** @param {Upload["state"]} state @param {string} [says] */
  #become(state, says = "") {
    this.state = state;
    this.says = says;
    this.dispatchEvent(new Event("change"));
  }
}

/** Why, in words. @param {{title?: string, fields?: Record<string, string>} | null} said */
const sentence = (said) => Object.values(said?.fields ?? {}).join(" ") || said?.title;

/** The digest of a piece, where the page is trusted with cryptography (HTTPS, or this machine). @param {ArrayBuffer} piece @returns {Promise<Record<string, string>>} */
async function checksum(piece) {
  if (!globalThis.crypto?.subtle) return {};
  return { "Upload-Checksum": `sha256 ${base64(new Uint8Array(await crypto.subtle.digest("SHA-256", piece)))}` };
}

/** @param {Uint8Array} bytes */
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

const newKey = () => globalThis.crypto?.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");

/** Read when it is needed: signing in again in another tab changes it. */
function csrf() {
  const kept = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  return kept ?? document.querySelector("meta[name=csrf-token]")?.getAttribute("content") ?? "";
}

/** Wait, or until the network is said to be back. @param {number} ms @param {AbortSignal} signal @returns {Promise<void>} */
function pause(ms, signal) {
  return new Promise((go, stop) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      if (signal.aborted) stop(new UploadStopped());
      else go();
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}

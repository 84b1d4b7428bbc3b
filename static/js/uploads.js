/**
 * Files on their way, drawn one below the other: how far each is, paused, gone on with, cancelled, and what the server says to them. The page
 * brings the list (templates/files/_uploads.html); what is used of a file that has come whole is said by `adopt`.
 *
 *     const uploads = receive(list, { adopt: (file) => ask("/api/v1/incidents/.../files/", { upload: file.key }) });
 *     uploads.add(input.files);
 *
 * What a closed page left unfinished goes on when the list is drawn again.
 */

import { Upload, UploadStopped } from "./upload.js";
import { forget, keep, unfinished } from "./upload-store.js";

const AT_ONCE = 2;
const SHOWN_AFTER = 2_500;
const KEPT_WITHIN = 2_000;

/** @typedef {import("./upload.js").Row} Row */
/** @typedef {{adopt: (file: Row) => Promise<unknown>}} Options */

/** @param {HTMLElement} list @param {Options} options */
export function receive(list, { adopt }) {
  const place = list.dataset.uploads ?? "";
  const blank = /** @type {HTMLTemplateElement} */ (list.parentElement?.querySelector("template[data-upload-row]"));
  /** @type {Line[]} */
  const waiting = [];
  let running = 0;

  function next() {
    while (running < AT_ONCE && waiting.length) {
      const line = /** @type {Line} */ (waiting.shift());
      if (line.upload.state !== "new") continue;
      running += 1;
      line.run().then(() => {
        running -= 1;
        next();
      });
    }
  }

  /** @param {Upload} upload */
  function show(upload) {
    const line = new Line(list, blank, upload, place, adopt);
    waiting.push(line);
    next();
  }

  unfinished(place).then((found) => {
    for (const { key, blob, name, capturedAt, url } of found) show(new Upload(blob, { key, name, capturedAt, url }));
  });

  return {
    /** @param {Iterable<File>} files */
    add(files) {
      for (const file of files) show(new Upload(file, { capturedAt: taken(file) }));
    },
  };
}

/** When a file was last written, which for what a telephone takes is when it was taken. @param {File} file */
function taken(file) {
  const isTaken = /^(image|video|audio)\//.test(file.type) && file.lastModified < Date.now() - 1000;
  return isTaken ? new Date(file.lastModified).toISOString() : undefined;
}

/** One file of the list. */
class Line {
  /** @param {HTMLElement} list @param {HTMLTemplateElement} blank @param {Upload} upload @param {string} place @param {Options["adopt"]} adopt */
  constructor(list, blank, upload, place, adopt) {
    this.list = list;
    this.upload = upload;
    this.place = place;
    this.adopt = adopt;
    const made = /** @type {DocumentFragment} */ (blank.content.cloneNode(true));
    this.row = /** @type {HTMLElement} */ (made.firstElementChild);
    this.part(".upload-name").textContent = upload.name;
    this.row.addEventListener("click", (event) => this.#press(event));
    upload.addEventListener("change", () => this.draw());
    list.append(this.row);
    this.draw();
  }

  /** @param {string} selector */
  part(selector) {
    return /** @type {HTMLElement} */ (this.row.querySelector(selector));
  }

  /** Send it, and say what it is for. Resolves as soon as the next may be sent: this one may still be checked. @returns {Promise<void>} */
  run() {
    return new Promise((sent) => {
      this.upload.addEventListener("change", () => this.upload.state === "checking" && sent());
      this.#finish().then(sent);
    });
  }

  async #finish() {
    const { upload, place } = this;
    const kept = keep({ key: upload.key, place, blob: upload.blob, name: upload.name, capturedAt: upload.capturedAt, url: upload.url });
    await Promise.race([kept, new Promise((go) => setTimeout(go, KEPT_WITHIN))]); // what has begun to be sent is not lost by a reload
    if (upload.state === "cancelled") return;
    try {
      const file = await upload.start();
      await this.adopt(file);
      forget(upload.key);
      this.draw("done");
      setTimeout(() => this.row.remove(), SHOWN_AFTER);
    } catch (error) {
      if (error instanceof UploadStopped) return;
      forget(upload.key);
      this.draw("refused", upload.hasChanged ? this.list.dataset.changed : error instanceof Error ? error.message : "");
    }
  }

  /** @param {string} [state] @param {string} [says] */
  draw(state = this.upload.state, says = this.upload.says) {
    const { upload } = this;
    if (upload.url && upload.url !== this.kept) {
      this.kept = upload.url;
      keep({ key: upload.key, place: this.place, blob: upload.blob, name: upload.name, capturedAt: upload.capturedAt, url: upload.url });
    }
    this.row.dataset.state = state;
    const share = upload.size ? Math.floor((100 * upload.sent) / upload.size) : 0;
    const bar = /** @type {HTMLProgressElement} */ (this.part("progress"));
    bar.value = share;
    bar.setAttribute("aria-label", upload.name);
    const words = this.list.dataset[state] ?? state;
    const said = [words, says, state === "sending" || state === "paused" ? `${share} %` : ""].filter(Boolean).join(" · ");
    if (this.part(".upload-says").textContent !== said) this.part(".upload-says").textContent = said;
    this.part("[data-upload=pause]").hidden = !["sending", "waiting"].includes(state);
    this.part("[data-upload=resume]").hidden = state !== "paused";
    const cancel = this.part("[data-upload=cancel]");
    cancel.hidden = state === "done";
    if (state === "refused") cancel.textContent = this.list.dataset.dismiss ?? "";
  }

  /** @param {Event} event */
  #press(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-upload]") : null;
    const what = button instanceof HTMLElement ? button.dataset.upload : "";
    if (what === "pause") this.upload.pause();
    if (what === "resume") this.run();
    if (what === "cancel") this.#cancel();
  }

  async #cancel() {
    forget(this.upload.key);
    this.row.remove();
    if (this.upload.state !== "refused") await this.upload.cancel();
  }
}

/** Files beside a message that is being written (chosen, dropped or pasted, handed in at once) and in messages that were said. */

import { Upload, UploadStopped } from "./upload.js";

const MOST = 10;

/** @typedef {import("./chat-room.js").Message["files"][number]} Sent */
/** @typedef {(name: string, values?: Record<string, string | number>) => string} Word */

export class Files {
  /** @param {HTMLElement} pane @param {Word} word @param {() => boolean} may whether one may write here */
  constructor(pane, word, may) {
    this.word = word;
    this.may = may;
    this.list = /** @type {HTMLElement} */ (pane.querySelector(".chat-adding"));
    this.input = /** @type {HTMLInputElement} */ (pane.querySelector(".chat-form input[type=file]"));
    /** @type {Map<number, Map<Upload, HTMLElement>>} what is being added, by room: what was chosen in one is never said in another */
    this.byRoom = new Map();
    this.begin(0);
    this.input.addEventListener("change", () => {
      this.add([...(this.input.files ?? [])]);
      this.input.value = "";
    });
    pane.addEventListener("paste", (event) => event.clipboardData?.files.length && this.take(event, event.clipboardData));
    pane.addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
    pane.addEventListener("drop", (event) => event.dataTransfer?.files.length && this.take(event, event.dataTransfer));
  }

  /** Show what is being added in a room. @param {number} room */
  begin(room) {
    const known = this.byRoom.get(room) ?? new Map();
    this.byRoom.set(room, known);
    /** @type {Map<Upload, HTMLElement>} */
    this.uploads = known;
    this.list.replaceChildren(...known.values());
    this.list.hidden = !known.size;
  }

  /** @param {Event} event @param {DataTransfer} data */
  take(event, data) {
    event.preventDefault();
    this.add([...data.files]);
  }

  /** @param {File[]} files */
  add(files) {
    if (!this.may()) return;
    for (const file of files.slice(0, MOST - this.uploads.size)) {
      const upload = new Upload(file);
      const line = this.line(upload, file);
      this.uploads.set(upload, line.item);
      this.list.append(line.item);
      upload.addEventListener("change", line.draw);
      upload.start().catch((error) => error instanceof UploadStopped || line.draw());
    }
    this.list.hidden = !this.uploads.size;
  }

  /** @param {Upload} upload @param {File} file */
  line(upload, file) {
    const item = document.createElement("li");
    const state = Object.assign(document.createElement("span"), { className: "num minor" });
    const drop = Object.assign(document.createElement("button"), { type: "button", className: "linkish", textContent: this.word("discard") });
    const { uploads } = this;
    drop.addEventListener("click", () => {
      upload.cancel();
      uploads.delete(upload);
      item.remove();
      this.list.hidden = !this.uploads.size;
    });
    item.append(Object.assign(document.createElement("span"), { className: "cut", textContent: file.name }), state, drop);
    if (file.type.startsWith("audio/")) item.append(player(file));
    const draw = () => {
      const part = upload.size ? Math.floor((100 * upload.sent) / upload.size) : 100;
      state.textContent = upload.hasChanged ? this.word("file_changed") : upload.state === "refused" ? upload.says : upload.state === "done" ? "\u2713" : `${part} %`;
    };
    draw();
    return { item, draw };
  }

  /** Whether something is still on its way. */
  isBusy() {
    return [...this.uploads.keys()].some((each) => !["done", "refused"].includes(each.state));
  }

  /** The keys of what has come. */
  keys() {
    return [...this.uploads.keys()].flatMap((each) => (each.file && each.state === "done" ? [each.file.key] : []));
  }

  /** What was handed in belongs to a message now. */
  clear() {
    for (const heard of this.list.querySelectorAll("audio")) URL.revokeObjectURL(heard.src);
    this.uploads.clear();
    this.list.replaceChildren();
    this.list.hidden = true;
  }
}

/** What was recorded can be heard before it is sent. @param {File} file */
function player(file) {
  const audio = Object.assign(document.createElement("audio"), { src: URL.createObjectURL(file), controls: true, preload: "metadata" });
  audio.setAttribute("aria-label", file.name);
  return audio;
}

/** Files of a message: a picture small, sound and video to be played, anything else to be saved. @param {HTMLElement} place @param {Sent[]} files @param {Word} word */
export function drawFiles(place, files, word) {
  place.hidden = !files.length;
  place.replaceChildren(...files.map((each) => drawn(each, word)));
}

/** @param {Sent} file @param {Word} word */
function drawn(file, word) {
  const item = document.createElement("li");
  if (!file.url) {
    item.append(Object.assign(document.createElement("span"), { className: "minor", textContent: `${file.name}: ${word(`file_${file.state}`)}` }));
    return item;
  }
  const link = Object.assign(document.createElement("a"), { href: file.url, target: "_blank", rel: "noopener" });
  if (file.kind === "PICTURE" && file.thumbnail_url) {
    link.append(Object.assign(document.createElement("img"), { src: file.thumbnail_url, alt: file.name, loading: "lazy", height: 120 }));
  } else if (file.kind === "VOICE" || file.kind === "VIDEO") {
    const player = document.createElement(file.kind === "VOICE" ? "audio" : "video");
    Object.assign(player, { src: file.url, controls: true, preload: "none" });
    player.setAttribute("aria-label", file.name);
    item.append(player);
    link.textContent = file.name;
  } else {
    link.href = `${file.url}?download=1`;
    link.textContent = file.name;
  }
  item.append(link);
  return item;
}

/** Places and drawings: beside a message that is being written, in messages that were said, and on the map of the page while their room is open. */

import { leaflet } from "./leaflet.js";
import { middle, pointsOf } from "./marks.js";

const MOST = 10;
const PADDING = { paddingTopLeft: [18, 30], paddingBottomRight: [72, 34], maxZoom: 16, animate: false };

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {(name: string, values?: Record<string, string | number>) => string} Word */

/** What stands on a chip: the word, else where it is. @param {Mark} mark @param {Word} word */
export function called(mark, word) {
  const [lon, lat] = middle(mark);
  const at = `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
  const kind = mark.geometry.type === "Point" ? "" : `${word(mark.geometry.type === "LineString" ? "mark_line" : "mark_area")} `;
  return mark.word ? `${kind}${mark.word}` : `${kind}${at}`;
}

/** A message in one line: its words, else its places, else its files. @param {{text: string, marks?: Mark[], files?: any[]}} message */
export function inShort({ text, marks = [], files = [] }) {
  const places = marks.map((each) => each.word || middle(each).reverse().map((part) => part.toFixed(5)).join(", "));
  return text || places.join(" \u00b7 ") || files.map((each) => each.name).filter(Boolean).join(" \u00b7 ");
}

/** What is being put beside a message, by room. */
export class Marks {
  /** @param {HTMLElement} pane @param {Word} word */
  constructor(pane, word) {
    this.pane = pane;
    this.word = word;
    this.list = /** @type {HTMLElement} */ (pane.querySelector(".chat-marking"));
    /** @type {Map<number, Mark[]>} */
    this.byRoom = new Map();
    this.room = 0;
    document.addEventListener("chat:marked", (event) => {
      const { pane: asked, room, mark } = /** @type {CustomEvent} */ (event).detail;
      if (asked !== pane) return;
      this.byRoom.set(room, [...(this.byRoom.get(room) ?? []), mark].slice(0, MOST));
      this.show();
      /** @type {HTMLElement | null} */ (pane.querySelector(".chat-form textarea"))?.focus();
    });
  }

  /** @param {number} room */
  begin(room) {
    this.room = room;
    this.show();
  }

  all() {
    return this.byRoom.get(this.room) ?? [];
  }

  clear() {
    this.byRoom.delete(this.room);
    this.show();
  }

  show() {
    const marks = this.all();
    this.list.hidden = !marks.length;
    this.list.replaceChildren(
      ...marks.map((mark) => {
        const item = document.createElement("li");
        const drop = Object.assign(document.createElement("button"), { type: "button", className: "linkish", textContent: this.word("discard") });
        drop.addEventListener("click", () => {
          this.byRoom.set(this.room, this.all().filter((each) => each !== mark));
          this.show();
        });
        item.append(Object.assign(document.createElement("span"), { className: "cut", textContent: called(mark, this.word) }), drop);
        return item;
      }),
    );
  }
}

/** Places of a message as chips that lead to the map; drawings on a small map too. @param {HTMLElement} place @param {Mark[]} marks @param {Word} word */
export function drawMarks(place, marks, word) {
  place.hidden = !marks.length;
  place.replaceChildren(...marks.map((mark) => chip(mark, word)));
  if (!marks.some((mark) => mark.geometry.type !== "Point")) return;
  const sketch = /** @type {Sketch} */ (document.createElement("city-sketch"));
  sketch.marks = marks;
  sketch.setAttribute("role", "img");
  sketch.setAttribute("aria-label", word("mark_map", { what: marks.map((mark) => called(mark, word)).join(", ") }));
  const item = Object.assign(document.createElement("li"), { className: "chat-sketch" });
  item.append(sketch);
  place.append(item);
}

/** @param {Mark} mark @param {Word} word */
function chip(mark, word) {
  const [lon, lat] = middle(mark);
  const item = document.createElement("li");
  const link = Object.assign(document.createElement("a"), { className: "chat-place", href: `/ops/?at=${lon.toFixed(6)},${lat.toFixed(6)}`, textContent: called(mark, word) });
  link.title = `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (!document.dispatchEvent(new CustomEvent("place:wanted", { detail: { lon, lat, points: pointsOf(mark) }, cancelable: true }))) event.preventDefault();
  });
  item.append(link);
  return item;
}

/** A small map of what a message draws; it is gone with its row. */
class Sketch extends HTMLElement {
  /** @type {Mark[]} */
  marks = [];
  /** @type {any} */
  map = null;

  async connectedCallback() {
    const pane = /** @type {HTMLElement} */ (this.closest("city-chat"));
    const isHere = await leaflet(pane).then(() => true, () => false);
    if (!isHere || !this.isConnected || this.map) return;
    const [{ addBasemap }, { boundsOf, Sketches }] = await Promise.all([import("./basemap.js"), import("./sketches.js")]);
    if (!this.isConnected || this.map) return;
    this.map = L.map(this, { zoomControl: false, attributionControl: false, dragging: false, scrollWheelZoom: false, doubleClickZoom: false, boxZoom: false, keyboard: false, touchZoom: false, zoomSnap: 0.25, fadeAnimation: false });
    this.map.fitBounds(boundsOf(this.marks), PADDING); // room for their words
    this.sketches = new Sketches(this.map);
    this.sketches.show(this.marks);
    const source = await basemap(pane);
    if (source && this.map) addBasemap(this.map, source, document.documentElement.lang === "en" ? "en" : "zh");
    this.dataset.ready = "true";
  }

  disconnectedCallback() {
    this.sketches?.remove();
    this.map?.remove();
    this.map = null;
  }
}

/** @type {Promise<any> | null} */
let source = null;

/** What lies under every map of ours; asked for once. @param {HTMLElement} pane */
export function basemap(pane) {
  source ??= fetch(pane.dataset.basemapUrl ?? "", { credentials: "same-origin" })
    .then((answer) => (answer.ok ? answer.json() : null))
    .catch(() => (source = null));
  return source;
}

customElements.define("city-sketch", Sketch);

/** A place or a drawing for a message, put on a map of its own: by pointer, or by moving the map under its cross and pressing Enter. */

import { addBasemap } from "./basemap.js";
import { basemap } from "./chat-marks.js";
import { closeDialog } from "./dialogs.js";
import { isTyping } from "./keys.js";
import { boundsOf, Sketches } from "./sketches.js";

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {[number, number]} Spot longitude first */

const FEWEST = /** @type {Record<string, number>} */ ({ Point: 1, LineString: 2, Polygon: 3 });
const MOST = 200;
const NEAR = 16;

class Board {
  /** @param {HTMLFormElement} form @param {any} pane the room's `<city-chat>` */
  constructor(form, pane) {
    this.form = form;
    this.pane = pane;
    /** @type {Spot[]} */
    this.points = [];
    this.box = /** @type {HTMLElement} */ (form.querySelector(".draw-map"));
    this.says = /** @type {HTMLElement} */ (form.querySelector("[data-draw=says]"));
    this.map = L.map(this.box, { attributionControl: false, doubleClickZoom: false, zoomSnap: 0.5, fadeAnimation: false });
    this.sketches = new Sketches(this.map);
    this.map.on("click", (/** @type {any} */ event) => this.put([event.latlng.lng, event.latlng.lat]));
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    form.addEventListener("change", () => this.show());
    form.addEventListener("click", (event) => {
      const what = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("button[data-draw]"))?.dataset.draw : "";
      if (what === "back") this.back();
      if (what === "incident") this.putIncident();
    });
    form.addEventListener("submit", (event) => this.onSubmit(event));
    new ResizeObserver(() => this.map.invalidateSize({ pan: false })).observe(this.box);
  }

  async begin() {
    const { room } = this.pane;
    const { point } = room.about;
    /** @type {HTMLElement} */ (this.form.querySelector("button[data-draw=incident]")).hidden = !point;
    const source = await basemap(this.pane);
    const drawn = room.standing();
    if (point) this.map.setView([point[1], point[0]], NEAR);
    else if (drawn.length) this.map.fitBounds(boundsOf(drawn), { maxZoom: NEAR, padding: [24, 24] });
    else if (source?.bounds) this.map.fitBounds([[source.bounds[1], source.bounds[0]], [source.bounds[3], source.bounds[2]]]);
    else this.map.setView([39.9, 116.4], 10);
    if (point) L.marker([point[1], point[0]], { icon: L.divIcon({ className: "sketch-incident", iconSize: [30, 30] }), interactive: false, keyboard: false, alt: "" }).addTo(this.map);
    if (source) addBasemap(this.map, source, document.documentElement.lang === "en" ? "en" : "zh");
    this.show();
    this.box.dataset.ready = "true";
    this.box.focus();
  }

  get shape() {
    return String(new FormData(this.form).get("shape"));
  }

  get word() {
    return String(new FormData(this.form).get("word") ?? "").trim();
  }

  /** @param {Spot} spot */
  put(spot) {
    const at = /** @type {Spot} */ (spot.map((each) => Math.round(each * 1e6) / 1e6));
    if (this.shape === "Point") this.points = [at];
    else if (this.points.length < MOST) this.points.push(at);
    this.show();
  }

  back() {
    this.points.pop();
    this.show();
  }

  putIncident() {
    const { point, about } = this.pane.room.about;
    /** @type {HTMLInputElement} */ (this.form.querySelector("[name=shape][value=Point]")).checked = true;
    const word = /** @type {HTMLInputElement} */ (this.form.querySelector("[name=word]"));
    word.value ||= (String(about).split(" \u00b7 ").slice(1).join(" \u00b7 ") || String(about)).slice(0, word.maxLength); // its place, behind its type
    this.map.setView([point[1], point[0]], Math.max(NEAR, this.map.getZoom()), { animate: false });
    this.put(point);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (isTyping(event.target) || event.ctrlKey || event.isComposing) return;
    if (event.code === "Enter" || event.code === "NumpadEnter") {
      const { lng, lat } = this.map.getCenter();
      this.put([lng, lat]);
    } else if (event.code === "Backspace") this.back();
    else return;
    event.preventDefault();
  }

  isWhole() {
    return this.points.length >= FEWEST[this.shape];
  }

  /** @returns {Mark} */
  mark() {
    const { shape, points } = this;
    const coordinates = shape === "Point" ? points[points.length - 1] : shape === "LineString" ? points : [[...points, points[0]]];
    return { geometry: { type: /** @type {Mark["geometry"]["type"]} */ (shape), coordinates }, word: this.word };
  }

  show() {
    if (this.shape === "Point") this.points = this.points.slice(-1);
    /** @type {Mark[]} */
    const corners = this.points.map((coordinates) => ({ geometry: { type: "Point", coordinates }, word: "" }));
    /** @type {Mark[]} */
    const line = this.points.length > 1 ? [{ geometry: { type: "LineString", coordinates: this.points }, word: "" }] : [];
    this.sketches.show(this.isWhole() && this.shape !== "Point" ? [this.mark(), ...corners] : this.isWhole() ? [this.mark()] : [...line, ...corners]);
    const last = this.points[this.points.length - 1];
    this.says.textContent = last ? `${this.points.length} · ${last[1].toFixed(5)}, ${last[0].toFixed(5)}` : "";
    /** @type {HTMLButtonElement} */ (this.form.querySelector("button[data-draw=back]")).disabled = !last;
    if (this.isWhole()) this.form.querySelector("[data-draw=fewer]")?.setAttribute("hidden", "");
  }

  /** @param {SubmitEvent} event */
  onSubmit(event) {
    event.preventDefault();
    if (!this.isWhole()) {
      this.form.querySelector("[data-draw=fewer]")?.removeAttribute("hidden");
      return this.box.focus();
    }
    document.dispatchEvent(new CustomEvent("chat:marked", { detail: { pane: this.pane, room: this.pane.room.id, mark: this.mark() } }));
    closeDialog();
  }

  remove() {
    this.sketches.remove();
    this.map.remove();
  }
}

/** Let a person draw in a dialog that is open; Leaflet is there. @param {HTMLFormElement} form @param {any} pane */
export async function draw(form, pane) {
  const board = new Board(form, pane);
  document.addEventListener("dialog:closed", () => board.remove(), { once: true });
  await board.begin();
}

/** Places and drawings of messages on a map, whichever it is: in the quiet colours, each with its word. */

import { token } from "./basemap.js";
import { middle, pointsOf } from "./marks.js";

/** @typedef {import("./marks.js").Mark} Mark */

export class Sketches {
  /** @param {any} map @param {string} [pane] */
  constructor(map, pane) {
    this.map = map;
    this.pane = pane;
    this.layer = L.layerGroup().addTo(map);
    /** @type {Mark[]} */
    this.marks = [];
    this.onTheme = () => this.show(this.marks);
    document.addEventListener("theme:change", this.onTheme);
  }

  /** Let exactly these be drawn. @param {Mark[]} marks */
  show(marks) {
    this.marks = marks;
    this.layer.clearLayers();
    for (const mark of marks) this.draw(mark);
  }

  remove() {
    document.removeEventListener("theme:change", this.onTheme);
    this.layer.remove();
  }

  /** @param {Mark} mark */
  draw(mark) {
    const own = this.pane ? { pane: this.pane } : {};
    const { type, coordinates } = mark.geometry;
    if (type === "Point") {
      const icon = L.divIcon({ className: "sketch-pin", iconSize: [18, 18], iconAnchor: [9, 9] });
      L.marker([coordinates[1], coordinates[0]], { ...own, icon, interactive: false, keyboard: false, alt: "" }).addTo(this.layer);
      return this.label(mark.word, [coordinates[1], coordinates[0]], "top");
    }
    const paths = (/** @type {any} */ look) => L.geoJSON(/** @type {any} */ (mark.geometry), { ...own, interactive: false, style: look }).addTo(this.layer);
    paths({ color: token("bg2"), weight: 7, fill: false, opacity: 0.9 });
    paths({ color: token("edge"), weight: 3, dashArray: type === "Polygon" ? "10 5" : undefined, fill: type === "Polygon", fillOpacity: 0.08 });
    // Where words of a place inside it are not likely to stand: below an area, behind the end of a line.
    const points = pointsOf(mark);
    const [lon, lat] = type === "Polygon" ? [middle(mark)[0], Math.min(...points.map((each) => each[1]))] : points[points.length - 1];
    this.label(mark.word, [lat, lon], type === "Polygon" ? "bottom" : "right");
  }

  /** The word is text and nothing else. @param {string} word @param {[number, number]} at latitude first @param {"top" | "bottom" | "right"} direction */
  label(word, at, direction) {
    if (!word) return;
    const content = Object.assign(document.createElement("span"), { className: "cut", textContent: word });
    const offset = /** @type {[number, number]} */ ({ top: [0, -8], bottom: [0, 4], right: [6, 0] }[direction]);
    L.tooltip({ permanent: true, direction, className: "sketch-word", offset, interactive: false }).setLatLng(at).setContent(content).addTo(this.layer);
  }
}

/** What a mark spans. @param {Mark[]} marks @returns {any} */
export function boundsOf(marks) {
  const bounds = L.latLngBounds([]);
  for (const mark of marks) for (const [lon, lat] of pointsOf(mark)) bounds.extend([lat, lon]);
  return bounds;
}

/** A large layer of points as vector tiles: one canvas a tile, raw points from zoom 14, counts by cell below. */

import { Pbf, VectorTile } from "../vendor/vector-tile.js";
import { token } from "./basemap.js";

const SIZE = 256;
const CELL = 64;

export const GridLayer = L.GridLayer.extend({
  options: { pane: "grid", minZoom: 8, maxNativeZoom: 18, updateWhenZooming: false, keepBuffer: 1 },

  /** @param {string} url with {z}, {x} and {y} @param {object} [options] */
  initialize(url, options) {
    this.url = url;
    L.setOptions(this, options);
    this.onTheme = () => this.redraw();
  },

  onAdd(/** @type {any} */ map) {
    document.addEventListener("theme:change", this.onTheme);
    L.GridLayer.prototype.onAdd.call(this, map);
  },

  onRemove(/** @type {any} */ map) {
    document.removeEventListener("theme:change", this.onTheme);
    L.GridLayer.prototype.onRemove.call(this, map);
  },

  createTile(/** @type {any} */ coords, /** @type {(error: unknown, tile: HTMLElement) => void} */ done) {
    const tile = L.DomUtil.create("canvas", "leaflet-tile");
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    tile.width = tile.height = SIZE * ratio;
    this.fetchTile(coords)
      .then((/** @type {any} */ layers) => {
        const context = tile.getContext("2d");
        context.scale(ratio, ratio);
        for (const layer of Object.values(layers)) draw(context, layer);
        done(null, tile);
      })
      .catch((/** @type {unknown} */ error) => done(error, tile));
    return tile;
  },

  async fetchTile(/** @type {any} */ coords) {
    const answer = await fetch(L.Util.template(this.url, coords), { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`tile ${answer.status}`);
    return new VectorTile(new Pbf(new Uint8Array(await answer.arrayBuffer()))).layers;
  },
});

/** @param {CanvasRenderingContext2D} context @param {any} layer */
function draw(context, layer) {
  const scale = SIZE / layer.extent;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = `600 11px ${token("sans")}`;
  /** @type {Map<string, {x: number, y: number, count: number}>} counts of several kinds in one cell are one number */
  const cells = new Map();
  for (let at = 0; at < layer.length; at++) {
    const feature = layer.feature(at);
    const [[point]] = feature.loadGeometry();
    const [x, y] = [point.x * scale, point.y * scale];
    if (feature.properties.count === undefined) {
      drawPoint(context, x, y);
      continue;
    }
    const key = `${Math.floor(x / CELL)} ${Math.floor(y / CELL)}`;
    const cell = cells.get(key) ?? { x, y, count: 0 };
    cell.count += Number(feature.properties.count);
    cells.set(key, cell);
  }
  for (const cell of cells.values()) drawCount(context, cell.x, cell.y, cell.count);
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y */
function drawPoint(context, x, y) {
  context.beginPath();
  context.arc(x, y, 3, 0, 2 * Math.PI);
  context.fillStyle = token("fg2");
  context.strokeStyle = token("bg2");
  context.lineWidth = 1;
  context.fill();
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} count */
function drawCount(context, x, y, count) {
  const text = count < 1000 ? String(count) : count < 10000 ? `${(count / 1000).toFixed(1)}k` : `${Math.round(count / 1000)}k`;
  const half = context.measureText(text).width / 2 + 4;
  context.fillStyle = token("bg2");
  context.strokeStyle = token("ctl");
  context.lineWidth = 1;
  context.beginPath();
  context.rect(x - half, y - 8, 2 * half, 16);
  context.fill();
  context.stroke();
  context.fillStyle = token("fg1");
  context.fillText(text, x, y + 0.5);
}

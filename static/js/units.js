/**
 * Moving units on one canvas. Positions come as 16-byte records straight into typed arrays; one unit is drawn for each cell
 * of 22 px (the most important one, with "+n" for the rest), so ten thousand cost no more than a few hundred.
 */

import { token } from "./basemap.js";
import { now } from "./clock.js";

const CELL = 22;
/** So far beyond the window is drawn: the picture moves with the map, and a hand that drags seldom waits for a new one. */
const BEYOND = 120;
const SIZE = 20;
const RECORD = 16;
const UNKNOWN_HEADING = 65535;
const TURNS = 32;

/** How a unit looks, from the least to the most important. */
const SHAPES = ["crossed", "hollow", "half", "solid", "distress"];

/** A state code: the low byte is what the unit does, this bit that contact is lost. */
const LOST = 256;

/**
 * @typedef {{id: number, code: string, title: string, state: number, label: string, lon: number | null, lat: number | null, heading: number | null, at: number | null, incident?: number}} UnitRow
 */

/** @typedef {{slot: number, px: number, py: number, more: number}} Cell a place on the screen, the unit drawn there, and how many it stands for besides itself */

/** @param {Cell} cell @param {number} slot @param {number} px @param {number} py @param {number} more */
function set(cell, slot, px, py, more) {
  cell.slot = slot;
  cell.px = px;
  cell.py = py;
  cell.more = more;
  return cell;
}

/** What is known of every unit, in columns. */
export class Fleet {
  constructor() {
    this.size = 0;
    /** @type {Map<number, number>} */
    this.slots = new Map();
    /** @type {UnitRow[]} */
    this.rows = [];
    this.room(256);
  }

  /** @param {number} capacity */
  room(capacity) {
    const grow = (/** @type {any} */ kind, /** @type {any} */ old) => {
      const made = new kind(capacity);
      if (old) made.set(old);
      return made;
    };
    this.x = grow(Float64Array, this.x);
    this.y = grow(Float64Array, this.y);
    this.heading = grow(Uint16Array, this.heading);
    this.shape = grow(Uint8Array, this.shape);
    this.lost = grow(Uint8Array, this.lost);
    this.seen = grow(Float64Array, this.seen);
  }

  /** @param {UnitRow} row @param {Record<number, string>} shapes */
  put(row, shapes) {
    let slot = this.slots.get(row.id);
    if (slot === undefined) {
      slot = this.size++;
      if (slot >= this.x.length) this.room(this.x.length * 2);
      this.slots.set(row.id, slot);
      [this.x[slot], this.seen[slot], this.heading[slot]] = [NaN, 0, UNKNOWN_HEADING];
    }
    this.rows[slot] = row;
    this.look(slot, row.state, shapes);
    if (row.lon === null || row.lat === null || (row.at ?? 0) < this.seen[slot]) return;
    this.move(slot, row.lon, row.lat, row.heading ?? UNKNOWN_HEADING, row.at ?? 0);
  }

  /** @param {number} slot @param {number} state @param {Record<number, string>} shapes */
  look(slot, state, shapes) {
    this.lost[slot] = state & LOST ? 1 : 0;
    this.shape[slot] = Math.max(0, SHAPES.indexOf(shapes[state & 255] ?? "hollow"));
  }

  /** @param {number} slot @param {number} lon @param {number} lat @param {number} heading @param {number} at */
  move(slot, lon, lat, heading, at) {
    this.x[slot] = lon / 360 + 0.5;
    const sine = Math.sin((lat * Math.PI) / 180);
    this.y[slot] = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
    this.heading[slot] = heading;
    this.seen[slot] = at;
  }

  /**
   * Take a telemetry frame. Returns how many of its units are unknown here.
   * @param {DataView} frame
   * @param {number} offset
   * @param {Record<number, string>} shapes
   */
  take(frame, offset, shapes) {
    let unknown = 0;
    const at = now();
    for (let at16 = offset; at16 + RECORD <= frame.byteLength; at16 += RECORD) {
      const slot = this.slots.get(frame.getUint32(at16, true));
      if (slot === undefined) {
        unknown++;
        continue;
      }
      this.move(slot, frame.getInt32(at16 + 4, true) / 1e7, frame.getInt32(at16 + 8, true) / 1e7, frame.getUint16(at16 + 12, true), at);
      this.look(slot, frame.getUint16(at16 + 14, true), shapes);
    }
    return unknown;
  }
}

/** A unit's picture with its "+n" reaches so far right of the unit and below it. */
const [RIGHT, BELOW] = [36, 15];
const MOST_PICTURES = 4000;

/**
 * A small canvas, drawn once and stamped from then on. A canvas element and not an ImageBitmap: without a GPU Chromium stamps it
 * in less than half the time (14 against 36 ms for four thousand). @param {number} width @param {number} height @param {number} ratio */
function small(width, height, ratio) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(width * ratio);
  canvas.height = Math.ceil(height * ratio);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(ratio, ratio);
  return { canvas, context };
}

/**
 * Words with a halo, so that they can be read on any ground.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {number} size
 * @param {string} ink
 */
function write(context, text, x, y, size, ink) {
  context.font = `600 ${size}px ${token("sans")}`;
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = token("map-halo");
  context.strokeText(text, x, y);
  context.fillStyle = token(ink);
  context.fillText(text, x, y);
}

/** How many units that stand together are named one by one. */
const MOST_NAMES = 5;

/** Those that would cover each other's names. @param {{slot: number, px: number, py: number}[]} cells */
function together(cells) {
  /** @type {{slot: number, px: number, py: number}[][]} */
  const groups = [];
  for (const cell of cells) {
    const near = groups.find(([first]) => Math.hypot(first.px - cell.px, first.py - cell.py) < 2 * CELL);
    if (near) near.push(cell);
    else groups.push([cell]);
  }
  return groups;
}

/** The canvas layer that draws a fleet. */
export const UnitLayer = L.Layer.extend({
  options: { pane: "units" },

  /** @param {Fleet} fleet @param {object} options */
  initialize(fleet, options) {
    L.setOptions(this, options);
    this.fleet = fleet;
    this.focus = new Set();
    /** @type {Cell[]} what was drawn last, also for finding what a pointer is on */
    this.cells = [];
    /** @type {Cell[]} cells are used again from frame to frame: ten thousand new objects a second would be litter */
    this.pool = [];
    this.grid = new Int32Array(0);
    this.forget();
  },

  /** Throw away the pictures of units, after the theme or the screen's ratio changed. */
  forget() {
    /** @type {Map<number, HTMLCanvasElement>} by look and by how many more there are */
    this.pictures = new Map();
  },

  onAdd(/** @type {any} */ map) {
    this.canvas = L.DomUtil.create("canvas", "units leaflet-zoom-animated", map.getPane(this.options.pane));
    this.context = this.canvas.getContext("2d");
    map.on("move", this.follow, this);
    map.on("viewreset resize zoomend moveend", this.schedule, this);
    map.on("zoomanim", this.animate, this);
    this.onTheme = () => {
      this.forget();
      this.schedule();
    };
    document.addEventListener("theme:change", this.onTheme);
    this.schedule();
  },

  onRemove(/** @type {any} */ map) {
    this.canvas.remove();
    map.off("move", this.follow, this);
    map.off("viewreset resize zoomend moveend", this.schedule, this);
    map.off("zoomanim", this.animate, this);
    document.removeEventListener("theme:change", this.onTheme);
  },

  /** The map has moved: what is drawn moved with it, and serves until its edge comes near the window. */
  follow() {
    const { x, y } = this.shift();
    if (this._map.getZoom() !== this.drawnZoom || Math.abs(x) > BEYOND || Math.abs(y) > BEYOND) this.schedule();
  },

  /** How far what is drawn has moved with the map since, in pixels of the window. */
  shift() {
    const corner = this.drawnCorner && this._map.latLngToContainerPoint(this.drawnCorner);
    return corner ? { x: corner.x + BEYOND, y: corner.y + BEYOND } : { x: Infinity, y: Infinity };
  },

  /** Draw once in the next frame, however often it was asked for. */
  schedule() {
    if (this.frame || !this._map) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (this._map && !this._map._animatingZoom) this.draw();
    });
  },

  animate(/** @type {any} */ event) {
    const scale = this._map.getZoomScale(event.zoom, this.drawnZoom);
    const offset = this._map._latLngToNewLayerPoint(this.drawnCorner, event.zoom, event.center);
    L.DomUtil.setTransform(this.canvas, offset, scale);
  },

  fit() {
    const size = this._map.getSize();
    const [wide, high] = [size.x + 2 * BEYOND, size.y + 2 * BEYOND];
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    if (this.canvas.width !== wide * ratio || this.canvas.height !== high * ratio) {
      this.canvas.width = wide * ratio;
      this.canvas.height = high * ratio;
      this.canvas.style.width = `${wide}px`;
      this.canvas.style.height = `${high}px`;
    }
    L.DomUtil.setTransform(this.canvas, this._map.containerPointToLayerPoint([-BEYOND, -BEYOND]), 1);
    this.drawnZoom = this._map.getZoom();
    this.drawnCorner = this._map.containerPointToLatLng([-BEYOND, -BEYOND]);
    this.context.setTransform(ratio, 0, 0, ratio, BEYOND * ratio, BEYOND * ratio);
    this.context.clearRect(-BEYOND, -BEYOND, wide, high);
    return { size, ratio };
  },

  draw() {
    const { size, ratio } = this.fit();
    const began = performance.now();
    if (ratio !== this.ratio) this.forget();
    this.ratio = ratio;
    const onTop = this.gather(size);
    for (const cell of this.cells) this.stamp(cell);
    for (const cell of onTop) {
      this.cells.push(cell);
      this.stamp(cell);
    }
    for (const group of together(onTop)) this.name(group);
    this.lastDrawMs = performance.now() - began;
  },

  /**
   * One unit for each cell of the window, the most important; returns those of the chosen incident, which are all drawn.
   * @param {{x: number, y: number}} size
   */
  gather(size) {
    const { fleet, focus, cells, pool } = this;
    const { x, y, shape } = fleet;
    const scale = this._map.options.crs.scale(this.drawnZoom);
    const corner = this._map.getPixelBounds().min;
    const edge = BEYOND + SIZE;
    const columns = Math.ceil((size.x + 2 * edge) / CELL) + 1;
    const wanted = columns * (Math.ceil((size.y + 2 * edge) / CELL) + 1);
    if (this.grid.length < wanted) this.grid = new Int32Array(wanted);
    const grid = this.grid.fill(-1);
    const onTop = [];
    cells.length = 0;
    for (let slot = 0; slot < fleet.size; slot++) {
      const px = x[slot] * scale - corner.x;
      const py = y[slot] * scale - corner.y;
      if (!(px > -edge && py > -edge && px < size.x + edge && py < size.y + edge)) continue;
      if (focus.size && focus.has(fleet.rows[slot].id)) {
        onTop.push({ slot, px, py, more: 0 });
        continue;
      }
      const place = Math.floor((py + edge) / CELL) * columns + Math.floor((px + edge) / CELL);
      const held = grid[place];
      if (held < 0) {
        grid[place] = cells.length;
        cells.push(set((pool[cells.length] ??= { slot: 0, px: 0, py: 0, more: 0 }), slot, px, py, 0));
      } else {
        const cell = cells[held];
        cell.more++;
        if (shape[slot] > shape[cell.slot]) set(cell, slot, px, py, cell.more);
      }
    }
    return onTop;
  },

  /** @param {Cell} cell */
  stamp(cell) {
    const { fleet, context } = this;
    const heading = fleet.heading[cell.slot];
    const turn = heading === UNKNOWN_HEADING ? 0 : Math.round((heading / 360) * TURNS) % TURNS;
    const more = Math.min(cell.more, 999);
    const look = ((fleet.shape[cell.slot] * TURNS + turn) * 2 + fleet.lost[cell.slot]) * 1000 + more;
    let picture = this.pictures.get(look);
    if (!picture) {
      if (this.pictures.size >= MOST_PICTURES) this.pictures.clear();
      picture = this.picture(fleet.shape[cell.slot], turn, fleet.lost[cell.slot], more);
      this.pictures.set(look, picture);
    }
    const { ratio } = this;
    const whole = (/** @type {number} */ at) => Math.round((at - SIZE / 2) * ratio) / ratio; // between pixels it would be blended, at three times the cost
    context.drawImage(picture, whole(cell.px), whole(cell.py), picture.width / ratio, picture.height / ratio);
  },

  /** Ring units of the chosen incident that stand together, and name them beside the ring. @param {{slot: number, px: number, py: number}[]} group */
  name(group) {
    const { context } = this;
    const x = group.reduce((sum, cell) => sum + cell.px, 0) / group.length;
    const y = group.reduce((sum, cell) => sum + cell.py, 0) / group.length;
    const radius = 13 + Math.max(...group.map((cell) => Math.hypot(cell.px - x, cell.py - y)));
    context.strokeStyle = token("edge");
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
    const codes = group.map((cell) => this.fleet.rows[cell.slot].code).sort();
    const lines = codes.length > MOST_NAMES ? [...codes.slice(0, MOST_NAMES - 1), `+${codes.length - MOST_NAMES + 1}`] : codes;
    lines.forEach((line, at) => write(context, line, x + radius + 5, y + 5 + (at - (lines.length - 1) / 2) * 15, 13, "fg1"));
  },

  /**
   * A unit with the number of those it stands for, made once: one copy of pixels a cell is what a frame costs.
   * @param {number} shape @param {number} turn @param {number} lost @param {number} more
   */
  picture(shape, turn, lost, more) {
    const { canvas, context } = small(more ? SIZE / 2 + RIGHT : SIZE, more ? SIZE / 2 + BELOW : SIZE, this.ratio);
    context.translate(SIZE / 2, SIZE / 2);
    drawUnit(context, SHAPES[shape], (turn / TURNS) * 2 * Math.PI, Boolean(lost));
    if (more) write(context, `+${more}`, 8, 11, 11, "fg2");
    return canvas;
  },

  /** The unit nearest to a point of the map's window, with how many it stands for. @param {{x: number, y: number}} point */
  at(point) {
    let best = null;
    let least = 14 * 14;
    const { x, y } = this.shift();
    for (const cell of this.cells) {
      const gap = (cell.px + x - point.x) ** 2 + (cell.py + y - point.y) ** 2;
      if (gap < least) [best, least] = [cell, gap];
    }
    return best ? { row: this.fleet.rows[best.slot], more: best.more, seen: this.fleet.seen[best.slot] } : null;
  },
});

/** @param {CanvasRenderingContext2D} context @param {string} shape @param {number} angle @param {boolean} isLost */
export function drawUnit(context, shape, angle, isLost) {
  const [ink, paper] = [token("fg1"), token("bg2")];
  context.save();
  context.rotate(angle);
  const arrow = new Path2D("M0 -7.5 L5.6 6 L0 3.2 L-5.6 6 Z");
  context.lineJoin = "round";
  context.lineWidth = 3.4;
  context.strokeStyle = shape === "hollow" || shape === "half" ? "transparent" : paper;
  context.stroke(arrow);
  context.fillStyle = shape === "solid" ? ink : paper;
  if (shape === "distress") context.fillStyle = token("level-1");
  if (shape === "crossed") context.fillStyle = token("bg0");
  context.fill(arrow);
  if (shape === "half") {
    context.save();
    context.clip(new Path2D("M0 -10 H10 V10 H0 Z"));
    context.fillStyle = ink;
    context.fill(arrow);
    context.restore();
  }
  context.lineWidth = 1.4;
  context.strokeStyle = shape === "crossed" ? token("fg3") : ink;
  if (isLost) context.setLineDash([2.2, 2]);
  context.stroke(arrow);
  context.restore();
  if (shape !== "crossed") return;
  context.lineWidth = 1.4;
  context.strokeStyle = token("fg3");
  context.stroke(new Path2D("M-5 -5 L5 5 M5 -5 L-5 5"));
}

/** The operations map: basemap, regions, stations, units, incidents, and the rule of when it may move by itself. */

import { addBasemap, token } from "./basemap.js";
import { age, distance, now, say } from "./clock.js";
import { toast } from "./dialogs.js";
import { Fleet, UnitLayer } from "./units.js";

const FIT = { padding: [48, 48], maxZoom: 14, animate: false };
const NEAR = 15;

/** @typedef {{id: string, number: string, level: number, lon: number, lat: number, title: string, isNew: boolean}} Spot */

export class OperationsMap {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    const options = JSON.parse(document.getElementById(`${element.id}-options`)?.textContent ?? "{}");
    options.scale = null;
    this.map = new L.Map.DjangoMap(element.id, {
      djoptions: options,
      zoomControl: false,
      zoomSnap: 0.5,
      attributionControl: true,
      keyboard: false,
      maxBoundsViscosity: 0.5,
    });
    this.map.attributionControl?.setPrefix("");
    for (const [name, order] of [["regions", 350], ["areas", 355], ["grid", 360], ["stations", 380], ["sketches", 390], ["units", 420], ["spots", 620]]) {
      this.map.createPane(name).style.zIndex = String(order);
    }
    this.map.getPane("units").style.pointerEvents = "none";
    /** @type {Map<string, {marker: any, spot: Spot}>} */
    this.spots = new Map();
    /** @type {Map<string, any>} */
    this.layers = new Map();
    this.chosen = "";
    /** @type {any} */
    this.ring = null;
    this.isFitting = false;
    this.isFollowing = true;
    /** @type {{center: any, zoom: number} | null} */
    this.before = null;
    this.fleet = new Fleet();
    /** @type {Record<number, string>} */
    this.shapes = {};
    const Layer = /** @type {any} */ (UnitLayer); // Leaflet's own way of making classes keeps no types
    this.units = new Layer(this.fleet, {}).addTo(this.map);
    this.watchGestures();
    this.watchPointer();
    this.watchTelemetry();
    new ResizeObserver(() => this.map.invalidateSize({ pan: false })).observe(element);
    this.map.on("moveend", () => {
      const middle = this.map.getCenter();
      element.dataset.near = `${middle.lng.toFixed(5)},${middle.lat.toFixed(5)}`;
    });
  }

  async load() {
    const { regionsUrl, language } = /** @type {Record<string, string>} */ ({ ...this.element.dataset });
    addBasemap(this.map, JSON.parse(document.getElementById("basemap")?.textContent || "{}"), language);
    const [regions] = await Promise.all([json(regionsUrl), this.loadUnits()]);
    if (regions) this.showRegions(regions);
    this.element.dataset.ready = "true";
  }

  /* Regions and stations. */

  showRegions(/** @type {any} */ geojson) {
    const look = (/** @type {any} */ feature) => ({
      color: token("map-border"),
      weight: feature.properties.level === "CITY" ? 1.6 : 1,
      dashArray: feature.properties.is_approximate ? "5 4" : undefined,
      fill: false,
    });
    const layer = L.geoJSON(geojson, { pane: "regions", interactive: false, style: look }).addTo(this.map);
    this.home = layer.getBounds();
    if (!this.spots.size && this.home.isValid()) this.map.fitBounds(this.home, { ...FIT, padding: [8, 8] });
    document.addEventListener("theme:change", () => layer.setStyle(look));
  }

  async loadUnits() {
    const answer = await json(this.element.dataset.unitsUrl ?? "");
    if (!answer) return;
    this.shapes = answer.shapes;
    for (const row of answer.units) this.fleet.put(row, this.shapes);
    this.units.schedule();
    if (!this.stations) this.showStations(answer.stations);
  }

  showStations(/** @type {{code: string, name: string, lon: number, lat: number}[]} */ stations) {
    const icon = L.divIcon({ className: "station", html: '<svg class="icon" viewBox="0 0 16 16"><use href="#glyph-station"></use></svg>', iconSize: [16, 16] });
    this.stations = L.layerGroup(
      stations.map((each) =>
        L.marker([each.lat, each.lon], { icon, pane: "stations", keyboard: false, title: each.name, alt: each.name }),
      ),
    );
    const show = () => (this.map.getZoom() >= 12 ? this.stations.addTo(this.map) : this.stations.remove());
    this.map.on("zoomend", show);
    show();
  }

  /* Large layers: their script comes only when one is asked for. */

  /** @param {string} name @param {string} url @param {boolean} on */
  async showLayer(name, url, on) {
    if (on && !this.layers.has(name)) {
      const { GridLayer } = await import("./grid.js");
      this.layers.set(name, new /** @type {any} */ (GridLayer)(url));
    }
    const layer = this.layers.get(name);
    if (on) layer.addTo(this.map);
    else layer?.remove();
  }

  /* Telemetry. */

  watchTelemetry() {
    document.addEventListener("live:telemetry", (event) => {
      const { frame } = /** @type {CustomEvent} */ (event).detail;
      const view = frame instanceof DataView ? frame : new DataView(frame.buffer ?? frame, frame.byteOffset ?? 0, frame.byteLength);
      if (view.getUint8(0) !== 1) return;
      if (this.fleet.take(view, 4, this.shapes)) this.askUnitsSoon();
      this.units.schedule();
    });
  }

  /** Fetch the list of units, soon and once. */
  askUnitsSoon() {
    if (this.asking) return;
    this.asking = setTimeout(() => {
      this.asking = 0;
      this.loadUnits();
    }, 400 + Math.random() * 400);
  }

  /* Incidents. */

  /** @param {Spot[]} spots */
  showSpots(spots) {
    const ids = new Set(spots.map((spot) => spot.id));
    const isSame = ids.size === this.spots.size && [...ids].every((id) => this.spots.has(id));
    for (const [id, { marker }] of this.spots) {
      if (ids.has(id)) continue;
      marker.remove();
      this.spots.delete(id);
    }
    for (const spot of spots) this.showSpot(spot);
    if (!isSame && this.isFollowing) this.fit();
  }

  /** @param {Spot} spot */
  showSpot(spot) {
    const held = this.spots.get(spot.id);
    if (held && JSON.stringify(held.spot) === JSON.stringify(spot)) return;
    const look = spot.isNew ? "spot is-new" : spot.level === 4 ? "spot is-quiet" : "spot";
    const icon = L.divIcon({ className: look, html: glyph(spot), iconSize: [26, 26] });
    if (held) {
      held.marker.setIcon(icon).setLatLng([spot.lat, spot.lon]).setZIndexOffset((5 - spot.level) * 1000);
      held.spot = spot;
    } else {
      const marker = L.marker([spot.lat, spot.lon], { icon, pane: "spots", keyboard: false, title: spot.title, alt: spot.title });
      marker.setZIndexOffset((5 - spot.level) * 1000).addTo(this.map);
      marker.on("click", () => document.dispatchEvent(new CustomEvent("spot:pressed", { detail: spot.id })));
      this.spots.set(spot.id, { marker, spot });
    }
    if (spot.id === this.chosen) this.mark();
  }

  /** Highlight an incident and its units. @param {string} id @param {number[]} unitIds */
  choose(id, unitIds) {
    this.chosen = id;
    this.units.focus = new Set(unitIds);
    this.units.schedule();
    this.mark();
  }

  mark() {
    for (const [id, { marker }] of this.spots) marker.getElement()?.classList.toggle("is-chosen", id === this.chosen);
  }

  /**
   * Ring a place while a list beside the map speaks of it, and bring it out from under the list.
   * @param {{lon: number, lat: number, beside?: DOMRect} | null} spot
   */
  point(spot) {
    this.ring?.remove();
    this.ring = null;
    if (!spot) return;
    const icon = L.divIcon({ className: "spot-ring", iconSize: [44, 44] });
    this.ring = L.marker([spot.lat, spot.lon], { icon, pane: "spots", interactive: false, keyboard: false }).addTo(this.map);
    const box = this.element.getBoundingClientRect();
    const covered = spot.beside ? Math.max(0, box.right - spot.beside.left) : 0;
    const aside = covered < box.width - 120 ? covered : 0;
    this.map.panInside([spot.lat, spot.lon], { paddingTopLeft: [60, 60], paddingBottomRight: [aside + 60, 60], animate: false });
  }

  /** Go to an incident; the second time, back to where it was. @param {string} id */
  visit(id) {
    const held = this.spots.get(id);
    if (!held) return;
    if (this.before && this.visited === id) {
      this.moveTo(this.before.center, this.before.zoom);
      this.before = null;
      this.visited = "";
      return;
    }
    this.before = { center: this.map.getCenter(), zoom: this.map.getZoom() };
    this.visited = id;
    this.moveTo(held.marker.getLatLng(), Math.max(NEAR, this.map.getZoom()));
  }

  /* The view lock: the map moves by itself only when the set of open incidents changes, and never after a gesture. */

  /** @param {any} center @param {number} zoom */
  moveTo(center, zoom) {
    this.follow(false);
    this.isFitting = true;
    this.map.setView(center, zoom, { animate: false });
    this.isFitting = false;
  }

  fit() {
    const places = [...this.spots.values()].map(({ marker }) => marker.getLatLng());
    const bounds = places.length ? L.latLngBounds(places) : this.home;
    if (!bounds?.isValid()) return;
    this.isFitting = true;
    this.map.fitBounds(bounds, FIT);
    this.isFitting = false;
  }

  /** @param {boolean} on */
  follow(on) {
    this.isFollowing = on;
    document.getElementById("map-follow")?.setAttribute("aria-pressed", String(on));
    if (on) this.fit();
  }

  watchGestures() {
    this.map.on("zoomend", () => this.element.classList.toggle("is-far", this.map.getZoom() < 10.5));
    this.map.on("dragstart", () => this.follow(false));
    this.map.on("zoomstart", () => this.isFitting || this.follow(false));
    document.getElementById("map-follow")?.addEventListener("click", () => this.follow(!this.isFollowing));
    document.getElementById("map-in")?.addEventListener("click", () => this.map.zoomIn());
    document.getElementById("map-out")?.addEventListener("click", () => this.map.zoomOut());
    L.control.scale({ imperial: false, position: "bottomright", maxWidth: 120 }).addTo(this.map);
  }

  /* The unit under the pointer. */

  watchPointer() {
    const tip = L.tooltip({ direction: "top", offset: [0, -8], className: "tip" });
    this.map.on("mousemove", (/** @type {any} */ event) => {
      const found = this.units.at(event.containerPoint);
      this.element.classList.toggle("is-over-unit", Boolean(found));
      if (!found) return void tip.remove();
      tip.setLatLng(event.latlng).setContent(this.tell(found)).addTo(this.map);
    });
    this.map.on("mouseout dragstart zoomstart", () => tip.remove());
    this.map.on("click", (/** @type {any} */ event) => {
      const found = this.units.at(event.containerPoint);
      const detail = found ? { unit: found.row } : { latlng: event.latlng };
      document.dispatchEvent(new CustomEvent(found ? "unit:pressed" : "map:pressed", { detail }));
    });
  }

  /** @param {{row: import("./units.js").UnitRow, more: number, seen: number}} found */
  tell({ row, more, seen }) {
    const box = document.createElement("div");
    const line = (/** @type {string} */ text, /** @type {string} */ name) =>
      box.append(Object.assign(document.createElement("div"), { textContent: text, className: name }));
    line(`${row.code} · ${row.title}`, "tip-head");
    line(`${row.label} · ${seen ? say("fix_age", { age: age((now() - seen) / 1000) }) : say("no_fix")}`, "minor");
    if (more) line(say("more_here", { n: more }), "minor");
    return box;
  }

  /* Picking a point for a form. */

  /** Let the next press on the map choose a point. @param {(lon: number, lat: number) => void} taken */
  pick(taken) {
    toast(say("pick_point"));
    this.element.classList.add("is-picking");
    this.map.once("click", (/** @type {any} */ event) => {
      this.element.classList.remove("is-picking");
      taken(event.latlng.lng, event.latlng.lat);
    });
  }
}

/** @param {Spot} spot */
function glyph(spot) {
  const look = spot.level === 4 && !spot.isNew ? "glyph-4-quiet" : `glyph-${spot.level}`;
  return `<svg class="level" viewBox="0 0 24 24" aria-hidden="true"><use href="#${look}"></use></svg>`;
}

/** @param {string} url */
async function json(url) {
  if (!url) return null;
  const answer = await fetch(url, { credentials: "same-origin" }).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

export { distance };

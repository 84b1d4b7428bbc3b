/** The map round an incident: loaded when there is a task there, kept in pieces, shown without a link with the outline of what is there. */

import { addBasemap, token } from "../basemap.js";
import { PMTiles } from "../../vendor/pmtiles.js";
import { labels, make } from "./page.js";
import { position } from "./position.js";
import { database, kept, write } from "./store.js";
import { say } from "./time.js";

const MOST = 60_000_000;
const PATIENCE = 60_000;
const DAY = 86_400_000;

/** @typedef {{body: ArrayBuffer, bounds: number[], maxZoom: number, at: number}} Area */

/** @param {string} number @returns {Promise<Area | undefined>} */
const areaOf = async (number) => (await database()).get("areas", number);

/** @type {Set<string>} */
const under = new Set();
/** @type {Map<string, number>} */
const failed = new Map();

/** Load the areas of these incidents that are not there yet, one after another; what belongs to none of them goes after a day. @param {any[]} cards */
export async function prefetch(cards) {
  if ((await kept("map")) !== "pmtiles") return;
  const there = new Set(await (await database()).getAllKeys("areas"));
  const wanted = cards.filter((each) => each.point).map((each) => each.number);
  for (const number of there) if (!wanted.includes(number) && ((await areaOf(number))?.at ?? 0) < Date.now() - DAY) await drop(number);
  for (const number of wanted) if (!there.has(number) && (failed.get(number) ?? 0) < Date.now() - 60_000) await load(number).catch(() => failed.set(number, Date.now()));
}

/** @param {string} number */
async function load(number) {
  if (under.has(number)) return;
  under.add(number);
  try {
    const answer = await fetch(`/api/v1/field/areas/${number}/`, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(String(answer.status));
    const body = await answer.arrayBuffer();
    if (body.byteLength > MOST) return;
    const bounds = answer.headers.get("X-Area").split(",").map(Number);
    await write("areas", (store) => store.put({ body, bounds, maxZoom: Number(answer.headers.get("X-Max-Zoom")), at: Date.now() }, number));
    document.dispatchEvent(new CustomEvent("area:loaded", { detail: number }));
  } finally {
    under.delete(number);
  }
}

/** @param {string} number */
export const drop = (number) => write("areas", (store) => store.delete(number));

export const forgetAll = () => write("areas", (store) => store.clear());

/** A PMTiles archive in memory. */
class Kept {
  /** @param {string} key @param {ArrayBuffer} body */
  constructor(key, body) {
    this.key = key;
    this.body = body;
  }

  getKey() {
    return this.key;
  }

  /** @param {number} offset @param {number} length */
  async getBytes(offset, length) {
    return { data: this.body.slice(offset, offset + length) };
  }
}

/** Leaflet comes with the first map. @type {Promise<void> | null} */
let leaflet = null;

function loadLeaflet() {
  leaflet ??= new Promise((done, fail) => {
    document.head.append(make("link", { rel: "stylesheet", href: document.body.dataset.leafletCss }));
    const script = make("script", { src: document.body.dataset.leaflet });
    script.addEventListener("load", () => done());
    script.addEventListener("error", fail);
    document.head.append(script);
  });
  return leaflet;
}

/** Draw the map of a card into its holder. @param {HTMLElement} holder @param {any} card */
export async function show(holder, card) {
  const area = await areaOf(card.number);
  if (!area) {
    holder.replaceChildren(make("p", { class: "minor" }, say(under.has(card.number) ? "area_loading" : "area_none")), loader(holder, card));
    document.addEventListener("area:loaded", (event) => /** @type {CustomEvent} */ (event).detail === card.number && show(holder, card), { once: true });
    return;
  }
  await loadLeaflet();
  const size = say("area_size", { n: (area.body.byteLength / 1e6).toFixed(1) });
  const box = make("div", { class: "field-map-box", role: "application", "aria-label": labels.map });
  const dropped = () => drop(card.number).then(() => show(holder, card));
  holder.replaceChildren(box, make("p", { class: "minor" }, say("area_kept", { size })), make("button", { type: "button", class: "field-button", onclick: dropped }, labels.dropMap));
  draw(box, card, area);
}

/** @param {HTMLElement} holder @param {any} card */
function loader(holder, card) {
  const press = () => load(card.number).then(() => show(holder, card), () => undefined);
  return make("button", { type: "button", class: "field-button", onclick: press }, labels.loadMap);
}

/** @param {HTMLElement} box @param {any} card @param {Area} area */
function draw(box, card, area) {
  const [west, south, east, north] = area.bounds;
  const [lon, lat] = card.point;
  const map = L.map(box, { attributionControl: false, zoomSnap: 0.5, minZoom: 9, maxZoom: 18, maxBounds: [[south - 0.05, west - 0.05], [north + 0.05, east + 0.05]] });
  map.setView([lat, lon], 15);
  const source = /** @type {any} */ ({ kind: "pmtiles", url: new PMTiles(new Kept(card.number, area.body)), max_zoom: area.maxZoom });
  addBasemap(map, source, document.documentElement.lang === "en" ? "en" : "zh");
  L.rectangle([[south, west], [north, east]], { fill: false, color: token("edge"), weight: 2, dashArray: "8 6", interactive: false }).addTo(map);
  L.circleMarker([lat, lon], { radius: 9, color: token("edge"), weight: 2, fillColor: token(`level-${card.severity}`), fillOpacity: 1 }).addTo(map);
  const { fix } = position();
  if (fix) {
    const at = L.latLng(fix.point[1], fix.point[0]);
    L.circle(at, { radius: fix.accuracy, color: token("fg1"), weight: 1, fillOpacity: 0.08 }).addTo(map);
    L.circleMarker(at, { radius: 6, color: token("bg2"), weight: 2, fillColor: token("fg1"), fillOpacity: 1 }).addTo(map);
  }
}

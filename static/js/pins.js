/** The queue of places that are not sure: the one with the focus is on the map with everything it may be. */

import { addBasemap, token } from "./basemap.js";
import { say, writeTimes } from "./clock.js";
import { send, toast } from "./dialogs.js";

const element = /** @type {HTMLElement} */ (document.getElementById("map"));
const list = /** @type {HTMLElement} */ (document.getElementById("pins"));
const options = JSON.parse(document.getElementById("map-options")?.textContent ?? "{}");
const map = new L.Map.DjangoMap("map", { djoptions: { ...options, scale: null }, zoomControl: false, keyboard: false });
map.attributionControl?.setPrefix("");
addBasemap(map, JSON.parse(document.getElementById("basemap")?.textContent || "{}"), element.dataset.language);
new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(element);
const marks = L.layerGroup().addTo(map);

/** @type {HTMLElement | null} */
let chosen = null;
let isPutting = false;

async function showRegions() {
  const answer = await fetch(element.dataset.regionsUrl ?? "", { credentials: "same-origin" }).catch(() => null);
  if (answer?.ok) {
    const layer = L.geoJSON(await answer.json(), { interactive: false, style: { color: token("map-border"), weight: 1, fill: false } }).addTo(map);
    if (!marks.getLayers().length && layer.getBounds().isValid()) map.fitBounds(layer.getBounds(), { animate: false });
  }
  element.dataset.ready = "true";
}

/** @param {HTMLElement | null} one */
function choose(one) {
  if (one === chosen) return;
  chosen?.removeAttribute("data-chosen");
  chosen = one;
  put(false);
  marks.clearLayers();
  if (!one) return;
  one.setAttribute("data-chosen", "");
  /** @type {[number, number][]} */
  const points = [];
  for (const place of [one, ...one.querySelectorAll("[data-answer]")]) {
    const { lon, lat } = /** @type {HTMLElement} */ (place).dataset;
    if (!lon || !lat) continue;
    const at = /** @type {[number, number]} */ ([Number(lat), Number(lon)]);
    const look = place === one ? { className: "call-pin", iconSize: [22, 22], iconAnchor: [11, 22] } : { className: "spot-ring", iconSize: [30, 30] };
    L.marker(at, { icon: L.divIcon(/** @type {any} */ (look)), interactive: false, keyboard: false, alt: "" }).addTo(marks);
    points.push(at);
  }
  if (points.length) map.fitBounds(L.latLngBounds(points), { maxZoom: 16, padding: [40, 40], animate: false });
}

/** @param {boolean} on */
function put(on) {
  isPutting = on;
  element.classList.toggle("is-picking", on);
  for (const each of list.querySelectorAll("[data-put]")) each.setAttribute("aria-pressed", String(on && each.closest("[data-pin]") === chosen));
}

const ofEvent = (/** @type {Event} */ event) =>
  /** @type {HTMLElement | null} */ (event.target instanceof Element ? event.target.closest("[data-pin]") : null);
list.addEventListener("focusin", (event) => choose(ofEvent(event)));
list.addEventListener("click", (event) => {
  choose(ofEvent(event));
  if (!(event.target instanceof Element && event.target.closest("[data-put]"))) return;
  put(!isPutting);
  if (isPutting) toast(say("pick_point"));
});
map.on("click", async (/** @type {any} */ event) => {
  if (!isPutting || !chosen) return;
  const values = { outcome: "MOVED", lon: event.latlng.lng.toFixed(6), lat: event.latlng.lat.toFixed(6) };
  put(false);
  await send(chosen.dataset.settleUrl ?? "", values);
});
document.body.addEventListener("done", () => document.body.dispatchEvent(new CustomEvent("pins:changed")));
document.addEventListener("live:fact", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.name.startsWith("incidents.pin_")) document.body.dispatchEvent(new CustomEvent("pins:changed"));
});
document.body.addEventListener("htmx:afterSwap", () => {
  writeTimes(list);
  if (!chosen?.isConnected) choose(list.querySelector("[data-pin]"));
});

showRegions();
choose(list.querySelector("[data-pin]"));

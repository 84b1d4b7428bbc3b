/** The page of a call-taker: one call in full with its map, the others beside it. */

import { addBasemap, token } from "./basemap.js";
import { followCaller } from "./caller-location.js";
import { aside, current, follow } from "./call-desk.js";
import { onKey } from "./keys.js";
import { fetchForm } from "./dialogs.js";

const STEP = 10;
const METRES_PER_DEGREE = 111_195;
const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const host = /** @type {HTMLElement} */ (main.querySelector("[data-call-host]"));
const element = /** @type {HTMLElement} */ (document.getElementById("map"));

const options = JSON.parse(document.getElementById("map-options")?.textContent ?? "{}");
const map = new L.Map.DjangoMap("map", { djoptions: { ...options, scale: null }, zoomControl: false, keyboard: false });
map.attributionControl?.setPrefix("");
addBasemap(map, JSON.parse(document.getElementById("basemap")?.textContent || "{}"), element.dataset.language);
new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(element);
showRegions();

async function showRegions() {
  const answer = await fetch(element.dataset.regionsUrl ?? "", { credentials: "same-origin" }).catch(() => null);
  if (answer?.ok) {
    const style = { color: token("map-border"), weight: 1, fill: false };
    const layer = L.geoJSON(await answer.json(), { interactive: false, style }).addTo(map);
    document.addEventListener("theme:change", () => layer.setStyle({ color: token("map-border") }));
    if (!pin && layer.getBounds().isValid()) map.fitBounds(layer.getBounds(), { animate: false });
  }
  element.dataset.ready = "true";
}

/* The pin is the form's point; whatever puts one there moves it, and moving it puts the point. */

/** @type {any} */
let pin = null;
/** @type {any} */
let ring = null;

const field = (/** @type {string} */ name) => /** @type {HTMLInputElement | null} */ (host.querySelector(`[name=${name}]`));

function showPin() {
  const [lon, lat] = [field("lon")?.value, field("lat")?.value];
  if (!lon || !lat) {
    pin?.remove();
    pin = null;
    return;
  }
  const at = /** @type {[number, number]} */ ([Number(lat), Number(lon)]);
  if (!pin) {
    const icon = L.divIcon({ className: "call-pin", iconSize: [22, 22], iconAnchor: [11, 22] });
    pin = L.marker(at, { icon, draggable: true, keyboard: false, alt: "" }).addTo(map);
    pin.on("dragend", () => put(pin.getLatLng().lng, pin.getLatLng().lat));
  }
  pin.setLatLng(at);
  if (!map.getBounds().pad(-0.1).contains(at) || map.getZoom() < 14) map.setView(at, Math.max(map.getZoom(), 16), { animate: false });
}

/** @param {number} lon @param {number} lat */
function put(lon, lat, label = "") {
  const [x, y] = [field("lon"), field("lat")];
  if (!x || !y) return;
  x.value = lon.toFixed(6);
  y.value = lat.toFixed(6);
  const says = host.querySelector("[data-point]");
  if (says) says.textContent = `${label} ${lat.toFixed(5)}, ${lon.toFixed(5)}`.trim();
  x.dispatchEvent(new CustomEvent("point:put", { bubbles: true }));
}

host.addEventListener("point:put", showPin);
host.addEventListener("combo:taken", (event) => {
  const { lon, lat, label } = /** @type {CustomEvent} */ (event).detail;
  if (lon) put(Number(lon), Number(lat), label);
});
map.on("click", (/** @type {any} */ event) => put(event.latlng.lng, event.latlng.lat));
element.addEventListener("keydown", (event) => {
  const east = { ArrowLeft: -1, ArrowRight: 1 }[event.code] ?? 0;
  const north = { ArrowDown: -1, ArrowUp: 1 }[event.code] ?? 0;
  if (!pin || !(east || north)) return;
  event.preventDefault();
  const metres = event.shiftKey ? 10 * STEP : STEP;
  const { lat, lng } = pin.getLatLng();
  const up = metres / METRES_PER_DEGREE;
  put(lng + (east * up) / Math.cos((lat * Math.PI) / 180), lat + north * up);
});
document.addEventListener("spot:pointed", (event) => {
  const { lon, lat } = /** @type {CustomEvent} */ (event).detail ?? {};
  ring?.remove();
  ring = lon ? L.marker([lat, lon], { icon: L.divIcon({ className: "spot-ring", iconSize: [40, 40] }), interactive: false, keyboard: false }).addTo(map) : null;
  if (ring && !map.getBounds().contains([lat, lon])) map.panTo([lat, lon], { animate: false });
});
followCaller(map);

/* From one call to the next. */

let turn = 0;

/**
 * Put a form on the page: a new call, or one that was parked; of two wanted meanwhile the last. What stands there is written on until the
 * other has come, and is put aside then, so that each key falls into one call or the other. @param {string} [key]
 */
async function next(key = "") {
  const { newUrl = "", pageUrl = "" } = main.dataset;
  const mine = ++turn;
  if (key && current()?.record.key === key) return;
  const html = await fetchForm(key ? `${newUrl}?call=${key}` : newUrl);
  if (!html || mine !== turn) return;
  const before = current();
  host.innerHTML = html.replace(" data-close>", ">");
  if (before) aside(before);
  htmx.process(host);
  history.replaceState(null, "", key ? `${pageUrl}${key}/` : pageUrl);
  began();
}

function began() {
  showPin();
  follow();
  markCurrent();
  /** @type {HTMLElement | null} */ (host.querySelector("[aria-invalid=true], [data-focus]"))?.focus();
}

host.addEventListener("click", (event) => event.target instanceof Element && event.target.closest("[data-park]") && next());
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("[data-parked]") : null;
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  next(/** @type {HTMLElement} */ (link).dataset.parked);
});
host.addEventListener("keydown", (event) => {
  if (event.code !== "Escape" || event.defaultPrevented || event.isComposing) return;
  event.preventDefault();
  next();
});
onKey("new_call", () => void next());
document.addEventListener("call:open", (event) => void next(/** @type {CustomEvent} */ (event).detail));
onKey("resume_call", () => void /** @type {HTMLElement | null} */ (document.querySelector("[data-parked]"))?.click());
document.body.addEventListener("done", (event) => {
  const { call } = /** @type {CustomEvent} */ (event).detail;
  if (call && host.querySelector(`[data-call="${call}"]`)) next();
});
function markCurrent() {
  const key = current()?.record.key;
  for (const each of document.querySelectorAll("[data-parked]")) {
    if (/** @type {HTMLElement} */ (each).dataset.parked === key) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
}
document.body.addEventListener("htmx:afterSettle", markCurrent);

began();

/** The page of one incident: kept fresh while it is open, with a small map. */

import "./call.js";
import "./widgets.js";
import { addBasemap } from "./basemap.js";
import { writeTimes } from "./clock.js";
import { isTyping, onKey } from "./keys.js";
import { Idiomorph } from "../vendor/idiomorph.js";

const box = /** @type {HTMLElement} */ (document.getElementById("incident"));
let timer = 0;

async function refresh() {
  const answer = await fetch(box.dataset.url ?? "", { credentials: "same-origin", cache: "no-cache", headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.status === 404) return box.replaceChildren(await answer.text()); // it was shared, and is no more
  if (!answer?.ok) return;
  const keep = { beforeNodeMorphed: (/** @type {Node} */ old) => !(old instanceof HTMLElement && "keep" in old.dataset) };
  Idiomorph.morph(box, await answer.text(), { morphStyle: "innerHTML", ignoreActiveValue: isTyping(document.activeElement), callbacks: keep });
  htmx.process(box);
  writeTimes(box);
}

function ask() {
  clearTimeout(timer);
  timer = setTimeout(refresh, 60 + Math.random() * 200);
}

document.addEventListener(`live:incident:${box.dataset.id}`, ask);
document.addEventListener("live:resync", ask);
document.body.addEventListener("done", ask);

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("[data-print]")) window.print();
  const step = /** @type {HTMLElement | null} */ (target?.closest("[data-post][data-shows]"));
  const code = step?.closest("[data-unit]")?.querySelector(".unit-step");
  if (step && code) code.textContent = step.dataset.shows ?? "";
});

onKey("unit", (event) => {
  const button = /** @type {HTMLElement | null} */ (box.querySelector(`[data-unit-number="${event.code.slice(-1)}"] button`));
  if (!button) return false;
  button.focus();
});

onKey("note", () => {
  const field = document.getElementById("note-words");
  if (!field) return false;
  field.focus();
});

if (box.querySelector(".uploads, a[data-view]")) import("./incident-files.js");
else document.addEventListener(`live:incident:${box.dataset.id}`, () => import("./incident-files.js"), { once: true }); // one may come

async function showMap() {
  const place = document.getElementById("incident-map");
  const holder = /** @type {HTMLTemplateElement | null} */ (document.getElementById("incident-map-options"));
  if (!place || !holder) return;
  const options = JSON.parse(holder.content.querySelector("script")?.textContent ?? "{}");
  const at = /** @type {[number, number]} */ ([Number(place.dataset.lat), Number(place.dataset.lon)]);
  const map = new L.Map.DjangoMap(place, { djoptions: { ...options, center: at, zoom: Number(place.dataset.zoom ?? 15) }, zoomControl: false, keyboard: false, scrollWheelZoom: false });
  map.attributionControl?.setPrefix("");
  const answer = place.dataset.basemapUrl ? await fetch(place.dataset.basemapUrl, { credentials: "same-origin" }).catch(() => null) : null;
  if (answer?.ok) addBasemap(map, await answer.json(), place.dataset.language ?? "");
  const html = `<svg class="level" viewBox="0 0 24 24" aria-hidden="true"><use href="#glyph-${place.dataset.level}"></use></svg>`;
  L.marker(at, { icon: L.divIcon({ className: "spot", html, iconSize: [26, 26] }), interactive: false, keyboard: false, alt: "" }).addTo(map);
}

showMap();

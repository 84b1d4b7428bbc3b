/** The page of one watched area: its border, or the rectangle around it, on a small map. */

import { addBasemap, token } from "./basemap.js";

async function show() {
  const place = document.getElementById("area-map");
  const holder = /** @type {HTMLTemplateElement | null} */ (document.getElementById("area-map-options"));
  const shape = document.getElementById("area-shape")?.textContent;
  if (!place || !holder || !shape) return;
  const options = JSON.parse(holder.content.querySelector("script")?.textContent ?? "{}");
  const map = new L.Map.DjangoMap(place, { djoptions: { ...options, scale: null }, zoomControl: true, keyboard: true, scrollWheelZoom: false });
  map.attributionControl?.setPrefix("");
  const look = () => ({ color: token("edge"), weight: 2, dashArray: "6 4", fillOpacity: 0.08 });
  /** @type {any} */
  const layer = L.geoJSON(JSON.parse(shape), { interactive: false, style: look }).addTo(map);
  map.fitBounds(layer.getBounds(), { padding: [24, 24], animate: false });
  document.addEventListener("fresh", () => {
    layer.clearLayers(); // less of it may be shown than before
    layer.addData(JSON.parse(document.getElementById("area-shape")?.textContent ?? "{}"));
  });
  document.addEventListener("theme:change", () => layer.setStyle(look));
  const answer = place.dataset.basemapUrl ? await fetch(place.dataset.basemapUrl, { credentials: "same-origin" }).catch(() => null) : null;
  if (answer?.ok) addBasemap(map, await answer.json(), place.dataset.language ?? "");
  place.dataset.ready = "true";
}

show();

/** The operations screen: queue, map and panel joined; what the socket says is fetched, not believed. */

import "./widgets.js";
import { say, writeTimes } from "./clock.js";
import { isTyping, onKey } from "./keys.js";
import { OperationsMap } from "./map.js";
import { morpher, Queue } from "./queue.js";
import { closeDialog, openDialog, toast } from "./dialogs.js";

/** @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const queue = new Queue(part("queue"));
const map = new OperationsMap(part("map"));
const panel = part("panel");
const table = part("table");

const PLACE_ZOOM = 16;
const RING = 20_000;

/* Incidents: from the rows to the map. */

function spots() {
  return [...queue.rows(), ...queue.held.values()]
    .filter((row) => row.dataset.lon)
    .map((row) => ({
      id: row.dataset.id ?? "",
      number: row.dataset.number ?? "",
      level: Number(row.dataset.level),
      lon: Number(row.dataset.lon),
      lat: Number(row.dataset.lat),
      title: row.dataset.title ?? "",
      isNew: row.dataset.group === "new",
    }));
}

/* The panel of the chosen incident. */

let shown = "";
let asked = 0;

/** What stands there about the same thing stays: who is present comes by another way. @param {Node} old @param {Node} fresh */
const beforeNodeMorphed = (old, fresh) => !(old instanceof HTMLElement && fresh instanceof HTMLElement && old.dataset.here && old.dataset.here === fresh.dataset.here);

/** @param {HTMLElement | null} row */
async function showPanel(row) {
  const url = row ? `${row.dataset.url}panel/` : (panel.dataset.emptyUrl ?? "");
  const ticket = ++asked;
  const answer = await fetch(url, { credentials: "same-origin", cache: "no-cache", headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || ticket !== asked) return;
  const [html, { Idiomorph }] = await Promise.all([answer.text(), shown === url ? morpher() : { Idiomorph: null }]);
  if (ticket !== asked) return;
  if (Idiomorph) Idiomorph.morph(panel, html, { morphStyle: "innerHTML", ignoreActiveValue: isTyping(document.activeElement), callbacks: { beforeNodeMorphed } });
  else panel.innerHTML = html;
  shown = url;
  htmx.process(panel);
  writeTimes(panel);
  map.choose(row?.dataset.id ?? "", unitsOfPanel());
  if (row) import("./presence.js").catch(() => null); // who else is there; fetched with the first incident that is chosen
  document.dispatchEvent(new CustomEvent("panel:shown"));
}

function unitsOfPanel() {
  return [...panel.querySelectorAll("[data-unit]")].map((each) => Number(/** @type {HTMLElement} */ (each).dataset.unit));
}

/** Point the actions at the chosen incident. @param {HTMLElement | null} row */
function aimActions(row) {
  const may = new Set((row?.dataset.may ?? "").split(" "));
  for (const each of document.querySelectorAll("[data-verb]")) {
    const button = /** @type {HTMLButtonElement} */ (each);
    const verb = button.dataset.verb ?? "";
    const may_now = Boolean(row) && (verb === "open" || may.has(verb));
    button.disabled = !may_now;
    if (verb === "open") button.dataset.href = row?.dataset.url ?? "";
    else if (verb === "triage") button.dataset.post = may_now ? `${row?.dataset.url}triage/` : "";
    else button.dataset.dialogUrl = may_now ? `${row?.dataset.url}${verb}/` : "";
  }
}

let panelTimer = 0;

/** The chosen incident or one of its units changed: fetch it again, soon. */
function askPanel() {
  clearTimeout(panelTimer);
  panelTimer = setTimeout(() => showPanel(queue.chosen), 60 + Math.random() * 120);
}

document.addEventListener("queue:chosen", (event) => {
  const row = /** @type {CustomEvent} */ (event).detail;
  aimActions(row);
  const address = new URL(location.href);
  if (row) address.searchParams.set("incident", row.dataset.number);
  else address.searchParams.delete("incident");
  history.replaceState(null, "", address);
  map.choose(row?.dataset.id ?? "", []);
  clearTimeout(panelTimer);
  panelTimer = setTimeout(() => showPanel(row), 40);
  if (!table.hidden) askTable();
});

document.addEventListener("queue:changed", (event) => {
  map.showSpots(spots());
  aimActions(queue.chosen);
  if (queue.chosen && /** @type {CustomEvent} */ (event).detail.includes(queue.chosen.dataset.id)) askPanel();
});

document.addEventListener("queue:again", (event) => map.visit(/** @type {CustomEvent} */ (event).detail.dataset.id));
document.addEventListener("spot:pressed", (event) => queue.choose(/** @type {CustomEvent} */ (event).detail));

document.addEventListener("unit:pressed", (event) => {
  const { unit } = /** @type {CustomEvent} */ (event).detail;
  openDialog(`${part("map").dataset.unitUrl}${unit.id}/`);
});

/* News. */

document.addEventListener("live:fact", (event) => {
  const about = /** @type {string[]} */ (/** @type {CustomEvent} */ (event).detail.about ?? []);
  const ids = about.filter((each) => each.startsWith("incident:")).map((each) => each.slice(9));
  const units = about.filter((each) => each.startsWith("unit:")).map((each) => Number(each.slice(5)));
  queue.ask(ids);
  if (!units.length) return;
  map.askUnitsSoon();
  if (!ids.length && (!queue.chosen || unitsOfPanel().some((id) => units.includes(id)))) askPanel();
});

document.addEventListener("mode:changed", () => queue.refetch());

document.addEventListener("live:resync", () => {
  queue.refetch();
  map.loadUnits();
  askPanel();
});

/* The table that stands in for the map. */

let tableTimer = 0;

function askTable() {
  clearTimeout(tableTimer);
  tableTimer = setTimeout(async () => {
    const center = map.map.getCenter();
    const from = queue.chosen?.dataset.lon ? `incident=${queue.chosen.dataset.number}` : `lon=${center.lng.toFixed(6)}&lat=${center.lat.toFixed(6)}`;
    const answer = await fetch(`${table.dataset.url}?${from}`, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) return;
    table.innerHTML = await answer.text();
    writeTimes(table);
  }, 120);
}

function toggleTable() {
  const on = table.hidden;
  table.hidden = !on;
  part("map").hidden = on;
  part("map-tools").dataset.view = on ? "table" : "map";
  part("map-list").setAttribute("aria-pressed", String(on));
  if (!on) map.map.invalidateSize({ pan: false });
  else askTable();
}

table.addEventListener("click", (event) => {
  const row = event.target instanceof Element ? event.target.closest("[data-choose]") : null;
  if (row) queue.choose(/** @type {HTMLElement} */ (row).dataset.choose ?? "");
});

part("map-list").addEventListener("click", toggleTable);

/* Coverage comes with its first use. */

/** @type {Promise<any> | null} */
let cover = null;

part("map-cover").addEventListener("click", async () => {
  cover ??= import("./coverage.js").then(({ Coverage }) => new Coverage(map.map, part("cover"), part("map-cover")));
  (await cover).toggle();
});

for (const each of document.querySelectorAll("[data-layer]")) {
  const box = /** @type {HTMLInputElement} */ (each);
  box.addEventListener("change", () => map.showLayer(box.dataset.layer ?? "", box.dataset.url ?? "", box.checked));
}

/* Keys. */

onKey("next", () => queue.step(1));
onKey("previous", () => queue.step(-1));
onKey("first", (event) => (event.target === queue.list || event.target === document.body ? queue.step(-1e6) : false));
onKey("last", (event) => (event.target === queue.list || event.target === document.body ? queue.step(1e6) : false));
onKey("locate", (event) => {
  if (event.target instanceof HTMLButtonElement || !queue.chosen) return false;
  map.visit(queue.chosen.dataset.id ?? "");
});
onKey("enter", (event) => {
  if (event.target !== queue.list && event.target !== document.body) return false;
  const open = /** @type {HTMLButtonElement | null} */ (document.querySelector('[data-verb="open"]'));
  if (!open || open.disabled) return false;
  open.click();
});
onKey("unit", (event) => {
  const number = event.code.slice(-1);
  const button = /** @type {HTMLElement | null} */ (panel.querySelector(`[data-unit-number="${number}"] button`));
  if (!button) return false;
  button.focus();
});
onKey("back", () => {
  const active = document.activeElement;
  if (active instanceof HTMLElement && panel.contains(active)) return void queue.list.focus();
  if (queue.chosen) queue.choose("");
});

for (const tab of document.querySelectorAll("[data-queue-show]")) {
  tab.addEventListener("click", () => queue.filter(tab.getAttribute("data-queue-show") ?? "all"));
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const open = /** @type {HTMLElement | null} */ (target?.closest("[data-href]"));
  if (open?.dataset.href) location.assign(open.dataset.href);
  const step = /** @type {HTMLElement | null} */ (target?.closest("[data-post][data-shows]"));
  if (step) expect(step);
});

/** Show at once what a step will make of the unit; the server's answer replaces it. @param {HTMLElement} button */
function expect(button) {
  const row = button.closest("[data-unit]");
  const code = row?.querySelector(".unit-step");
  if (!row || !code) return;
  code.textContent = button.dataset.shows ?? "";
  row.setAttribute("aria-busy", "true");
  setTimeout(() => row.isConnected && row.getAttribute("aria-busy") === "true" && askPanel(), 2500);
}

/* What search found: an open incident is chosen here, a place is shown here. */

document.addEventListener("found:taken", (event) => {
  const { incident, lon, lat } = /** @type {CustomEvent} */ (event).detail;
  if (incident && (queue.row(incident) || queue.held.has(incident))) {
    event.preventDefault();
    chooseSoon(incident);
    map.visit(incident);
    queue.list.focus({ preventScroll: true });
  } else if (lon) {
    event.preventDefault();
    showPlace(Number(lon), Number(lat));
  }
});

/** Show a place on the map and ring it for a while. @param {number} lon @param {number} lat */
function showPlace(lon, lat) {
  if (!Number.isFinite(lon) || !Number.isFinite(lat) || Math.abs(lon) > 180 || Math.abs(lat) > 90) return;
  if (part("map").hidden) toggleTable();
  map.moveTo([lat, lon], Math.max(PLACE_ZOOM, map.map.getZoom()));
  map.point({ lon, lat });
  setTimeout(() => map.point(null), RING);
}

/** What the address names besides an incident: `?at=lon,lat` a place, `?unit=7` a unit. */
function showWhatWasAskedFor() {
  const asks = new URL(location.href).searchParams;
  const [lon, lat] = (asks.get("at") ?? "").split(",").map(Number);
  if (asks.has("at")) showPlace(lon, lat);
  const unit = asks.get("unit") ?? "";
  if (/^\d+$/.test(unit)) openDialog(`${part("map").dataset.unitUrl}${unit}/`);
}

/* What is drawn in the room that is open stands on the map; a place that is pressed in it is gone to. */

/** @type {Promise<import("./sketches.js").Sketches> | null} */
let sketches = null;

document.addEventListener("room:drawn", async (event) => {
  const marks = /** @type {CustomEvent} */ (event).detail;
  if (!marks.length && !sketches) return;
  sketches ??= import("./sketches.js").then(({ Sketches }) => new Sketches(map.map, "sketches"));
  (await sketches).show(marks);
});

document.addEventListener("place:wanted", (event) => {
  event.preventDefault();
  const { lon, lat, points } = /** @type {CustomEvent} */ (event).detail;
  if (points.length === 1) return showPlace(lon, lat);
  if (part("map").hidden) toggleTable();
  const bounds = L.latLngBounds(points.map((/** @type {[number, number]} */ [x, y]) => [y, x]));
  map.moveTo([lat, lon], Math.min(PLACE_ZOOM, map.map.getBoundsZoom(bounds, false, L.point(60, 60))));
});

/* Watched areas that others show to us. */

/** @type {Promise<import("./shown-areas.js").ShownAreas> | null} */
let areas = null;

function showAreas() {
  areas ??= import("./shown-areas.js").then(({ ShownAreas }) => new ShownAreas(map.map, part("map").dataset.areasUrl ?? "", /** @type {HTMLInputElement} */ (part("map-areas"))));
  areas.then((each) => each.load()).catch(() => (areas = null));
}

document.addEventListener("live:fact", (event) => {
  const { name, about } = /** @type {CustomEvent} */ (event).detail;
  if (name.startsWith("access.share") && about.some((/** @type {string} */ each) => /^(shown:)?geofence:/.test(each))) showAreas();
});
document.addEventListener("live:resync", () => areas && showAreas());
if ("areas" in part("map").dataset) showAreas();

/* What our own commands changed, without waiting for the news of it. */

document.body.addEventListener("done", (event) => {
  const { incident, choose } = /** @type {CustomEvent} */ (event).detail;
  if (incident) queue.ask([String(incident)]);
  askPanel();
  if (choose) chooseSoon(String(choose));
});

/** Choose an incident as soon as its row is here. @param {string} id */
function chooseSoon(id, tries = 20) {
  if (queue.held.has(id)) queue.order();
  if (queue.row(id)) return queue.choose(id);
  if (tries) setTimeout(() => chooseSoon(id, tries - 1), 150);
}

/* Where a caller's phone is belongs on the map; its script comes with the first form for a call. */

let hasCaller = false;

document.addEventListener("dialog:shown", () => {
  if (hasCaller || !document.getElementById("call-type")) return;
  hasCaller = true;
  import("./caller-location.js").then((caller) => caller.followCaller(map.map)).catch(() => (hasCaller = false));
});

document.addEventListener("spot:pointed", (event) => map.point(/** @type {CustomEvent} */ (event).detail));

/* The form for a new call asks the map for a point. */

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target.closest("[data-pick-point]") : null;
  const dialog = target?.closest("dialog");
  if (!dialog) return;
  if (part("map").hidden) toggleTable();
  const html = /** @type {HTMLElement} */ (dialog.firstElementChild);
  dialog.close("picking");
  map.pick((lon, lat) => {
    dialog.replaceChildren(html);
    dialog.returnValue = "";
    dialog.showModal();
    put(dialog, lon, lat, say("point_chosen"));
  });
});

document.addEventListener("combo:taken", (event) => {
  const { lon, lat, label } = /** @type {CustomEvent} */ (event).detail;
  const dialog = /** @type {HTMLElement} */ (event.target).closest("dialog");
  if (dialog && lon) put(dialog, Number(lon), Number(lat), label ?? "");
});

/** @param {Element} dialog @param {number} lon @param {number} lat @param {string} label */
function put(dialog, lon, lat, label) {
  const field = (/** @type {string} */ name) => /** @type {HTMLInputElement | null} */ (dialog.querySelector(`[name=${name}]`));
  const [x, y] = [field("lon"), field("lat")];
  if (!x || !y) return;
  x.value = lon.toFixed(6);
  y.value = lat.toFixed(6);
  x.dispatchEvent(new CustomEvent("point:put", { bubbles: true }));
  const says = dialog.querySelector("[data-point]");
  if (says) says.textContent = `${label} ${lat.toFixed(5)}, ${lon.toFixed(5)}`.trim();
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLElement} */ (event.target);
  if (form.closest("dialog")) form.setAttribute("aria-busy", "true");
});

map.showSpots(spots());
map.load().then(showWhatWasAskedFor);
queue.filter(new URL(location.href).searchParams.get("show") ?? "all");
aimActions(queue.chosen);
if (queue.chosen) showPanel(queue.chosen);
export { closeDialog, toast };

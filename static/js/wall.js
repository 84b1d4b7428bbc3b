/**
 * A screen that nobody sits at (`?kiosk=1`): it stays awake, says when its picture stands, and begins afresh at night. On a wall
 * (a distance and a pixel pitch are known) letters have the size they need there, and rows that do not fit are counted, never shrunk.
 */

import { everySecond, now, say, timeOfDay } from "./clock.js";

const KEPT = "wall";
/** Visual angle of text and the share of a letter's box that its glyph fills. */
const ANGLE = 25 / 60;
const FILLED = 0.92;
const SMALLEST = 16;
const STALE_AFTER = 15_000;
const FRESH_FOR = 20 * 3600_000;
const QUIET_FOR = 60_000;
const NIGHT = { from: 3, until: 5 };
const TRY_AGAIN = 60_000;

/* How large. */

/** Root font size in pixels for a wall. @param {number} metres @param {number} pitch - millimetres from pixel to pixel */
export function pixels(metres, pitch) {
  const glyph = 2 * metres * 1000 * Math.tan(((ANGLE / 2) * Math.PI) / 180);
  return Math.max(SMALLEST, Math.round(glyph / FILLED / pitch));
}

/** What was asked once for this wall; the address may say it anew. */
function measures() {
  const address = new URL(location.href);
  const said = { distance: Number(address.searchParams.get("distance")), pitch: Number(address.searchParams.get("pitch")) };
  const isSaid = said.distance > 0 && said.distance <= 60 && said.pitch >= 0.05 && said.pitch <= 20;
  if (isSaid) localStorage.setItem(KEPT, JSON.stringify(said));
  for (const name of ["distance", "pitch"]) address.searchParams.delete(name);
  history.replaceState(null, "", address);
  return isSaid ? said : JSON.parse(localStorage.getItem(KEPT) ?? "null");
}

const wall = measures();
const root = document.documentElement;
if (wall) {
  const size = pixels(wall.distance, wall.pitch);
  root.dataset.wall = String(size);
  root.style.fontSize = `${size}px`;
  root.style.setProperty("--wall-scale", String(Math.min(2, Math.max(1, size / 28))));
}

/* What fits. */

/** Lists that may be longer than a wall, and what a row of each is. */
const LISTS = [["#queue", "[role=option]"], [".cards", ".board-card"], [".alarm-lines", ".alarm"], [".map-table", "tbody tr"]];
const MOST_UNITS = 3;
/** @type {WeakMap<Element, HTMLElement>} */
const counts = new WeakMap();

/** Show the rows that fit whole, drop the rest and say how many. @param {HTMLElement} list @param {string} rows */
function fit(list, rows) {
  const all = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(rows)]);
  for (const row of all) row.classList.remove("is-dropped");
  const line = counts.get(list) ?? counted(list);
  line.hidden = true;
  const shown = all.filter((row) => row.getClientRects().length > 0);
  const more = Number(/** @type {HTMLElement | null} */ (list.querySelector("[data-more]"))?.dataset.more ?? 0); // not listed at all
  if (!wall || (list.scrollHeight <= list.clientHeight + 1 && !more)) return;
  line.hidden = false;
  const bottom = list.getBoundingClientRect().top + list.clientHeight + 1;
  const dropped = shown.slice(1).filter((row) => row.getBoundingClientRect().bottom > bottom);
  for (const row of dropped) row.classList.add("is-dropped");
  line.hidden = dropped.length + more === 0;
  line.textContent = say("wall_more", { n: dropped.length + more });
}

/** The line under a list. @param {HTMLElement} list */
function counted(list) {
  const line = Object.assign(document.createElement("p"), { className: "wall-more num", hidden: true });
  list.after(line);
  counts.set(list, line);
  return line;
}

/** A card tells its first units and how many more it has. @param {HTMLElement} list */
function few(list) {
  const all = [...list.children].filter((each) => !each.classList.contains("wall-units"));
  all.forEach((each, at) => each.classList.toggle("is-dropped", at >= MOST_UNITS));
  const rest = all.length - MOST_UNITS;
  const line = list.querySelector(".wall-units") ?? list.appendChild(Object.assign(document.createElement("li"), { className: "wall-units num" }));
  const text = rest > 0 ? `+${rest}` : "";
  if (line.textContent !== text) line.textContent = text;
}

let isFitting = false;

function fitSoon() {
  if (isFitting || !wall) return;
  isFitting = true;
  requestAnimationFrame(() => {
    isFitting = false;
    for (const list of document.querySelectorAll(".card-units")) few(/** @type {HTMLElement} */ (list));
    for (const [lists, rows] of LISTS) for (const list of document.querySelectorAll(lists)) fit(/** @type {HTMLElement} */ (list), rows);
  });
}

if (wall) {
  const main = document.getElementById("main") ?? document.body;
  new MutationObserver((changes) => {
    const isOurs = (/** @type {Node} */ node) => node instanceof Element && node.matches(".wall-more, .wall-units");
    const news = changes.filter(({ target, addedNodes }) => !isOurs(target) && ![...addedNodes].some(isOurs));
    if (news.some(({ target }) => target instanceof Element && target.closest("#queue, .cards, #alarm-strip, .map-table"))) fitSoon();
  }).observe(main, { childList: true, subtree: true });
  const sizes = new ResizeObserver(fitSoon); // a banner or more alarms take room from the others
  for (const list of document.querySelectorAll("#queue, .cards, #alarm-strip, .map-table")) sizes.observe(list);
  fitSoon();
}

/* Awake. */

async function stayAwake() {
  if (document.visibilityState !== "visible") return;
  await navigator.wakeLock?.request("screen").catch(() => null); // refused on battery: the screen's own settings decide then
}

document.addEventListener("visibilitychange", stayAwake);
stayAwake();

/* Whether the picture is true: the link says so, or a fault in a script says no. */

let upSince = 0;
let lastTrue = now();
let fault = "";
const banner = Object.assign(document.createElement("p"), { id: "wall-stale", className: "wall-stale", hidden: true });
banner.setAttribute("role", "alert");
document.body.prepend(banner);

document.addEventListener("live:state", (event) => {
  const { connected } = /** @type {CustomEvent} */ (event).detail;
  if (connected) upSince ||= now();
  else upSince = 0;
});
addEventListener("error", (event) => (fault ||= event.message || "?"));
addEventListener("unhandledrejection", () => (fault ||= "?"));

everySecond((moment) => {
  if (upSince && !fault) lastTrue = moment;
  const stands = moment - lastTrue > STALE_AFTER;
  if (stands) banner.textContent = say(fault ? "wall_fault" : "wall_stale", { time: timeOfDay(lastTrue) });
  if (banner.hidden === stands) banner.hidden = !stands;
  root.toggleAttribute("data-stale", stands);
});

/* Afresh: once a night, at a quiet moment, and when a picture is no longer true though the server answers. */

let newsAt = now();
document.addEventListener("live:fact", (event) => {
  if (/^(incidents\.incident_opened|alerts\.)/.test(/** @type {CustomEvent} */ (event).detail.name)) newsAt = now();
});
const openedAt = now();
let triedAt = 0;

/** The hour of the city. @param {number} moment */
const hourOf = (moment) => Number(timeOfDay(moment).slice(0, 2));

function isQuiet(/** @type {number} */ moment) {
  const waits = document.querySelector('#queue [data-group="new"], .alarm[data-state="UNACKED"], dialog[open]');
  return !waits && moment - newsAt > QUIET_FOR;
}

/** Only where the server answers with this page: a wall shows an old picture rather than none. */
async function afresh() {
  const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" }).catch(() => null);
  if (answer?.ok && new URL(answer.url).pathname === location.pathname) location.reload();
}

everySecond((moment) => {
  if (moment - triedAt < TRY_AGAIN) return;
  const hour = hourOf(moment);
  const isNight = hour >= NIGHT.from && hour < NIGHT.until && moment - openedAt > FRESH_FOR && isQuiet(moment);
  const isWrong = moment - lastTrue > 4 * STALE_AFTER;
  if (!isNight && !isWrong) return;
  triedAt = moment;
  afresh();
});

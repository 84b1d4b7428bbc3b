/**
 * The dispatch board: cards in columns and the units beside them. The server writes every card; this puts it into its column, keeps the
 * choice, and turns keys, buttons and drags into the same few commands.
 */

import { writeTimes } from "./clock.js";
import { wireCommand } from "./command-line.js";
import { onKey } from "./keys.js";
import { openDialog, send } from "./dialogs.js";
import { takeIn } from "./dispatch-cards.js";
import { watchArrivals } from "./dispatch-arriving.js";
import { wireDrags } from "./dispatch-drag.js";
import { Idiomorph } from "../vendor/idiomorph.js";

const GATHER = 60;
const SPREAD = 160;
const UNITS_PAUSE = 350;
const RESTING = 220;

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const board = /** @type {HTMLElement} */ (document.getElementById("board"));
const units = /** @type {HTMLElement} */ (document.getElementById("units"));
const filters = /** @type {HTMLFormElement} */ (document.querySelector("[data-unit-filters]"));
const says = /** @type {HTMLElement} */ (document.getElementById("board-says"));
const maySay = "maySay" in main.dataset;
const maySend = "maySend" in main.dataset;

/** The units marked for one command together, by id. @type {Set<string>} */
const marked = new Set();
/** The incident whose units the column shows; empty for all. */
let forIncident = "";
/** The id of the element that was chosen last. */
let chosenId = "";

/** @returns {HTMLElement[]} */
const picks = (/** @type {ParentNode} */ root = main) => [.../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-pick]"))];
const chosen = () => /** @type {HTMLElement | null} */ (chosenId ? document.getElementById(chosenId) : null);
/** @param {HTMLElement | null} pick */
const cardOf = (pick) => /** @type {HTMLElement | null} */ (pick?.closest(".board-card") ?? null);

/** The card of the incident that commands are about. */
function chosenCard() {
  const own = cardOf(chosen());
  if (own) return own;
  const id = main.dataset.incident;
  return id ? /** @type {HTMLElement | null} */ (board.querySelector(`.board-card[data-incident="${id}"]`)) : null;
}

/* The choice. */

/** @param {HTMLElement | null} pick @param {boolean} [focus] */
function choose(pick, focus = true) {
  chosenId = pick?.id ?? "";
  for (const each of picks()) {
    each.tabIndex = -1;
    if (each === pick) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
  const stop = pick ?? picks()[0];
  if (stop) stop.tabIndex = 0;
  if (pick && focus) {
    pick.focus({ preventScroll: true });
    pick.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  const card = cardOf(pick);
  if (card) aim(card);
  showWhatMayBe();
}

/** Commands are about this card's incident from now on, and so are the units shown. @param {HTMLElement | null} card */
function aim(card) {
  const id = card?.dataset.incident ?? "";
  if (main.dataset.incident === id) return;
  main.dataset.incident = id;
  for (const each of board.querySelectorAll(".board-card")) each.classList.toggle("is-aimed", /** @type {HTMLElement} */ (each).dataset.incident === id);
  const address = new URL(location.href);
  if (card) address.searchParams.set("incident", card.dataset.number ?? "");
  else address.searchParams.delete("incident");
  history.replaceState(null, "", address);
  const next = card && (card.dataset.may ?? "").split(" ").includes("dispatch") ? (card.dataset.number ?? "") : "";
  if (next !== forIncident) {
    forIncident = next;
    askUnits(RESTING);
  }
}

/** The units that a command of state is said of: the marked ones, else the chosen one. */
function targets() {
  if (marked.size) return [...marked];
  const pick = chosen();
  return pick?.dataset.unit ? [pick.dataset.unit] : [];
}

function showWhatMayBe() {
  const some = targets().length > 0;
  for (const button of document.querySelectorAll("[data-crew-key]")) /** @type {HTMLButtonElement} */ (button).disabled = !some;
  const more = /** @type {HTMLButtonElement | null} */ (document.querySelector('[data-key="board_more"]'));
  if (more) more.disabled = !chosen()?.dataset.unit;
  const box = /** @type {HTMLElement} */ (document.querySelector("[data-marked]"));
  box.hidden = !marked.size;
  /** @type {HTMLElement} */ (box.querySelector("[data-marked-count]")).textContent = String(marked.size);
  for (const each of picks()) if (each.dataset.unit) each.setAttribute("aria-pressed", String(marked.has(each.dataset.unit)));
}

/** @param {HTMLElement} pick @param {boolean} [on] */
function mark(pick, on = !marked.has(pick.dataset.unit ?? "")) {
  if (!pick.dataset.unit) return;
  if (on) marked.add(pick.dataset.unit);
  else marked.delete(pick.dataset.unit);
  showWhatMayBe();
}

function unmark() {
  marked.clear();
  showWhatMayBe();
}

/* Moving about: up and down within a column, left and right between columns at the same height. */

/** @param {HTMLElement} pick */
const columnOf = (pick) => /** @type {HTMLElement} */ (pick.closest(".column"));

/** @param {number} step */
function stepWithin(step) {
  const from = chosen();
  if (!from) return choose(picks()[0] ?? null);
  const all = picks(columnOf(from));
  const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(from) + step))];
  choose(next ?? from);
  return next;
}

/** @param {number} step */
function stepAcross(step) {
  const from = chosen();
  if (!from) return choose(picks()[0] ?? null);
  const columns = /** @type {HTMLElement[]} */ ([...main.querySelectorAll(".column")]);
  const top = from.getBoundingClientRect().top;
  for (let at = columns.indexOf(columnOf(from)) + step; at >= 0 && at < columns.length; at += step) {
    const there = picks(columns[at]);
    if (!there.length) continue;
    const gap = (/** @type {HTMLElement} */ each) => Math.abs(each.getBoundingClientRect().top - top);
    return choose(there.reduce((best, each) => (gap(each) < gap(best) ? each : best)));
  }
}

/* Fresh cards. */

/** @type {Set<string>} */
const asked = new Set();
let cardTimer = 0;

/** @param {Iterable<string>} ids */
function askCards(ids) {
  for (const id of ids) asked.add(id);
  if (cardTimer || !asked.size) return;
  cardTimer = setTimeout(fetchCards, GATHER + Math.random() * SPREAD);
}

async function fetchCards() {
  const ids = [...asked].slice(0, 100);
  for (const id of ids) asked.delete(id);
  cardTimer = 0;
  await takeCards(`?ids=${ids.sort((a, b) => Number(a) - Number(b)).join(",")}`, (card) => ids.includes(card.dataset.incident ?? ""));
  askCards([]);
}

const refetch = () => takeCards("", () => true);

/** @param {string} query @param {(card: HTMLElement) => boolean} isAskedFor */
async function takeCards(query, isAskedFor) {
  const answer = await fetch(`${main.dataset.cardsUrl}${query}`, { credentials: "same-origin", cache: "no-cache" }).catch(() => null);
  if (!answer?.ok) return;
  const came = document.createElement("template");
  came.innerHTML = await answer.text();
  const fresh = /** @type {HTMLElement[]} */ ([...came.content.querySelectorAll(".board-card")]);
  const held = followed();
  for (const card of fresh) card.classList.toggle("is-aimed", card.dataset.incident === main.dataset.incident);
  takeIn(board, fresh, isAskedFor);
  settle(held);
}

/** What the choice stands for, so that it is found again in another column: the unit, else the incident. */
function followed() {
  const pick = chosen();
  const hadFocus = pick !== null && document.activeElement === pick;
  return { unit: pick?.dataset.assignment ? pick.dataset.unit : "", incident: cardOf(pick)?.dataset.incident ?? "", hadFocus };
}

/** @param {{unit?: string, incident: string, hadFocus: boolean}} held */
function settle(held) {
  const again =
    (held.unit && board.querySelector(`[data-assignment][data-unit="${held.unit}"]`)) ||
    chosen() ||
    (held.incident && board.querySelector(`[data-incident="${held.incident}"] [data-pick]`)) ||
    null;
  writeTimes(board);
  choose(/** @type {HTMLElement | null} */ (again), held.hadFocus);
}

/* The unit column. */

let unitTimer = 0;
let unitTicket = 0;

/** @param {number} [pause] */
function askUnits(pause = UNITS_PAUSE) {
  clearTimeout(unitTimer);
  unitTimer = setTimeout(fetchUnits, pause + Math.random() * 60);
}

async function fetchUnits() {
  const ticket = ++unitTicket;
  const query = new URLSearchParams(/** @type {Record<string, string>} */ (Object.fromEntries(new FormData(filters))));
  if (forIncident) query.set("incident", forIncident);
  const answer = await fetch(`${main.dataset.unitsUrl}?${query}`, { credentials: "same-origin", cache: "no-cache" }).catch(() => null);
  if (!answer?.ok || ticket !== unitTicket) return;
  const html = await answer.text();
  if (ticket !== unitTicket) return;
  const hadFocus = units.contains(document.activeElement);
  Idiomorph.morph(units, html, { morphStyle: "innerHTML" });
  const words = units.querySelector("[data-count-words]")?.textContent;
  const count = document.querySelector("[data-unit-count]");
  if (count && words) count.textContent = words;
  writeTimes(units);
  const pick = chosen();
  choose(pick ?? (hadFocus ? (picks(units)[0] ?? null) : null), hadFocus);
}

filters.addEventListener("input", () => askUnits(120));
filters.addEventListener("submit", (event) => {
  event.preventDefault();
  const first = picks(units)[0];
  if (first) choose(first);
});

/* Commands. */

/** @param {string[]} ids @param {Record<string, string>} what */
export async function say(ids, what) {
  if (!maySay || !ids.length) return;
  if (await send(main.dataset.sayUrl ?? "", { units: ids.join(","), ...what }, main)) unmark();
}

/** @param {HTMLElement} card @param {string[]} ids */
export async function sendTo(card, ids) {
  if (!maySend || !ids.length) return;
  const body = new URLSearchParams(ids.map((id) => ["unit", id]));
  if (await send(`${card.dataset.url}send/`, body, main)) unmark();
}

/** @param {string} verb */
function openVerb(verb) {
  const card = chosenCard();
  if (!card || !(card.dataset.may ?? "").split(" ").includes(verb)) return false;
  openDialog(`${card.dataset.url}${verb}/`);
}

for (const verb of ["dispatch", "status", "note", "task", "edit", "close"]) onKey(verb, () => openVerb(verb));

onKey("next", () => void stepWithin(1));
onKey("previous", () => void stepWithin(-1));
onKey("first", () => void stepWithin(-1e6));
onKey("last", () => void stepWithin(1e6));
onKey("board_left", () => void stepAcross(-1));
onKey("board_right", () => void stepAcross(1));
onKey("board_mark", (event) => {
  const pick = chosen();
  if (event.target !== pick || !pick?.dataset.unit) return false;
  mark(pick);
});
for (const [name, step] of /** @type {[string, number][]} */ ([["board_mark_down", 1], ["board_mark_up", -1]])) {
  onKey(name, () => {
    const from = chosen();
    if (!from?.dataset.unit) return false;
    mark(from, true);
    const next = stepWithin(step);
    if (next) mark(next, true);
  });
}
onKey("crew_key", (event) => {
  if (!targets().length) return false;
  say(targets(), { key: event.code.slice(-1) });
});
onKey("board_command", () => void /** @type {HTMLElement | null} */ (document.getElementById("command-board"))?.focus());
onKey("board_units", () => {
  const first = picks(units)[0];
  if (first) choose(first);
});
onKey("board_more", () => {
  const pick = chosen();
  if (pick?.dataset.unit) openMore(pick);
});
onKey("board_accept", () => {
  const pick = chosen();
  const hint = /** @type {HTMLElement | null} */ (pick?.closest("li")?.querySelector("[data-hint]") ?? board.querySelector("[data-hint]"));
  if (!hint) return false;
  hint.click();
});
onKey("enter", (event) => {
  const pick = chosen();
  if (!pick || event.target !== pick) return false;
  press(pick);
});
onKey("back", () => {
  if (marked.size) return unmark();
  if (units.contains(document.activeElement)) {
    const head = /** @type {HTMLElement | null} */ (chosenCard()?.querySelector("[data-pick]") ?? null);
    if (head) return choose(head);
  }
  choose(null, false);
  aim(null);
  /** @type {HTMLElement | null} */ (document.activeElement)?.blur();
});

/** Enter on what is chosen: a card opens its page, a free unit is sent to the incident, another shows its steps. @param {HTMLElement} pick */
function press(pick) {
  const card = chosenCard();
  if (pick.dataset.pick === "incident") location.assign(cardOf(pick)?.dataset.url ?? "");
  else if ("free" in pick.dataset && card && maySend) sendTo(card, marked.size ? [...marked] : [pick.dataset.unit ?? ""]);
  else openMore(pick);
}

/** @param {HTMLElement} pick */
function openMore(pick) {
  openDialog(pick.dataset.assignment ? `/assignments/${pick.dataset.assignment}/` : `${main.dataset.unitUrl}${pick.dataset.unit}/`);
}

main.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const pick = /** @type {HTMLElement | null} */ (target?.closest("[data-pick]"));
  if (pick && (event.ctrlKey || event.metaKey || event.shiftKey)) mark(pick);
  if (pick) choose(pick);
  const crewKey = /** @type {HTMLElement | null} */ (target?.closest("[data-crew-key]"));
  if (crewKey) say(targets(), { key: crewKey.dataset.crewKey ?? "" });
  if (target?.closest('[data-key="board_more"]')) {
    const at = chosen();
    if (at) openMore(at);
  }
  if (target?.closest("[data-unmark]")) unmark();
  if (target?.closest("[data-all-units]")) {
    forIncident = "";
    askUnits(0);
  }
  const card = cardOf(/** @type {HTMLElement | null} */ (target));
  if (card && !pick) aim(card);
});

main.addEventListener("dblclick", (event) => {
  const pick = /** @type {HTMLElement | null} */ (event.target instanceof Element ? event.target.closest("[data-pick]") : null);
  if (pick) press(pick);
});

/* News. */

document.addEventListener("live:fact", (event) => {
  const about = /** @type {string[]} */ (/** @type {CustomEvent} */ (event).detail.about ?? []);
  askCards(about.filter((each) => each.startsWith("incident:")).map((each) => each.slice(9)));
  const changed = about.filter((each) => each.startsWith("unit:")).map((each) => each.slice(5));
  if (!changed.length) return;
  askUnits();
  askCards(changed.flatMap(incidentsOfUnit));
});

/** @param {string} id */
function incidentsOfUnit(id) {
  return [...board.querySelectorAll(`[data-unit="${id}"]`)].map((line) => cardOf(/** @type {HTMLElement} */ (line))?.dataset.incident ?? "").filter(Boolean);
}

document.addEventListener("live:resync", () => {
  refetch();
  askUnits();
});

document.body.addEventListener("done", (event) => {
  const { incident, sentence } = /** @type {CustomEvent} */ (event).detail;
  if (incident) askCards([String(incident)]);
  else askCards(targets().flatMap(incidentsOfUnit));
  if (sentence) says.textContent = sentence;
  askUnits(80);
});

document.addEventListener("dialog:closed", () => chosen()?.focus({ preventScroll: true }));
document.addEventListener("command:left", () => choose(chosen() ?? picks()[0] ?? null));

wireDrags({ main, picksOf: (pick) => (marked.has(pick.dataset.unit ?? "") ? [...marked] : [pick.dataset.unit ?? ""]), say, sendTo });
watchArrivals(board, askCards);
for (const form of document.querySelectorAll("form[data-command]")) wireCommand(/** @type {HTMLFormElement} */ (form));

const wanted = main.dataset.chosen ? board.querySelector(`.board-card[data-number="${main.dataset.chosen}"] [data-pick]`) : null;
choose(/** @type {HTMLElement | null} */ (wanted), wanted !== null);
main.dataset.ready = "true";

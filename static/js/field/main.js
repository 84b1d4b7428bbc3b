/** The tablet of a crew or a liaison. It draws itself from what it keeps, tells the city when it can, and says how old everything is. */

import { drawCard, drawMine, drawNear, drawQueue } from "./draw.js";
import { noteOrders, wire } from "./entering.js";
import { at, ask, labels, make, notice, toast } from "./page.js";
import { asOfTime, become, cardOf, entries, forgetPerson, known, me, readEntries, recall, refresh, speakFor } from "./picture.js";
import { begin, flush, onChange, session } from "./outbox.js";
import { follow, position, sendFixes } from "./position.js";
import { confirmPush, endPush } from "./push.js";
import { items, keep, kept } from "./store.js";
import { age, clock, clockOffset, now, say, timeOfDay } from "./time.js";
import { want } from "../../live/socket.js";
import { steady } from "../steady.js";

/** @typedef {import("./store.js").Item} Item */

const EVERY = 15_000;
const SLOWEST = 60_000;
const FRESH = 60_000;
const SOON = 400;
const LEAST_APART = 2_000;
const OLD = 120_000;
const CLOCK_OFF = 60_000;
const FULL = 0.8;

let isSignedOut = false;
let isUp = false;
let downSince = 0;
let others = 0;
/** @type {any} */
let area = null;

wire({ isUp: () => isUp, sendSoon: () => sendSoon(true) });

/* What is shown. */

const tabs = ["mine", "near", "queue"];

function route() {
  const [name, number] = location.hash.slice(1).split("/");
  const isCard = name === "incident" && cardOf(number);
  const tab = tabs.includes(name) ? name : "mine";
  document.body.dataset.view = isCard ? "card" : "list";
  for (const each of tabs) at(each).hidden = each !== tab;
  for (const link of document.querySelectorAll("[data-tab]")) link.toggleAttribute("aria-current", /** @type {HTMLElement} */ (link).dataset.tab === tab);
  at("card").hidden = !isCard;
  if (isCard) showCard(number);
}

/** @param {string} number */
function showCard(number) {
  const card = cardOf(number);
  drawCard(at("card"), card);
  const holder = at(`map-${number}`);
  if (holder.dataset.ready || !card.point) return;
  holder.dataset.ready = "true";
  lazyArea().then((module) => module.show(holder, card), () => undefined);
}

async function lazyArea() {
  area ??= import(/** @type {HTMLElement} */ (document.querySelector("script[data-area]")).dataset.area);
  return area;
}

/** @param {string} tab @param {number} number */
function count(tab, number) {
  document.querySelector(`[data-tab=${tab}] [data-count]`).textContent = number ? String(number) : "";
}

function draw() {
  const { fix } = position();
  count("mine", drawMine(at("mine")));
  count("near", drawNear(at("near"), fix?.point ?? null));
  route();
  const waiting = drawQueue(at("queue"), others);
  count("queue", waiting);
  const refused = entries().filter((each) => each.state === "rejected").length;
  at("to-queue").hidden = !waiting;
  at("to-queue").textContent = [waiting - refused && say("waiting", { n: waiting - refused }), refused && say("rejected", { n: refused })].filter(Boolean).join(" · ");
  at("who").textContent = me.name || at("who").textContent;
  at("unit").hidden = !known()?.unit;
  at("unit").textContent = known()?.unit ? known().unit.code : "";
  at("choose-unit").hidden = !known();
  drawCalls();
  drawTimes();
}

/** Own calls for help: heard by the room, or still waiting for a link. */
function drawCalls() {
  const heard = (known()?.calls ?? []).filter((each) => each.kind === "EMERGENCY").at(-1);
  const waiting = entries().some((each) => each.kind === "help" && each.to === "CALL" && ["waiting", "sending"].includes(each.state));
  const isEnding = entries().some((each) => each.kind === "help" && each.to === "END" && each.state !== "rejected");
  notice("called", waiting ? say("help_waiting") : heard && !isEnding ? say("help_heard", { time: clock(Date.parse(heard.called_at)) }) : "");
  at("take-back").hidden = waiting || !heard;
  at("take-back").dataset.call = heard ? String(heard.id) : "";
}

/** What changes with the clock alone. */
function drawTimes() {
  const since = asOfTime();
  const old = since ? (now() - since) / 1000 : 0;
  const words = since ? say(old > OLD / 1000 || !isUp ? "as_of_old" : "as_of", { time: timeOfDay(since), age: age(old) }) : say("as_of_none");
  const off = Math.abs(clockOffset()) > CLOCK_OFF ? ` · ${say("clock_off", { n: age(Math.abs(clockOffset()) / 1000 + 30) })}` : "";
  at("as-of").textContent = words + off;
  at("as-of").classList.toggle("is-old", old > OLD / 1000 || !isUp);
  const link = at("link");
  link.dataset.state = isSignedOut ? "out" : isUp ? "up" : downSince ? "down" : "connecting";
  link.textContent = isSignedOut ? say("signed_out") : isUp ? say("live") : downSince ? say("offline", { age: age((Date.now() - downSince) / 1000) }) : say("connecting");
  const { fix, isRefused, isOld } = position();
  const metres = fix ? Math.round(fix.accuracy) : 0;
  at("position").textContent = fix ? say(isOld ? "position_old" : "position", { n: metres, age: age((now() - fix.at) / 1000) }) : say(isRefused ? "position_refused" : "position_none");
}

/* Sending: with every entry, when the link is back, when somebody looks, every 15 s and slower while nothing answers. */

let sendTimer = 0;
let pause = EVERY;

/** @param {boolean} [isUrgent] */
async function sendSoon(isUrgent = false) {
  clearTimeout(sendTimer);
  const outcome = await flush(isUrgent).catch(() => "down");
  if (outcome === "out") signedOut(true);
  if (outcome === "sent") {
    pause = EVERY;
    freshen();
  } else pause = outcome === "down" ? Math.min(SLOWEST, pause * 2) : EVERY;
  if (outcome === "down") askForSync();
  sendTimer = setTimeout(sendSoon, pause);
}

async function askForSync() {
  const ready = /** @type {any} */ (await navigator.serviceWorker?.ready.catch(() => null));
  await ready?.sync?.register("field-flush").catch(() => undefined);
}

/** @type {Map<number, string>} */
const states = new Map();

onChange(async () => {
  await readEntries();
  const all = await items().catch(() => []);
  others = all.filter((each) => each.person !== me.person && each.state !== "sent").length;
  for (const item of entries()) tellOutcome(item);
  draw();
});

/** Say once what became of an entry. @param {Item} item */
function tellOutcome(item) {
  const before = states.get(item.seq);
  states.set(item.seq, item.state);
  if (before === item.state || before === undefined) return;
  if (item.state === "sent" && !item.tries) return;
  if (item.state === "sent") toast(say("heard", { what: item.label }));
  if (item.state === "rejected") toast(say("was_rejected", { what: item.label, why: item.error }), true);
}

/* News: what happens is told by the socket, and asked for over HTTP. */

let freshTimer = 0;
let freshAt = 0;
/** @type {Promise<void> | null} */
let asking = null;

/** Ask again soon, however many things happen. */
function freshen() {
  clearTimeout(freshTimer);
  const wait = Math.max(SOON * (0.5 + Math.random()), freshAt + LEAST_APART - Date.now());
  freshTimer = setTimeout(fetchPicture, wait);
}

function fetchPicture() {
  clearTimeout(freshTimer);
  freshTimer = setTimeout(fetchPicture, FRESH);
  if (!me.person) return Promise.resolve();
  asking ??= askOnce().finally(() => (asking = null));
  return asking;
}

async function askOnce() {
  freshAt = Date.now();
  const status = await refresh(position().fix?.point ?? null);
  if (status === 200 || status === 304) {
    up(true);
    signedOut(false);
    lazyArea().then((module) => module.prefetch(known()?.incidents ?? []), () => undefined);
  } else if (status === 401) signedOut(true);
  else if (status === 0) up(false);
  draw();
  if (status === 200) await noteOrders();
  await watchQuota();
}

/** @param {boolean} is */
function up(is) {
  if (is && !isUp) sendSoon(true);
  isUp = is;
  downSince = is ? 0 : downSince || Date.now();
  drawTimes();
}

/** @param {boolean} is */
function signedOut(is) {
  isSignedOut = is;
  at("signed-out").hidden = !is;
  drawTimes();
}

/** @param {CustomEvent} event */
function concerns(event) {
  const about = /** @type {string[]} */ (event.detail.about ?? []);
  const mine = new Set([`user:${me.person}`, `unit:${me.unit}`, ...(known()?.incidents ?? []).map((each) => `incident:${each.id}`)]);
  const isNew = ["incidents.task_issued", "incidents.plan_activated", "incidents.unit_dispatched", "incidents.help_call_ended", "chat.order_given", "chat.order_withdrawn"].includes(event.detail.name);
  return isNew || about.some((each) => mine.has(each));
}

document.addEventListener("live:fact", (event) => concerns(/** @type {CustomEvent} */ (event)) && freshen());
document.addEventListener("live:resync", freshen);
document.addEventListener("live:state", (event) => {
  const { connected, signedOut: isOut } = /** @type {CustomEvent} */ (event).detail;
  if (isOut) signedOut(true);
  if (connected && !isUp) fetchPicture();
  if (!connected && isUp) fetchPicture();
});

/* The person, the unit, the version. */

/** @type {Promise<void> | null} */
let greeting = null;

/** Ask who is signed in; another person sees nothing of the one before. */
function greet() {
  greeting ??= greetOnce().finally(() => (greeting = null));
  return greeting;
}

async function greetOnce() {
  const who = await session();
  if (!who) return up(false);
  if (!who.person) return signedOut(true);
  signedOut(false);
  await become(who);
  await keep("map", who.map);
  if (who.version !== document.documentElement.dataset.version) newer();
  await fetchPicture();
  if (!me.unit && known() && !(await kept(`asked:${me.person}`))) await chooseUnit();
  sendFixes(who.csrf).catch(() => undefined);
  confirmPush().catch(() => undefined);
}

async function newer() {
  await (await navigator.serviceWorker?.getRegistration("/field/"))?.update().catch(() => undefined);
  notice("newer", say("new_version"));
}

const chooser = at("choose");
let words = "";

async function chooseUnit() {
  await keep(`asked:${me.person}`, true);
  const answer = await fetch(`/api/v1/field/units/?q=${encodeURIComponent(words)}`, { credentials: "same-origin", signal: AbortSignal.timeout(8_000) }).catch(() => null);
  /** @type {any[]} */
  const units = answer?.ok ? await answer.json() : [];
  if (!units.length && !words && !chooser.open && !me.unit) return;
  const take = (/** @type {number | null} */ id) => async () => {
    chooser.close();
    await speakFor(id);
    await asking; // what is on its way was asked for another unit
    fetchPicture();
    confirmPush().catch(() => undefined);
  };
  const lines = units.map((each) => make("button", { type: "button", class: "field-button", onclick: take(each.id) }, make("b", {}, each.code), make("span", { class: "cut" }, [each.type, each.station, each.state].filter(Boolean).join(" · "))));
  at("choose-list").replaceChildren(...(lines.length ? lines : [make("p", { class: "field-none" }, say(answer?.ok ? "no_units" : "no_answer"))]));
  at("choose-none").onclick = take(null);
  if (!chooser.open) chooser.showModal();
}

let typing = 0;
at("choose-words").addEventListener("input", (/** @type {Event} */ event) => {
  words = /** @type {HTMLInputElement} */ (event.target).value;
  clearTimeout(typing);
  typing = setTimeout(chooseUnit, 250);
});
at("choose-cancel").addEventListener("click", () => chooser.close());
at("unit").addEventListener("click", chooseUnit);
at("choose-unit").addEventListener("click", chooseUnit);
at("reload").addEventListener("click", () => location.reload());
at("sign-in").addEventListener("click", (/** @type {Event} */ event) => {
  event.preventDefault();
  location.assign(`${document.body.dataset.login}?next=/field/`);
});
at("sign-out").addEventListener("click", async () => {
  const waiting = entries().filter((each) => each.state !== "sent").length;
  if (waiting && !(await ask({ title: say("waiting", { n: waiting }), said: labels.signOut, words: false }))) return;
  await endPush().catch(() => undefined); // before anything else that may fail: the next one to hold the tablet reads nothing of it
  await (await lazyArea()).forgetAll();
  await forgetPerson();
  location.assign(document.body.dataset.logout);
});
document.addEventListener("click", (event) => {
  const theme = /** @type {HTMLElement | null} */ (event.target instanceof Element ? event.target.closest("[data-theme-to]") : null)?.dataset.themeTo;
  if (theme) setTheme(theme);
});

/** @param {string} theme */
function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax`;
  document.dispatchEvent(new CustomEvent("theme:change"));
}

/* Memory: asked to stay, and watched. */

async function watchQuota() {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  if (quota && usage / quota >= FULL) notice("quota", say("quota", { n: Math.round((usage / quota) * 100) }));
}

/* Begin: what is kept stands at once; then the city is asked. */

async function start() {
  await begin();
  await recall();
  for (const item of entries()) states.set(item.seq, item.state);
  const cookie = document.cookie.match(/(?:^|; )theme=(light|dark)/)?.[1];
  if (cookie) document.documentElement.dataset.theme = cookie;
  draw();
  at("main").dataset.ready = "true";
  follow(() => ({ unit: me.unit, isAtWork: (known()?.assignments.length ?? 0) > 0 }), drawTimes);
  want([]); // where every unit of the city is would cost a tablet more than all the rest
  navigator.storage?.persist?.().catch(() => undefined);
  await greet();
  sendSoon(true);
}

async function installWorker() {
  if (!navigator.serviceWorker) return;
  const url = document.body.dataset.worker;
  const canSync = "SyncManager" in window;
  await navigator.serviceWorker.register(canSync ? `${url}?sync` : url, { scope: "/field/", type: canSync ? "module" : "classic", updateViaCache: "none" });
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data === "flush") sendSoon(true);
    if (event.data?.go) location.hash = event.data.go;
  });
}

for (const happening of ["online", "focus", "pageshow"]) addEventListener(happening, () => greet().then(() => sendSoon(true)));
addEventListener("offline", () => up(false));
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && greet().then(() => sendSoon(true)));
addEventListener("hashchange", draw);
steady(() => toast(say("slipped"), true));
setInterval(drawTimes, 1000);
start();
if (document.readyState === "complete") installWorker().catch(() => undefined);
else addEventListener("load", () => installWorker().catch(() => undefined), { once: true });


/**
 * Alarms on every operator screen: the strip where there is one, the mark in the header elsewhere, the keys, the sound.
 * What the socket says silences or sounds at once; what is shown is fetched.
 */

import { say, writeTimes } from "./clock.js";
import { areSingleKeysOn, onKey } from "./keys.js";
import { openDialog, send, toast } from "./dialogs.js";
import { Loudspeaker } from "./sound.js";

const SOON = 60;
const SPREAD = 120;
const REFRESH = 15_000;
const LOOK_AGAIN = 400;
const PATIENCE = 8_000;

/** @typedef {{level: number, isEscalated: boolean}} Sounding */

const chip = /** @type {HTMLElement} */ (document.getElementById("alarm-chip"));
const strip = document.getElementById("alarm-strip");
const maySound = chip.dataset.sounds !== undefined;

/** Where the fragment is kept: in the strip, or out of sight on a page without one. */
const shown = strip ?? document.createElement("div");
/** @type {Map<number, Sounding>} unanswered alarms */
let sounding = new Map();
/** How many more are unanswered than the page is told one by one. */
let unlisted = 0;
/** Answered here, not yet by the server: a strip fetched meanwhile does not bring them back. @type {Set<number>} */
const pending = new Set();
/** @type {Set<number>} */
let silenced = new Set(JSON.parse(localStorage.getItem("silenced") ?? "[]"));
let isFlood = false;
/** The gravest page of this person that waits for an answer, 0: none. */
/** What else sounds here, by whose it is: this person's pages, calls that nobody takes. @type {Map<string, number>} */
const besides = new Map();
let topIds = "";
let topSince = 0;
let tag = "";
let timer = 0;
let isAsking = false;
let isAskedAgain = false;

const windows = new BroadcastChannel("city-alarms");
const badge = document.getElementById("sound-off");
const speaker = maySound ? new Loudspeaker((isHeard) => badge?.toggleAttribute("hidden", isHeard)) : null;
badge?.addEventListener("click", () => speaker?.unlock());

/* What is shown. */

/** Take a fragment in. @param {string | null} html - null: the one that came with the page */
function take(html) {
  if (html !== null) {
    const focused = document.activeElement instanceof HTMLElement && shown.contains(document.activeElement) ? document.activeElement : null;
    const line = focused?.closest(".alarm")?.id;
    const at = focused ? [...shown.querySelectorAll(`#${line} button`)].indexOf(focused) : -1;
    shown.innerHTML = html;
    if (line) /** @type {HTMLElement | undefined} */ (shown.querySelectorAll(`#${line} button`)[Math.max(0, at)])?.focus({ preventScroll: true });
    htmx.process(shown);
  }
  writeTimes(shown);
  const lines = /** @type {HTMLElement | null} */ (shown.querySelector(".alarm-lines"));
  isFlood = lines?.dataset.flood === "yes";
  if (lines?.dataset.paged !== undefined) document.dispatchEvent(new CustomEvent("paged"));
  /** @type {Map<number, Sounding>} */
  const found = new Map();
  for (const each of (lines?.dataset.sounding ?? "").split(" ").filter(Boolean)) {
    const [id, level, mark] = each.split(":");
    if (!pending.has(Number(id))) found.set(Number(id), { level: Number(level), isEscalated: mark === "e" });
  }
  unlisted = Math.max(0, Number(lines?.dataset.unanswered ?? 0) - (lines?.dataset.sounding ?? "").split(" ").filter(Boolean).length);
  const isNew = [...found.keys()].some((id) => !sounding.has(id));
  sounding = found;
  const top = /** @type {HTMLElement | null} */ (shown.querySelector(".alarm"))?.dataset.ids ?? "";
  if (top !== topIds && topIds) topSince = performance.now();
  topIds = top;
  mark();
  ring(isNew);
}

/** The mark in the header: how many are unanswered, and the gravest of them. */
function mark() {
  const link = chip.querySelector("a");
  const gravest = Math.min(5, ...[...sounding.values()].map((each) => each.level));
  if (!link || strip) return;
  link.hidden = !sounding.size;
  link.querySelector("use")?.setAttribute("href", sounding.size ? `#glyph-${gravest}` : "");
  const number = link.querySelector("b");
  if (number) number.textContent = String(sounding.size + unlisted);
}

/* What is heard. */

/** @param {boolean} isNew - an alarm came that was not there before */
function ring(isNew) {
  for (const id of silenced) if (!sounding.has(id)) silenced.delete(id);
  keepSilenced();
  const heard = [...sounding].filter(([id, each]) => each.isEscalated || !silenced.has(id));
  // A page of this person, or a call that nobody takes, sounds like an alarm of its level, also on a silenced desk.
  const levels = [...heard.map(([, each]) => each.level), ...besides.values()];
  speaker?.sound(levels.length ? Math.min(...levels) : 0, isNew && !isFlood && levels.length > 0);
}

function keepSilenced() {
  if (silenced.size) localStorage.setItem("silenced", JSON.stringify([...silenced]));
  else localStorage.removeItem("silenced");
}

/** Silence what sounds on this desk. It stays unanswered; the next alarm sounds again, and one that is passed upward too. */
function silence() {
  if (!sounding.size) return;
  silenced = new Set(sounding.keys());
  for (const [id, each] of sounding) sounding.set(id, { ...each, isEscalated: false });
  ring(false);
  windows.postMessage({ kind: "silenced", ids: [...silenced] });
  toast(say("silenced"));
}

/* What is done. */

/** Answer for alarms: silent and plain at once here, then told to the server. @param {string} ids @param {Element} [origin] */
async function answer(ids, origin) {
  const wanted = ids.split(",").filter(Boolean).map(Number);
  if (!wanted.length) return;
  for (const id of wanted) pending.add(id);
  quiet(wanted);
  windows.postMessage({ kind: "answered", ids: wanted });
  for (const line of shown.querySelectorAll(".alarm")) {
    const lineIds = (/** @type {HTMLElement} */ (line).dataset.ids ?? "").split(",").map(Number);
    if (wanted.some((id) => lineIds.includes(id))) line.setAttribute("data-answering", "");
  }
  await send(chip.dataset.answerUrl ?? "", { ids }, origin);
  for (const id of wanted) pending.delete(id);
  ask(0);
}

/** These sound no more. @param {number[]} ids */
function quiet(ids) {
  for (const id of ids) sounding.delete(id);
  mark();
  ring(false);
}

/** The key for the top one. A top that has just changed is not answered blindly. */
function answerTop() {
  if (!areSingleKeysOn() || !sounding.size || !maySound) return false;
  if (!topIds || performance.now() - topSince < LOOK_AGAIN) {
    toast(say("list_changed"), { refused: true });
    return;
  }
  answer(topIds);
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("[data-alarm-silence]")) return silence();
  const button = /** @type {HTMLElement | null} */ (target?.closest("[data-alarm-answer]"));
  if (!button) return;
  const line = /** @type {HTMLElement | null} */ (button.closest(".alarm"));
  if (line && line === shown.querySelector(".alarm") && event.detail === 0 && event.isTrusted === false) return void answerTop();
  answer(button.dataset.ids ?? line?.dataset.ids ?? "", button);
});

onKey("acknowledge", answerTop);
onKey("acknowledge_typing", answerTop);
onKey("silence", () => (sounding.size ? silence() : false));
onKey("shelve", () => {
  const first = /** @type {HTMLElement | null} */ (shown.querySelector('[data-key="shelve"]'));
  if (!first) return false;
  openDialog(first.dataset.dialogUrl ?? "");
});
onKey("go_alarms", () => location.assign(/** @type {HTMLAnchorElement} */ (chip.querySelector("a")).href));

/* News. */

/** @param {number} [wait] */
function ask(wait = SOON + Math.random() * SPREAD) {
  if (timer) return;
  timer = setTimeout(fetchStrip, wait);
}

async function fetchStrip() {
  timer = 0;
  if (isAsking) {
    isAskedAgain = true;
    return;
  }
  isAsking = true;
  const headers = { "HX-Request": "true", ...(tag ? { "If-None-Match": tag } : {}) };
  const came = await fetch(chip.dataset.url ?? "", { credentials: "same-origin", cache: "no-store", headers, signal: AbortSignal.timeout(PATIENCE) })
    .then(async (answer) => (answer.ok ? { tag: answer.headers.get("ETag") ?? "", html: await answer.text() } : null))
    .catch(() => null);
  isAsking = false;
  if (came) {
    tag = came.tag;
    take(came.html);
    askPage();
  }
  if (isAskedAgain) ask();
  isAskedAgain = false;
}

/** The list of alarms is a page of its own, drawn again when something happened. */
async function askPage() {
  const list = document.querySelector("[data-alarm-page]");
  if (!list || document.querySelector("dialog[open]") || list.querySelector("input:checked")) return; // nothing moves while somebody selects
  const came = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } }).catch(() => null);
  if (!came?.ok) return;
  const fresh = new DOMParser().parseFromString(await came.text(), "text/html").querySelector("[data-alarm-page]");
  if (fresh?.tagName !== list.tagName) return location.reload();
  list.replaceChildren(...fresh.childNodes);
  writeTimes(list);
}

const SILENT = new Set(["alerts.alarm_acknowledged", "alerts.alarm_shelved", "alerts.alarm_ended", "alerts.alarm_suppressed"]);

document.addEventListener("live:fact", (event) => {
  const { name, data } = /** @type {CustomEvent} */ (event).detail;
  if (!name.startsWith("alerts.")) return;
  if (SILENT.has(name)) quiet([data.alarm_id]);
  else if (name === "alerts.alarm_raised" || name === "alerts.alarm_escalated") {
    const isNew = !sounding.has(data.alarm_id);
    sounding.set(data.alarm_id, { level: data.level, isEscalated: name === "alerts.alarm_escalated" });
    if (name === "alerts.alarm_escalated") silenced.delete(data.alarm_id);
    ring(isNew || name === "alerts.alarm_escalated");
  }
  ask();
});
document.addEventListener("live:resync", () => ask());
document.addEventListener("page:ringing", (event) => {
  const { level, of } = /** @type {CustomEvent} */ (event).detail;
  const isNew = level !== 0 && !besides.has(of);
  if (level) besides.set(of, level);
  else besides.delete(of);
  ring(isNew);
});
windows.addEventListener("message", (event) => {
  if (event.data.kind === "answered") quiet(event.data.ids);
  if (event.data.kind !== "silenced") return;
  silenced = new Set(event.data.ids);
  ring(false);
});
setInterval(() => ask(), REFRESH);

document.dispatchEvent(new CustomEvent("page:who-rings"));
if (strip) take(null);
ask(0);
document.documentElement.dataset.alarms = "on";

/** Where the tablet is, and telling the city where its unit is: as often as it matters and the battery allows. */

import { keep, kept } from "./store.js";
import { metresBetween, now } from "./time.js";

const KEPT = 300;
const BATCH = 100;
const PATIENCE = 10_000;
const STILL_METRES = 25;
const OLD = 300_000;
/** Between two fixes that are told, in milliseconds: on the way or on scene, else, and with a battery that runs out. */
const AT_WORK = 10_000;
const AT_REST = 60_000;
const WEAK = 120_000;

/** @typedef {{point: number[], accuracy: number, at: number, heading: number | null, speed: number | null}} Fix */

/** @type {Fix | null} */
let last = null;
/** @type {Fix | null} */
let told = null;
let isRefused = false;
/** @type {any} */
let battery = null;
/** @type {() => {unit: number | null, isAtWork: boolean}} */
let duty = () => ({ unit: null, isAtWork: false });
/** @type {() => void} */
let changed = () => undefined;

export const position = () => ({ fix: last, isRefused, isOld: last !== null && now() - last.at > OLD });

/** What an entry carries of where it was made; an old fix says nothing. */
export function here() {
  return last && now() - last.at < OLD ? { point: last.point, accuracy: last.accuracy } : { point: null, accuracy: null };
}

/**
 * Follow the tablet.
 * @param {() => {unit: number | null, isAtWork: boolean}} who for which unit, and whether it is at work @param {() => void} listener
 */
export function follow(who, listener) {
  duty = who;
  changed = listener;
  /** @type {any} */ (navigator).getBattery?.().then((/** @type {any} */ found) => (battery = found), () => undefined);
  if (!navigator.geolocation) return;
  navigator.geolocation.watchPosition(hear, refuse, { enableHighAccuracy: true, maximumAge: 5_000, timeout: 30_000 });
}

/** @param {GeolocationPosition} found */
function hear({ coords, timestamp }) {
  isRefused = false;
  const at = now() - Math.max(0, Date.now() - timestamp);
  last = { point: [coords.longitude, coords.latitude], accuracy: coords.accuracy, at, heading: coords.heading, speed: coords.speed };
  changed();
  tell().catch(() => undefined);
}

/** @param {GeolocationPositionError} error */
function refuse(error) {
  isRefused = error.code === error.PERMISSION_DENIED;
  changed();
}

function interval() {
  if (battery && !battery.charging && battery.level < 0.2) return WEAK;
  return duty().isAtWork ? AT_WORK : AT_REST;
}

async function tell() {
  const { unit } = duty();
  if (!unit || !last) return;
  const isSoon = told && last.at - told.at < interval();
  const isStill = told && metresBetween(told.point, last.point) < STILL_METRES && last.at - told.at < 6 * interval();
  if (isSoon || isStill) return;
  told = last;
  const waiting = [...((await kept("fixes")) ?? []), { ...last, unit }].slice(-KEPT);
  await keep("fixes", waiting);
  await sendFixes();
}

let isSending = false;

/** Send the fixes that wait. A batch repeated changes nothing; what the city does not want is dropped. @param {string} [csrf] */
export async function sendFixes(csrf) {
  if (isSending) return;
  isSending = true;
  try {
    const waiting = ((await kept("fixes")) ?? []).slice(0, BATCH);
    if (!waiting.length) return;
    const token = csrf ?? (await (await fetch("/field/session", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) })).json()).csrf;
    if (!token) return;
    const positions = waiting.map((/** @type {Fix & {unit: number}} */ each) => ({
      unit: each.unit,
      point: each.point,
      at: new Date(each.at).toISOString(),
      accuracy: Math.min(each.accuracy, 10_000),
      ...(each.heading === null || Number.isNaN(each.heading) ? {} : { heading: each.heading }),
      ...(each.speed === null ? {} : { speed: each.speed }),
    }));
    const answer = await fetch("/api/v1/positions/", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ positions }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.ok || [400, 403, 413, 422].includes(answer.status)) await keep("fixes", ((await kept("fixes")) ?? []).slice(waiting.length));
  } finally {
    isSending = false;
  }
}

/** The city's time on a tablet whose own clock may be wrong, and the words times are written with. Knows no page: the worker uses it too. */

/** @type {Record<string, string>} */
let catalogue = {};
let zone = "";
let offset = 0;

/** @param {Record<string, string>} words @param {string} [timeZone] */
export function speak(words, timeZone) {
  catalogue = words;
  zone = timeZone ?? "";
}

/** A sentence with its values put in. @param {string} key @param {Record<string, string | number>} [values] */
export function say(key, values = {}) {
  return (catalogue[key] ?? key).replace(/%\((\w+)\)s/g, (whole, name) => String(values[name] ?? whole));
}

/** How far the city's clock is ahead of ours, in milliseconds. @param {number} ms */
export function setOffset(ms) {
  offset = ms;
}

export const clockOffset = () => offset;

/** The city's time now. */
export const now = () => Date.now() + offset;

/** @param {number} moment */
export function timeOfDay(moment) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone || undefined, hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(moment);
}

/** Hours and minutes, with the day in front when it is not today. @param {number} moment */
export function clock(moment) {
  const day = (/** @type {number} */ at) => new Intl.DateTimeFormat("en-CA", { timeZone: zone || undefined }).format(at);
  return `${day(moment) === day(now()) ? "" : `${day(moment).slice(5)} `}${timeOfDay(moment).slice(0, 5)}`;
}

/** @param {number} seconds */
export function age(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return say("seconds", { n: whole });
  if (whole < 3600) return say("minutes", { n: Math.floor(whole / 60) });
  if (whole < 86400) return say("hours", { n: Math.floor(whole / 3600) });
  return say("days", { n: Math.floor(whole / 86400) });
}

/** @param {number} metres */
export function distance(metres) {
  return metres < 1000 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(1)} km`;
}

/** Metres between two places, longitude first. @param {number[]} a @param {number[]} b */
export function metresBetween(a, b) {
  const rad = Math.PI / 180;
  const aside = (b[0] - a[0]) * rad * Math.cos(((a[1] + b[1]) / 2) * rad);
  return Math.hypot(aside, (b[1] - a[1]) * rad) * 6_371_000;
}

/** One timer for the whole page, and the words and numbers that times are written with. */

/** @type {Record<string, string>} */
const catalogue = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

const loadedAt = performance.now();
const serverAt = Date.parse(document.documentElement.dataset.now ?? "") || Date.now();
const zone = document.documentElement.dataset.zone || undefined;

/**
 * A sentence of the catalogue with its values put in.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function say(key, values = {}) {
  const text = catalogue[key] ?? key;
  return text.replace(/%\((\w+)\)s/g, (whole, name) => String(values[name] ?? whole));
}

/** The server's time now, in milliseconds: the desk's own clock may be wrong. */
export function now() {
  return serverAt + (performance.now() - loadedAt);
}

/** @param {number} value */
const two = (value) => String(value).padStart(2, "0");

/**
 * Hours, minutes and seconds; days in front when there are any.
 * @param {number} seconds
 */
export function elapsed(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  const clock = `${two(hours)}:${two(minutes)}:${two(whole % 60)}`;
  return days ? `${say("days", { n: days })} ${clock.slice(0, 5)}` : clock;
}

/**
 * An age for a glance: seconds, minutes, hours or days.
 * @param {number} seconds
 */
export function age(seconds) {
  if (seconds < 60) return say("seconds", { n: Math.max(0, Math.floor(seconds)) });
  if (seconds < 3600) return say("minutes", { n: Math.floor(seconds / 60) });
  if (seconds < 86400) return say("hours", { n: Math.floor(seconds / 3600) });
  return say("days", { n: Math.floor(seconds / 86400) });
}

/**
 * A distance in metres, written for a person.
 * @param {number} metres
 */
export function distance(metres) {
  return metres < 1000 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(metres < 10000 ? 1 : 0)} km`;
}

const timeFormat = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dateFormat = new Intl.DateTimeFormat("en-GB", { timeZone: zone, month: "2-digit", day: "2-digit" });

/** @param {number} moment */
export const timeOfDay = (moment) => timeFormat.format(moment);

/** @param {number} moment */
export const dayAndTime = (moment) => `${dateFormat.format(moment).split("/").reverse().join("-")} ${timeFormat.format(moment)}`;

/** @param {number} moment */
export const isToday = (moment) => onTheWall(moment).slice(0, 3).join() === onTheWall(now()).slice(0, 3).join();

const wallFormat = new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23" });

/** Year, month, day, hour, minute, second where the city is. @param {number} moment @returns {number[]} */
function onTheWall(moment) {
  const parts = Object.fromEntries(wallFormat.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  return ["year", "month", "day", "hour", "minute", "second"].map((name) => parts[name]);
}

const WRITTEN = /^(?:(?:(\d{4})[-/.])?(\d{1,2})[-/.](\d{1,2})\s+)?(\d{1,2})[:\uff1a](\d{2})(?:[:\uff1a](\d{2}))?$/;

/**
 * The moment that somebody wrote: 10:42, 11-22 10:42, 2026-11-22 10:42:30, where the city is; without a day or a year the last one that was.
 * @param {string} words
 * @returns {number | null}
 */
export function timeMeant(words) {
  const said = WRITTEN.exec(words.trim())?.slice(1).map((part) => (part === undefined ? null : Number(part)));
  if (!said) return null;
  const [year, month, day, hour, minute, second] = said;
  if ((month ?? 1) > 12 || (day ?? 1) > 31 || (hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59) return null;
  const today = onTheWall(now());
  const at = (/** @type {number} */ yearsAgo, /** @type {number} */ daysAgo) => {
    const wall = Date.UTC((year ?? today[0]) - yearsAgo, (month ?? today[1]) - 1, (day ?? today[2]) - daysAgo, hour ?? 0, minute ?? 0, second ?? 0);
    const [y, mo, d, h, mi, s] = onTheWall(wall);
    return wall - (Date.UTC(y, mo - 1, d, h, mi, s) - wall);
  };
  const found = at(0, 0);
  if (found <= now() || year !== null) return found;
  return month === null ? at(0, 1) : at(1, 0);
}

/** @type {Set<(moment: number) => void>} */
const listeners = new Set();

/**
 * Call a function once a second, on the second.
 * @param {(moment: number) => void} listener
 * @returns {() => void} stop
 */
export function everySecond(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Write every running time that stands in a part of the page. @param {ParentNode} [root] */
export function writeTimes(root = document) {
  const moment = now();
  for (const element of root.querySelectorAll("[data-since]")) {
    write(element, elapsed((moment - Date.parse(/** @type {HTMLElement} */ (element).dataset.since ?? "")) / 1000));
  }
  for (const element of root.querySelectorAll("[data-age]")) {
    write(element, age((moment - Date.parse(/** @type {HTMLElement} */ (element).dataset.age ?? "")) / 1000));
  }
  for (const element of root.querySelectorAll("[data-due]")) writeDue(/** @type {HTMLElement} */ (element), moment);
}

/**
 * Time left, or by how much it is over; the last fifth is marked.
 * @param {HTMLElement} element
 * @param {number} moment
 */
function writeDue(element, moment) {
  const left = (Date.parse(element.dataset.due ?? "") - moment) / 1000;
  const whole = Number(element.dataset.span ?? 0);
  const text = left < 0 ? say("over", { time: elapsed(-left).replace(/^00:/, "") }) : elapsed(left).replace(/^00:/, "");
  write(element, text);
  element.classList.toggle("is-near", left >= 0 && left < whole / 5);
  element.classList.toggle("is-over", left < 0);
}

/** @param {Element} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tick() {
  const moment = now();
  const clock = document.querySelector("[data-clock]");
  if (clock) {
    write(/** @type {Element} */ (clock.querySelector(".date")), dateFormat.format(moment).split("/").reverse().join("-"));
    write(/** @type {Element} */ (clock.querySelector("b")), timeFormat.format(moment));
  }
  writeTimes();
  for (const listener of listeners) listener(moment);
  setTimeout(tick, 1000 - (now() % 1000) + 4);
}

tick();

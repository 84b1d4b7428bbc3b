/**
 * Watches the positions that come anyway: when a unit of the board seems to have set out or arrived, its card is asked for again, and the
 * server says whether that suggests a step.
 */

import { records } from "../live/socket.js";

const NEAR = 150;
const SET_OUT = 160;
const AGAIN = 5_000;
const DEGREE = 111_195;

/** Metres between two near places, good enough to ask. @param {number} lon @param {number} lat @param {number} lon2 @param {number} lat2 */
function metres(lon, lat, lon2, lat2) {
  return DEGREE * Math.hypot((lon2 - lon) * Math.cos((lat * Math.PI) / 180), lat2 - lat);
}

/** @param {HTMLElement} board @param {(incidents: string[]) => void} ask */
export function watchArrivals(board, ask) {
  /** Where each assignment's unit was when it was first heard of here. @type {Map<string, [number, number]>} */
  const began = new Map();
  /** When each was asked for last. @type {Map<string, number>} */
  const asked = new Map();

  /** @param {HTMLElement} line @param {{lon: number, lat: number}} fix */
  function look(line, fix) {
    const card = /** @type {HTMLElement} */ (line.closest(".board-card"));
    const key = line.dataset.assignment ?? "";
    const from = began.get(key) ?? [fix.lon, fix.lat];
    began.set(key, from);
    const isNear = Boolean(card.dataset.lon) && metres(fix.lon, fix.lat, Number(card.dataset.lon), Number(card.dataset.lat)) <= NEAR;
    const isOff = card.dataset.column === "sent" && metres(fix.lon, fix.lat, ...from) >= SET_OUT;
    if (!(isNear || isOff) || performance.now() - (asked.get(key) ?? -AGAIN) < AGAIN) return;
    asked.set(key, performance.now());
    ask([card.dataset.incident ?? ""]);
  }

  document.addEventListener("live:telemetry", (event) => {
    /** @type {Map<number, HTMLElement>} */
    const lines = new Map();
    for (const line of /** @type {NodeListOf<HTMLElement>} */ (board.querySelectorAll('[data-column="sent"] .unit-line, [data-column="moving"] .unit-line'))) {
      if (!line.parentElement?.querySelector("[data-hint]")) lines.set(Number(line.dataset.unit), line);
    }
    if (!lines.size) return;
    for (const fix of records(/** @type {CustomEvent} */ (event).detail.frame)) {
      const line = lines.get(fix.id);
      if (line) look(line, fix);
    }
  });
}

/** What the tablet keeps: what waits to be sent, the last picture of each person, and areas of the map. Knows no page: the worker uses it too. */

import { openDB } from "../../vendor/idb.js";

/**
 * Something that was entered. `body` is what will be sent, byte for byte, under `key`; it is never changed. `lane` is the incident it is
 * about: within one nothing overtakes. `at` is the city's time of the entry, `device_at` the tablet's own.
 * @typedef {object} Item
 * @property {number} [seq]
 * @property {string} key
 * @property {string} person
 * @property {string} lane
 * @property {string} kind step | task | note | support | help
 * @property {string} about which job or task, as "job:7"
 * @property {string} to the state it leads to
 * @property {string} label
 * @property {string} text
 * @property {string} url
 * @property {number} [size] of the file that goes with it, in bytes; it is kept apart, under `seq`
 * @property {string} [name] of that file
 * @property {string} [upload] where that file grows on the server, once it does
 * @property {string} body
 * @property {number} at
 * @property {string} device_at
 * @property {number[] | null} point
 * @property {"waiting" | "sending" | "sent" | "rejected"} state
 * @property {number} tries
 * @property {number} next_at
 * @property {string} error
 * @property {number} sent_at
 */

export const VERSION = 2;

/** @type {Promise<any> | null} */
let opened = null;

/** The database, opened once; a newer page in another tab may take it over. */
export function database() {
  opened ??= openDB("field", VERSION, {
    upgrade(/** @type {any} */ made, /** @type {number} */ old) {
      if (old < 1) {
        made.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
        made.createObjectStore("kept");
        made.createObjectStore("areas");
      }
      if (old < 2) made.createObjectStore("files");
    },
    blocking(_now, _next, /** @type {any} */ event) {
      event.target.close();
      opened = null;
    },
    terminated() {
      opened = null;
    },
  });
  opened.catch(() => (opened = null));
  return opened;
}

/** Write at once and not when the script comes to rest: what was entered outlives the tab. @param {string} store @param {(open: any) => any} change */
export async function write(store, change) {
  const all = (await database()).transaction(store, "readwrite");
  const done = change(all.objectStore(store));
  all.commit?.();
  await all.done;
  return done;
}

/** Read and write in one go. @param {string} store @param {(open: any) => Promise<unknown>} change */
export async function alter(store, change) {
  const all = (await database()).transaction(store, "readwrite");
  await change(all.objectStore(store));
  await all.done;
}

/** @param {string} name @returns {Promise<any>} */
export const kept = async (name) => (await database()).get("kept", name);

/** @param {string} name @param {unknown} value */
export const keep = (name, value) => write("kept", (store) => store.put(value, name));

/** @param {string} name */
export const forget = (name) => write("kept", (store) => store.delete(name));

/** Everything that was entered on this tablet, in its order. @returns {Promise<Item[]>} */
export const items = async () => (await database()).getAll("outbox");

/** Files on their way as this browser keeps them, with their bytes, so that a reload or a crash of the tab does not lose them. */

import { openDB } from "../vendor/idb.js";

/**
 * `place` is what the file is for (the address it is used at), `url` where it grows on the server.
 * @typedef {{key: string, person: string, place: string, blob: Blob, name: string, capturedAt?: string, url: string, at: number}} Kept
 */

const DAY = 86_400_000; // then the server has forgotten it too
const MOST = 300 * 1024 * 1024; // a larger one is chosen again by hand
const person = document.documentElement.dataset.person ?? "";

const database = openDB("uploads", 1, { upgrade: (/** @type {any} */ made) => made.createObjectStore("uploads", { keyPath: "key" }) });

/** A browser without a store of its own (private window, full disk) sends all the same; only a reload loses it. */
const without = () => null;

/** @param {Omit<Kept, "person" | "at">} upload */
export function keep(upload) {
  if (upload.blob.size > MOST) return Promise.resolve(null);
  return database.then((/** @type {any} */ store) => store.put("uploads", { ...upload, person, at: Date.now() })).catch(without);
}

/** @param {string} key */
export function forget(key) {
  return database.then((/** @type {any} */ store) => store.delete("uploads", key)).catch(without);
}

/** What this person had on its way to a place; what is older than a day goes. @param {string} place @returns {Promise<Kept[]>} */
export async function unfinished(place) {
  /** @type {Kept[] | null} */
  const all = await database.then((/** @type {any} */ store) => store.getAll("uploads")).catch(without);
  const old = (all ?? []).filter((each) => each.at < Date.now() - DAY);
  await Promise.all(old.map((each) => forget(each.key)));
  return (all ?? []).filter((each) => !old.includes(each) && each.person === person && each.place === place);
}

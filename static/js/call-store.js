/** Calls as this browser keeps them: every keystroke is in IndexedDB at once, whatever becomes of the tab or of the network. */

import { openDB } from "../vendor/idb.js";

/**
 * What is kept of a call: `values` as typed, `sent` as the server last had them at revision `base`; `step` is an end that has
 * not reached the server yet.
 * @typedef {Record<string, string>} Values
 * @typedef {{key: string, person: string, beganAt: string, saveUrl: string, endUrl: string, values: Values, sent: Values, base: number, step: string, at: number}} Kept
 */

const DAY = 86_400_000;
const UNSENT = "calls-unsent";
export const person = document.documentElement.dataset.person ?? "";

const database = openDB("calls", 1, { upgrade: (/** @type {any} */ made) => made.createObjectStore("calls", { keyPath: "key" }) });

/** A browser without a store of its own (private window, full disk) still has the server's draft: nothing more is to be done here. */
const without = () => null;

/** @param {Kept} kept */
export function keep(kept) {
  if (isUnsent(kept)) localStorage.setItem(UNSENT, "1");
  // Committed at once and not when the script comes to rest: what was typed outlives the tab's process.
  const write = (/** @type {any} */ store) => {
    const all = store.transaction("calls", "readwrite");
    all.store.put({ ...kept, at: Date.now() });
    all.commit();
    return all.done;
  };
  return database.then(write).catch(without);
}

/** @param {string} key @returns {Promise<Kept | undefined | null>} */
export function kept(key) {
  return database.then((/** @type {any} */ store) => store.get("calls", key)).catch(without);
}

/** @param {string} key */
export function forget(key) {
  return database.then((/** @type {any} */ store) => store.delete("calls", key)).catch(without);
}

/** This person's calls that the server does not have yet; what is older than a day goes. @returns {Promise<Kept[]>} */
export async function unsent() {
  /** @type {Kept[] | null} */
  const all = await database.then((/** @type {any} */ store) => store.getAll("calls")).catch(without);
  const old = (all ?? []).filter((each) => each.at < Date.now() - DAY);
  await Promise.all(old.map((each) => forget(each.key)));
  const left = (all ?? []).filter((each) => !old.includes(each) && isUnsent(each));
  if (!left.length) localStorage.removeItem(UNSENT);
  return left.filter((each) => each.person === person);
}

/** @param {Kept} one */
export const isUnsent = (one) => one.step !== "" || !isSame(one.values, one.sent);

/** @param {Values} a @param {Values} b */
export function isSame(a, b) {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** Two changes of the same call, field by field: ours where we changed it, else theirs. @param {Values} base @param {Values} ours @param {Values} theirs */
export function merged(base, ours, theirs) {
  /** @type {Values} */
  const both = {};
  for (const name of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const value = (ours[name] ?? "") !== (base[name] ?? "") ? ours[name] : theirs[name];
    if (value) both[name] = value;
  }
  return both;
}

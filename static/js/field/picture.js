/** What the tablet knows: the last picture the city gave, with what was entered since laid over it. */

import { keepOffset, mine as entered, dropSent } from "./outbox.js";
import { forget, keep, kept } from "./store.js";
import { clockOffset } from "./time.js";

/** @typedef {import("./store.js").Item} Item */
/** @typedef {{number: string, type: string, severity: number, address: string, point: number[] | null, [rest: string]: any}} Card */
/** @typedef {{unit: any, assignments: any[], tasks: any[], orders?: any[], near: any[], calls: any[], incidents: Card[]}} Picture */

const PATIENCE = 8_000;

/** Who uses the tablet: the person the city last said, and the unit they speak for. */
export const me = { person: "", name: "", unit: /** @type {number | null} */ (null) };

/** @type {Picture | null} */
let picture = null;
let asOf = 0;
/** @type {Item[]} */
let items = [];

export const asOfTime = () => asOf;
export const known = () => picture;
export const entries = () => items;

/** What was kept of whoever used the tablet last. */
export async function recall() {
  Object.assign(me, (await kept("me")) ?? {});
  await recallPicture();
}

async function recallPicture() {
  const found = me.person ? await kept(`picture:${me.person}`) : null;
  picture = found?.picture ?? null;
  asOf = found?.asOf ?? 0;
  items = me.person ? await entered(me.person) : [];
}

/** The city says who is signed in: another person sees nothing of the one before. @param {{person: string, name: string}} session */
export async function become({ person, name }) {
  const isOther = person !== me.person;
  if (isOther) Object.assign(me, { person, name, unit: (await kept(`unit:${person}`)) ?? null });
  me.name = name;
  await keep("me", { ...me });
  if (isOther) await recallPicture();
  return isOther;
}

/** @param {number | null} unit */
export async function speakFor(unit) {
  me.unit = unit;
  await keep("me", { ...me });
  await keep(`unit:${me.person}`, unit);
}

/** What is shown of a person goes; what they entered and was not sent stays. */
export async function forgetPerson() {
  await forget(`picture:${me.person}`);
  await forget("me");
}

export async function readEntries() {
  items = me.person ? await entered(me.person) : [];
}

/**
 * Ask the city for the picture. Resolves to its status: 0 without an answer.
 * @param {number[] | null} point where the tablet is, longitude first
 */
export async function refresh(point) {
  const asked = Date.now();
  const query = new URLSearchParams();
  if (me.unit) query.set("unit", String(me.unit));
  // A few hundred metres are enough to say what is near; who is where exactly is told by positions.
  if (point) for (const [name, value] of [["lon", point[0]], ["lat", point[1]]]) query.set(String(name), Number(value).toFixed(3));
  const options = { credentials: /** @type {RequestCredentials} */ ("same-origin"), cache: /** @type {RequestCache} */ ("no-cache"), signal: AbortSignal.timeout(PATIENCE) };
  const person = me.person;
  const answer = await fetch(`/api/v1/field/?${query}`, options).catch(() => null);
  if (!answer?.ok) return answer?.status ?? 0;
  const found = await answer.json().catch(() => null);
  if (!found || person !== me.person) return 0;
  const theirs = Date.parse(answer.headers.get("X-City-Now") ?? "");
  if (theirs) await keepOffset(theirs, asked);
  picture = found;
  asOf = asked + clockOffset();
  await keep(`picture:${person}`, { picture, asOf });
  await dropSent(asked);
  await readEntries();
  return answer.status;
}

/** Entries that count already although the city may not know them. @param {string} about */
const counting = (about) => items.filter((each) => each.about === about && each.to && each.state !== "rejected");

/** A job as it is with what was entered. @param {any} job */
export const stepOf = (job) => counting(`job:${job.id}`).at(-1)?.to || job.step;

/** A task as it is with what was entered. @param {any} task */
export const stateOf = (task) => counting(`task:${task.id}`).at(-1)?.to || task.state;

/** An order as it is with what was entered. @param {any} order */
export const orderStepOf = (order) => counting(`order:${order.id}`).at(-1)?.to || order.step;

/** @param {string} number */
export const cardOf = (number) => picture?.incidents.find((each) => each.number === number) ?? null;

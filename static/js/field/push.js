/**
 * Being told while the page is closed: an extra that may never come. One browser, one person: what is kept names both, and the worker shows
 * nothing that bears another name. Nothing is asked of anybody before the switch is pressed, and nothing waits longer than a bound.
 */

import { session } from "./outbox.js";
import { at } from "./page.js";
import { me } from "./picture.js";
import { forget, keep, kept } from "./store.js";
import { clock, now, say } from "./time.js";

/** @typedef {{id: string, person: string, unit: number | null, at: number}} Told what is kept of the browser that the city tells */

const PATH = "/api/v1/field/push/";
const ASK_PATIENCE = 8_000;
const SERVICE_PATIENCE = 15_000;
const LEAVE_PATIENCE = 3_000;
/** How long a person may look at the browser's own question. */
const LEAVE_TO_ANSWER = 60_000;
/** Said again after this time, so that the city knows the session by which the browser is signed in. */
const AGAIN = 3_600_000;

/** Whatever comes, or undefined when it takes too long. @template T @param {Promise<T>} promise @param {number} patience @returns {Promise<T | undefined>} */
const within = (promise, patience) => Promise.race([promise, new Promise((tell) => setTimeout(() => tell(undefined), patience))]);

const isThere = () => Boolean(window.isSecureContext && navigator.serviceWorker && "PushManager" in window && "Notification" in window);

async function manager() {
  const ready = await within(navigator.serviceWorker.ready, ASK_PATIENCE);
  return ready?.pushManager;
}

/** @param {string} key base64url */
function bytes(key) {
  const text = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (each) => each.charCodeAt(0));
}

/** @param {string} method @param {string} url @param {unknown} [body] @param {number} [patience] @returns {Promise<{status: number, found: any}>} */
async function send(method, url, body, patience = ASK_PATIENCE) {
  const who = method === "GET" ? null : await within(session(), patience);
  if (method !== "GET" && !who?.person) return { status: 0, found: null };
  const headers = { "Content-Type": "application/json", ...(who && { "X-CSRFToken": who.csrf, "Idempotency-Key": crypto.randomUUID() }) };
  const options = { method, headers, body: body ? JSON.stringify(body) : undefined, credentials: /** @type {RequestCredentials} */ ("same-origin") };
  const answer = await fetch(url, { ...options, cache: "no-store", signal: AbortSignal.timeout(patience) }).catch(() => null);
  return { status: answer?.status ?? 0, found: (await answer?.json().catch(() => null)) ?? null };
}

/** Rises whenever it is ended: what was on its way then is not kept. */
let turn = 0;

/** Tell the city of this browser, or again. @param {PushSubscription} subscription @returns {Promise<{status: number, why: string}>} why not, in words; "" when it is told */
async function tellCity(subscription) {
  const { endpoint, keys } = subscription.toJSON();
  const [person, own] = [me.person, turn];
  const told = { endpoint, p256dh: keys?.p256dh, auth: keys?.auth };
  let { status, found } = await send("POST", PATH, { ...told, unit: me.unit });
  if (status === 404 && me.unit) ({ status, found } = await send("POST", PATH, told)); // a unit one may not speak for any more
  if (status !== 201) return { status, why: found?.title ?? say("no_answer") };
  if (person !== me.person || own !== turn) {
    await send("DELETE", `${PATH}${found.id}/`, undefined, LEAVE_PATIENCE); // it was switched off while the city was being told
    return { status, why: say("tell_off") };
  }
  await keep("push", { id: found.id, person, unit: me.unit, at: now() });
  return { status, why: "" };
}

async function switchOn() {
  const leave = await within(Notification.requestPermission(), LEAVE_TO_ANSWER);
  if (leave !== "granted") return Notification.permission === "denied" ? "tell_refused" : "tell_unasked";
  show("tell_busy");
  const offer = await send("GET", PATH);
  if (offer.status !== 200) return "tell_unknown";
  if (!offer.found?.key) return "tell_unoffered";
  const own = await manager();
  if (!own) return "tell_none";
  const options = { userVisibleOnly: true, applicationServerKey: bytes(offer.found.key) };
  const old = await within(own.getSubscription(), LEAVE_PATIENCE);
  if (old) await within(old.unsubscribe(), LEAVE_PATIENCE); // it may be another person's, or made for another key
  const made = await within(own.subscribe(options).catch(() => undefined), SERVICE_PATIENCE);
  if (!made) return "tell_silent";
  const { why } = await tellCity(made);
  if (!why) return "tell_on";
  await within(made.unsubscribe(), LEAVE_PATIENCE);
  return { name: "tell_failed", why };
}

/**
 * This browser shows nothing more of anybody: what is kept goes at once, then the browser's own, and the city is told if it can be. Bounded, so
 * that nobody waits to sign out.
 */
export async function endPush() {
  /** @type {Told | undefined} */
  const told = await kept("push").catch(() => undefined);
  turn += 1;
  if (told) await forget("push");
  const isOwn = told && told.person === me.person;
  await Promise.allSettled([isThere() && within(leave(), LEAVE_PATIENCE), isOwn && send("DELETE", `${PATH}${told.id}/`, undefined, LEAVE_PATIENCE)]);
}

async function leave() {
  const registration = await navigator.serviceWorker.getRegistration("/field/");
  for (const each of (await registration?.getNotifications()) ?? []) each.close();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

/** What the city does not take back by itself: it tells nobody, or not this browser. */
const FOR_GOOD = new Set([400, 403, 404, 409, 422]);

/** Whether this page has said it: somebody may have signed in anew since it was said before. */
let isSaid = false;

/** Once the city has said who is signed in: another person's ends, one's own is said again when something about it is new. */
export async function confirmPush() {
  /** @type {Told | undefined} */
  const told = await kept("push");
  if (!told || !me.person || !isThere()) return;
  const registered = await manager();
  if (!registered) return;
  const own = await registered.getSubscription();
  if (told.person !== me.person || !own || Notification.permission !== "granted") return endPush();
  if (isSaid && told.unit === me.unit && now() - told.at < AGAIN) return;
  const { status, why } = await tellCity(own);
  isSaid = !why;
  if (FOR_GOOD.has(status)) await endPush();
}

/* The switch. */

/** What was said last of an attempt; it stands until the dialog is opened anew. @type {string | {name: string, why: string}} */
let last = "";

/** @param {string | {name: string, why: string}} state @param {Told | null} [told] */
function show(state, told = null) {
  const [name, why] = typeof state === "string" ? [state, ""] : [state.name, state.why];
  at("tell-switch").setAttribute("aria-checked", String(name === "tell_on"));
  at("tell-switch").setAttribute("aria-busy", String(["tell_busy", "tell_asking"].includes(name)));
  at("tell-switch").disabled = ["tell_none", "tell_unoffered", "tell_refused"].includes(name);
  at("tell-said").textContent = say(name, { why, time: told ? clock(told.at) : "" });
}

async function look() {
  if (!isThere()) return show("tell_none");
  if (Notification.permission === "denied") return show("tell_refused");
  /** @type {Told | undefined} */
  const told = await kept("push");
  if (told && told.person === me.person) {
    show("tell_on", told);
    const { status, found } = await send("GET", `${PATH}?id=${told.id}`);
    if (status === 401) return show("tell_out");
    if (status !== 200 || found.is_told) return;
    await endPush();
    return show("tell_ended");
  }
  if (last) return show(last);
  show("tell_off");
  const offer = await send("GET", PATH);
  if (offer.status === 200 && !offer.found?.key) show("tell_unoffered");
}

async function press() {
  if (at("tell-switch").getAttribute("aria-busy") === "true") return;
  const isOn = at("tell-switch").getAttribute("aria-checked") === "true";
  show(isOn ? "tell_busy" : "tell_asking");
  if (isOn) await endPush();
  last = isOn ? "tell_off" : await switchOn().catch((error) => ({ name: "tell_failed", why: String(error.message ?? error) }));
  await look();
}

at("tell-closed").addEventListener("click", () => {
  last = "";
  at("tell-closed").closest("details").open = false;
  at("tell").showModal();
  look();
});
at("tell-switch").addEventListener("click", press);
at("tell-close").addEventListener("click", () => at("tell").close());

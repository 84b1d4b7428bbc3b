/** What people enter on the tablet: each press is kept first and sent then. */

import { tail } from "./draw.js";
import { at, ask, labels, notice, tables, toast } from "./page.js";
import { entries, known, me, orderStepOf } from "./picture.js";
import { cancel, put, retry } from "./outbox.js";
import { here } from "./position.js";
import { clock, now, say } from "./time.js";

const TWICE = 5_000;

/** What the page knows of its link. @type {{isUp: () => boolean, sendSoon: () => void}} */
let tablet = { isUp: () => false, sendSoon: () => undefined };

/** @param {typeof tablet} page */
export function wire(page) {
  tablet = page;
}

/**
 * Keep an entry and try to send it. Failing to keep it is said loudly: then only the radio is left.
 * @param {Omit<Parameters<typeof put>[0], "person" | "point" | "accuracy">} entry
 */
async function enter(entry) {
  try {
    await put({ ...entry, person: me.person, ...here() });
  } catch (/** @type {any} */ error) {
    notice("quota", error.name === "QuotaExceededError" ? say("quota_full") : say("not_kept", { why: String(error.message).slice(0, 120) }));
    return false;
  }
  navigator.vibrate?.(30);
  if (!tablet.isUp()) toast(say("kept"));
  tablet.sendSoon();
  return true;
}

/** @param {DOMStringMap} data */
function step({ id, to, number }) {
  const label = tables.steps[to];
  return enter({ lane: number, kind: "step", about: `job:${id}`, to, label, text: "", url: `/api/v1/assignments/${id}/advance/`, values: { step: to } });
}

/** @param {DOMStringMap} data */
async function task({ id, to, number }) {
  let reason = "";
  if (tables.with_reason.includes(to)) {
    const said = await ask({ title: `${tables.task_verbs[to]}: ${labels.why}`, most: tables.most_reason });
    if (!said?.words) return;
    reason = said.words;
  }
  const title = known()?.tasks.find((each) => String(each.id) === id)?.title ?? "";
  await enter({ lane: number, kind: "task", about: `task:${id}`, to, label: `${tables.task_states[to]} · ${title}`, text: reason, url: `/api/v1/tasks/${id}/advance/`, values: { state: to, reason } });
}

/** @param {DOMStringMap} data */
async function order({ id, to, number }) {
  let reason = "";
  if (to === "REFUSED") {
    const said = await ask({ title: `${tables.order_verbs[to]}: ${labels.why}`, most: 300 });
    if (!said?.words) return;
    reason = said.words;
  }
  await enterOrder({ id, to, number, reason });
}

/** @param {{id?: string, to?: string, number?: string, reason: string}} step */
function enterOrder({ id, to, number, reason }) {
  const said = known()?.orders?.find((each) => String(each.id) === id)?.text ?? "";
  const label = `${tables.order_steps[to]} · ${said.slice(0, 60)}`;
  return enter({ lane: number || `order:${id}`, kind: "order", about: `order:${id}`, to, label, text: reason, url: `/api/v1/orders/${id}/advance/`, values: { step: to, reason } });
}

/** What was ordered has come to the tablet, and was read when it was on the screen: whoever gave it wants to know. */
export async function noteOrders() {
  const isRead = document.visibilityState === "visible" && !at("mine").hidden;
  for (const each of known()?.orders ?? []) {
    const step = orderStepOf(each);
    if (entries().some((entry) => entry.about === `order:${each.id}` && entry.state === "rejected")) continue;
    if (step === "SENT" || (step === "DELIVERED" && isRead)) {
      await enterOrder({ id: String(each.id), to: isRead ? "READ" : "DELIVERED", number: each.incident ?? "", reason: "" });
    }
  }
}

/** @param {DOMStringMap} data */
async function note({ number, about }) {
  const said = await ask({ title: `${tail(number)} · ${labels.noteTitle}` });
  if (said?.words) await enter({ lane: number, kind: "note", about, to: "", label: say("note"), text: said.words, url: `/api/v1/incidents/${number}/notes/`, values: { text: said.words } });
}

/** @param {DOMStringMap} data */
async function support({ number, about }) {
  const said = await ask({ title: `${tail(number)} · ${labels.supportTitle}`, most: 300 });
  if (!said?.words) return;
  const values = { kind: "SUPPORT", words: said.words, incident: number, ...(me.unit ? { unit: me.unit } : {}) };
  await enter({ lane: number, kind: "support", about, to: "", label: say("support"), text: said.words, url: "/api/v1/help-calls/", values });
}

/** Which incident the pictures are of that are being taken. @type {DOMStringMap} */
let pictured = {};

/** Files go by a way of their own: what is said does not wait for them. @param {DOMStringMap} data @param {string} kind @param {File} file */
function enterFile({ number, about }, kind, file) {
  const label = `${say(kind)} ${say("area_size", { n: (file.size / 1e6).toFixed(1) })}`;
  return enter({ lane: `${number}#file`, kind, about, to: "", label, text: "", url: `/api/v1/incidents/${number}/files/`, values: {}, file });
}

const stamp = () => new Date(now()).toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");

at("pictures").addEventListener("change", async () => {
  const box = at("pictures");
  const { shrink } = await import("./pictures.js");
  for (const file of [...box.files]) if (!(await enterFile(pictured, "photo", await shrink(file, `photo-${stamp()}`)))) break;
  box.value = "";
});

/** @param {DOMStringMap} data */
async function voice(data) {
  const { canRecord, record } = await import("./voice.js");
  const about = { ...data };
  const file = canRecord() ? await record(`voice-${stamp()}`).catch(() => undefined) : undefined;
  if (file) await enterFile(about, "voice", file);
  else if (file === undefined) toast(say("voice_none"), true);
}

/** @param {DOMStringMap} data */
function photo(data) {
  pictured = { ...data };
  at("pictures").click();
}

let armed = -Infinity;

/** An emergency call takes two presses, so that a pocket makes none. It waits in no line and for no answer. */
async function help() {
  const button = at("help");
  const words = button.querySelector("span");
  if (performance.now() - armed > TWICE) {
    armed = performance.now();
    button.dataset.before ??= words.textContent;
    words.textContent = say("help_armed");
    setTimeout(() => (words.textContent = button.dataset.before), TWICE);
    return;
  }
  armed = -Infinity;
  words.textContent = button.dataset.before;
  const job = known()?.assignments[0]?.incident ?? null;
  const values = { kind: "EMERGENCY", ...(job ? { incident: job } : {}), ...(me.unit ? { unit: me.unit } : {}) };
  await enter({ lane: "", kind: "help", about: "help", to: "CALL", label: say("help"), text: "", url: "/api/v1/help-calls/", values });
}

function takeBack() {
  const id = at("take-back").dataset.call;
  return enter({ lane: "", kind: "help", about: "help", to: "END", label: say("help_taken_back"), text: "", url: `/api/v1/help-calls/${id}/end/`, values: null });
}

/** What was refused becomes a note where it belongs; when it was entered stands in its words. @param {string} seq */
async function redirect(seq) {
  const item = entries().find((each) => String(each.seq) === seq);
  const cards = known()?.incidents ?? [];
  const choices = cards.map((each) => ({ value: each.number, label: `${tail(each.number)} ${each.type} ${each.address}` }));
  const said = await ask({ title: item.label, said: labels.redirectWhere, words: false, choices });
  if (!said?.choice) return;
  const what = say("redirected", { what: [item.label, item.text].filter(Boolean).join(": "), time: clock(item.at), from: tail(item.lane || "-"), why: item.error });
  const isKept = await enter({ lane: said.choice, kind: "note", about: `incident:${said.choice}`, to: "", label: say("note"), text: what, url: `/api/v1/incidents/${said.choice}/notes/`, values: { text: what } });
  if (isKept) await cancel(item.seq);
}

/** @type {Record<string, (data: DOMStringMap) => unknown>} */
const presses = {
  step,
  task,
  order,
  note,
  photo,
  voice,
  support,
  open: ({ number }) => (location.hash = `incident/${number}`),
  retry: ({ seq }) => retry(Number(seq)),
  cancel: ({ seq }) => cancel(Number(seq)),
  redirect: ({ seq }) => redirect(seq),
};

document.addEventListener("click", (event) => {
  const pressed = /** @type {HTMLElement | null} */ (event.target instanceof Element ? event.target.closest("[data-do]") : null);
  if (pressed) presses[pressed.dataset.do]?.(pressed.dataset);
});
at("help").addEventListener("click", help);
for (const how of ["keep", "drop"]) at(`voice-${how}`).addEventListener("click", () => at("voice").close(how));
at("take-back").addEventListener("click", takeBack);
at("to-queue").addEventListener("click", () => (location.hash = "queue"));

/** Draws the lists of the tablet: jobs and tasks with their big buttons, what is near, what waits to be sent. */

import { Idiomorph } from "../../vendor/idiomorph.js";
import { icon, labels, level, make, tables } from "./page.js";
import { cardOf, entries, known, orderStepOf, stateOf, stepOf } from "./picture.js";
import { age, clock, distance, metresBetween, now, say } from "./time.js";

/** @typedef {import("./store.js").Item} Item */

const USUAL_TASKS = ["ACKNOWLEDGED", "IN_PROGRESS", "DONE"];

/** @param {string} number */
export const tail = (number) => number.slice(number.indexOf("-") + 1);

/** A button: what it does stands in its data. @param {string} words @param {Record<string, string>} data @param {{look?: string, sign?: string, name?: string}} [options] */
function button(words, data, { look = "", sign = "", name = "" } = {}) {
  const made = make("button", { type: "button", class: `field-button ${look}`.trim(), "aria-label": name || undefined }, sign && icon(sign), make("span", {}, words));
  Object.assign(made.dataset, data);
  return made;
}

/** @param {string | null} due */
function dueWords(due) {
  if (!due) return null;
  const moment = Date.parse(due);
  const isOver = moment < now();
  return make("b", { class: isOver ? "field-over num" : "num" }, isOver && level(3), say(isOver ? "overdue" : "due", { time: isOver ? age((now() - moment) / 1000) : clock(moment) }));
}

/** @param {any} card @param {...any} words */
function head(card, ...words) {
  return make(
    "h2",
    {},
    level(card.severity),
    make("span", { class: "num" }, tail(card.number)),
    make("span", { class: "cut" }, card.type),
    card.is_sample && make("span", { class: "code" }, labels.sample),
    ...words,
  );
}

/** What may be done about an incident whatever the job. @param {string} number @param {string} about */
function common(number, about) {
  return make(
    "div",
    { class: "field-buttons" },
    button(labels.support, { do: "support", number, about }, { sign: "hand-stop" }),
    button(labels.photo, { do: "photo", number, about }, { sign: "camera" }),
    button(labels.voice, { do: "voice", number, about }, { sign: "microphone" }),
    button(labels.note, { do: "note", number, about }, { sign: "pencil" }),
    button(labels.open, { do: "open", number }, { sign: "file-text" }),
  );
}

/** @param {string} about */
function pending(about) {
  const own = entries().filter((each) => each.about === about && each.state !== "sent");
  const refused = own.filter((each) => each.state === "rejected").at(-1);
  if (refused) return make("p", { class: "field-pending", role: "status" }, `× ${refused.label}: ${refused.error}`);
  return own.length ? make("p", { class: "field-pending", role: "status" }, `↑ ${own.at(-1).label} · ${say("state_waiting")}`) : null;
}

/** @param {any} job */
function jobEntry(job) {
  const card = cardOf(job.incident);
  const step = stepOf(job);
  const next = tables.step_next[step];
  const others = tables.step_order.slice(tables.step_order.indexOf(step) + 1).filter((/** @type {string} */ each) => each !== next);
  const data = (/** @type {string} */ to) => ({ do: "step", to, id: String(job.id), number: job.incident });
  const verb = (/** @type {string} */ to) => tables.step_verbs[to] ?? tables.steps[to];
  return make(
    "article",
    { class: "field-entry", id: `job-${job.id}`, "aria-label": labels.job },
    head(card ?? { number: job.incident, severity: 4, type: "" }, make("b", { class: "field-state" }, tables.steps[step])),
    card && make("p", { class: "field-place" }, card.address),
    card?.words[0] && make("p", { class: "field-said" }, card.words[0]),
    pending(`job:${job.id}`),
    next && button(verb(next), data(next), { look: "primary big" }),
    step !== "CLEARED" && make("details", { class: "field-more" }, make("summary", { class: "field-button" }, labels.more), make("div", { class: "field-buttons" }, ...others.map((/** @type {string} */ to) => button(verb(to), data(to))))),
    common(job.incident, `job:${job.id}`),
  );
}

/** @param {any} task */
function taskEntry(task) {
  const card = cardOf(task.incident);
  const state = stateOf(task);
  const ways = tables.task_next[state] ?? [];
  const usual = tables.task_usual[state];
  const data = (/** @type {string} */ to) => ({ do: "task", to, id: String(task.id), number: task.incident });
  const big = ways.filter((/** @type {string} */ to) => USUAL_TASKS.includes(to));
  const small = ways.filter((/** @type {string} */ to) => !USUAL_TASKS.includes(to));
  return make(
    "article",
    { class: "field-entry", id: `task-${task.id}`, "aria-label": labels.task },
    head(card ?? { number: task.incident, severity: 4, type: "" }, make("b", { class: "field-state" }, tables.task_states[state])),
    make("p", { class: "field-place" }, task.title, " ", dueWords(task.due_at)),
    make("p", { class: "minor" }, [card?.address, task.department, task.person && say("for_person", { name: task.person }), task.reason].filter(Boolean).join(" · ")),
    pending(`task:${task.id}`),
    make("div", { class: "field-buttons" }, ...big.map((/** @type {string} */ to) => button(tables.task_verbs[to], data(to), { look: to === usual ? "primary big" : "big" }))),
    small.length > 0 && make("details", { class: "field-more" }, make("summary", { class: "field-button" }, labels.more), make("div", { class: "field-buttons" }, ...small.map((/** @type {string} */ to) => button(tables.task_verbs[to], data(to))))),
    common(task.incident, `task:${task.id}`),
  );
}

/** How far an order has come, step by step with its time: never a single tick; ↑ is said here and on its way. @param {any} order @param {string} step */
function orderWay(order, step) {
  const way = ["DELIVERED", "READ", "ACCEPTED", "DONE"];
  const on = step === order.step ? -1 : way.indexOf(step);
  const said = (/** @type {string} */ each, /** @type {number} */ at) => {
    const told = order[`${each.toLowerCase()}_at`];
    if (told) return clock(Date.parse(told));
    return at <= on && at > way.indexOf(order.step) ? "↑" : "—";
  };
  return make(
    "table",
    { class: "field-way" },
    make("thead", {}, make("tr", {}, ...way.map((each) => make("th", { scope: "col" }, tables.order_steps[each])))),
    make("tbody", {}, make("tr", {}, ...way.map((each, at) => make("td", { class: "num" }, said(each, at))))),
  );
}

/** @param {any} order */
function orderEntry(order) {
  const step = orderStepOf(order);
  const isOver = step === "DONE" || step === "REFUSED";
  const data = (/** @type {string} */ to) => ({ do: "order", to, id: String(order.id), number: order.incident ?? "" });
  const next = tables.order_next[step];
  return make(
    "article",
    { class: "field-entry", id: `order-${order.id}`, "aria-label": labels.order },
    make("h2", {}, icon("send"), make("span", { class: "cut" }, `${labels.order} · ${order.author}`), make("b", { class: "field-state" }, tables.order_steps[step])),
    make("p", { class: "field-place" }, order.text, " ", dueWords(order.due_at)),
    make("p", { class: "minor" }, [order.room_name, say("for_person", { name: order.to }), clock(Date.parse(order.given_at))].join(" · ")),
    orderWay(order, step),
    pending(`order:${order.id}`),
    !isOver &&
      make(
        "div",
        { class: "field-buttons" },
        ...["ACCEPTED", "DONE"].slice(step === "ACCEPTED" ? 1 : 0).map((to) => button(tables.order_verbs[to], data(to), { look: to === next ? "primary big" : "big" })),
        button(tables.order_verbs.REFUSED, data("REFUSED")),
        order.incident && cardOf(order.incident) && button(labels.open, { do: "open", number: order.incident }, { sign: "file-text" }),
      ),
  );
}

/** What stays as it is: a map draws itself, and what somebody opened stays open. */
const callbacks = {
  beforeNodeMorphed: (/** @type {any} */ node) => !node.dataset?.map,
  beforeAttributeUpdated: (/** @type {string} */ name, /** @type {Element} */ element) => !(name === "open" && element instanceof HTMLDetailsElement),
};

/** Change only what differs: a button under a finger must not be another one when it is let go. @param {Element} box @param {(Node | null)[]} children */
function fill(box, children) {
  for (const each of children) if (each instanceof HTMLElement && each.id) nameButtons(each);
  Idiomorph.morph(box, children.filter(Boolean), { morphStyle: "innerHTML", callbacks });
}

/** Buttons are known by what they do: without a name the next one would be made of the one that is gone. @param {HTMLElement} entry */
function nameButtons(entry) {
  for (const each of /** @type {NodeListOf<HTMLElement>} */ (entry.querySelectorAll("[data-do]"))) each.id ||= `${entry.id}-${each.dataset.do}-${each.dataset.to ?? ""}`;
}

/** @param {Element} box */
export function drawMine(box) {
  const picture = known();
  const all = picture ? [...(picture.orders ?? []).map(orderEntry), ...picture.assignments.map(jobEntry), ...picture.tasks.map(taskEntry)] : [];
  fill(box, all.length ? all : [make("p", { class: "field-none" }, picture ? say("no_tasks") : say("as_of_none"))]);
  return all.length;
}

/** @param {Element} box @param {number[] | null} point where the tablet is */
export function drawNear(box, point) {
  const near = (known()?.near ?? []).map((each) => ({ ...each, away: point ? metresBetween(point, each.point) : each.metres }));
  near.sort((a, b) => a.away - b.away);
  const lines = near.map((each) =>
    make(
      "article",
      { class: "field-entry field-near", id: `near-${each.id}` },
      head(each, make("b", { class: "field-state num" }, distance(each.away))),
      make("p", { class: "field-place" }, each.address),
      make("p", { class: "minor" }, each.state),
      make("a", { class: "field-button", href: `geo:${each.point[1]},${each.point[0]}` }, icon("navigation"), labels.lead),
    ),
  );
  fill(box, lines.length ? lines : [make("p", { class: "field-none" }, say(point || known()?.near.length ? "no_near" : "no_near_position"))]);
  return lines.length;
}

/** @param {Item} item */
function stateWords(item) {
  if (item.state === "rejected") return say("state_rejected", { why: item.error });
  if (item.state === "sending") return say("state_sending");
  if (item.state === "sent") return say("state_sent");
  if (!item.tries) return say("state_waiting");
  const why = item.error === "down" ? say("no_answer") : say("server_fault", { n: item.error });
  const again = age(Math.max(0, (item.next_at - Date.now()) / 1000));
  return `${say("state_trying", { n: item.tries, time: again })} · ${why}`;
}

/** @param {Item} item */
function queueEntry(item) {
  const data = (/** @type {string} */ what) => ({ do: what, seq: String(item.seq) });
  const sign = { rejected: "×", sent: "✓", sending: "↥", waiting: "↑" }[item.state];
  const isFree = item.state === "waiting" || item.state === "rejected";
  return make(
    "article",
    { class: "field-entry field-item", id: `item-${item.seq}`, "data-state": item.state },
    make("p", { class: "field-place" }, make("span", { "aria-hidden": "true" }, sign), make("span", { class: "num" }, clock(item.at)), item.lane && make("span", { class: "num" }, tail(item.lane.split("#")[0])), make("span", { class: "cut" }, item.label)),
    item.text && make("p", {}, item.text),
    make("p", { class: "minor" }, stateWords(item)),
    isFree &&
      make(
        "div",
        { class: "field-buttons" },
        button(labels.retry, data("retry"), { sign: "refresh" }),
        item.state === "rejected" && !item.size && (known()?.incidents.length ?? 0) > 0 && button(labels.redirect, data("redirect"), { sign: "corner-down-right" }),
        button(labels.cancel, data("cancel"), { sign: "trash" }),
      ),
  );
}

/** Two hundred entries are drawn only where somebody looks at them. @param {HTMLElement} box @param {number} others entries of other people on this tablet */
export function drawQueue(box, others) {
  const all = box.hidden ? [] : entries().map(queueEntry);
  const rest = others ? [make("p", { class: "field-none" }, say("other_person", { n: others }))] : [];
  if (!box.hidden) fill(box, all.length || others ? [...all, ...rest] : [make("p", { class: "field-none" }, say("no_queue"))]);
  return entries().filter((each) => each.state !== "sent").length;
}

/** @param {string} title @param {(Node | null)[]} lines */
function part(title, lines) {
  return lines.length ? make("section", { class: "field-part" }, make("h3", {}, title), make("ul", {}, ...lines)) : null;
}

/** The card of an incident; the map finds its own place in it. @param {Element} box @param {any} card */
export function drawCard(box, card) {
  const line = (/** @type {any[]} */ ...words) => make("li", {}, ...words);
  const about = `incident:${card.number}`;
  const notes = entries().filter((each) => each.lane === card.number && each.kind === "note" && each.state !== "sent");
  fill(box, [
    make("a", { class: "field-button field-back", href: "#mine" }, icon("arrow-left"), labels.back),
    make("div", { id: "card-top" }, head(card, make("b", { class: "field-state" }, card.state)), make("p", { class: "field-place" }, card.address), pending(about)),
    make(
      "div",
      { class: "field-buttons", id: "card-buttons" },
      button(labels.support, { do: "support", number: card.number, about }, { sign: "hand-stop" }),
      button(labels.photo, { do: "photo", number: card.number, about }, { sign: "camera" }),
      button(labels.voice, { do: "voice", number: card.number, about }, { sign: "microphone" }),
      button(labels.note, { do: "note", number: card.number, about }, { sign: "pencil" }),
      card.point && make("a", { class: "field-button", href: `geo:${card.point[1]},${card.point[0]}` }, icon("navigation"), labels.lead),
    ),
    part(labels.hazards, card.hazards.map((/** @type {any} */ each) => line(make("b", {}, `${each.kind} · ${each.name}`), ` ${each.warning} `, make("span", { class: "num minor" }, distance(each.metres))))),
    part(labels.said, card.words.map((/** @type {string} */ each) => line(each))),
    make("section", { class: "field-part" }, make("h3", {}, labels.map), make("div", { class: "field-map", id: `map-${card.number}`, "data-map": card.number })),
    part(labels.units, card.units.map((/** @type {any} */ each) => line(make("b", {}, each.code), ` ${each.type} · ${each.step}`))),
    part(labels.tasks, card.tasks.map((/** @type {any} */ each) => line(make("b", {}, each.title), ` ${each.department} · ${each.state} `, each.due_at && make("span", { class: "num minor" }, clock(Date.parse(each.due_at)))))),
    ...card.plans.map((/** @type {any} */ plan) => part(`${labels.plans}: ${plan.name} ${plan.level}`, plan.items.map((/** @type {string} */ each) => line(each)))),
    part(labels.contacts, card.contacts.map((/** @type {any} */ each) => line(make("a", { class: "field-button", href: `tel:${each.phone}` }, icon("phone"), make("span", {}, `${each.name}${each.role === each.name ? "" : ` · ${each.role}`}`), make("span", { class: "num" }, each.phone))))),
    part(labels.notes, [
      ...notes.map((each) => line(make("span", { class: "num minor" }, `↑ ${clock(each.at)} `), each.text)),
      ...card.notes.map((/** @type {any} */ each) => line(make("span", { class: "num minor" }, `${clock(Date.parse(each.written_at))} ${each.author} `), each.text)),
    ]),
  ]);
}

/** The room over the operations screen, by one key; and the mark in the header that says how much is unread. */

import "./chat.js";
import { chosenIncident } from "./command-line.js";
import { say } from "./clock.js";
import { inShort } from "./chat-marks.js";
import { ask } from "./chat-room.js";
import { toast } from "./dialogs.js";

const button = /** @type {HTMLElement} */ (document.getElementById("chat-button"));
const mark = /** @type {HTMLElement} */ (button.querySelector("b"));
const person = Number(document.documentElement.dataset.person);

/** @type {HTMLElement | null} */
let over = null;
/** @type {HTMLElement | null} what had the focus before */
let cameFrom = null;
/** @type {Set<number>} rooms the reader follows */
const followed = new Set((button.dataset.followed ?? "").split(",").filter(Boolean).map(Number));

/** @param {number} n */
function count(n) {
  mark.textContent = n > 99 ? "99+" : String(n);
  mark.hidden = n <= 0;
  button.dataset.unread = String(Math.max(0, n));
}

const unread = () => Number(button.dataset.unread ?? 0);

/** @returns {any} */
const pane = () => over?.querySelector("city-chat") ?? document.querySelector("city-chat");

async function load() {
  if (over) return over;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: button.dataset.style ?? "" });
  const isStyled = new Promise((tell) => link.addEventListener("load", tell, { once: true }));
  document.head.append(link);
  const answer = await fetch(button.dataset.paneUrl ?? "", { credentials: "same-origin", headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) {
    toast(say("unsent"), { refused: true });
    return null;
  }
  const box = document.createElement("aside");
  box.className = "chat-over";
  box.setAttribute("aria-label", button.dataset.label ?? "");
  box.innerHTML = await answer.text();
  await isStyled;
  (document.querySelector(".stage") ?? document.body).append(box);
  const close = /** @type {HTMLElement} */ (box.querySelector('[data-chat="close"]'));
  close.hidden = false;
  close.addEventListener("click", hide);
  box.addEventListener("chat:up", (event) => {
    event.preventDefault();
    hide();
  });
  over = box;
  return box;
}

function hide() {
  if (!over) return;
  over.hidden = true;
  button.setAttribute("aria-expanded", "false");
  pane()?.leave();
  cameFrom?.focus({ preventScroll: true });
}

// Where there is room for one of both only, the map is what was asked for.
document.addEventListener("place:wanted", () => matchMedia("(max-width: 860px)").matches && hide());

/** The number of the incident that is chosen on this screen. */
function chosenNumber() {
  const row = /** @type {HTMLElement | null} */ (document.querySelector('#queue [aria-selected="true"]'));
  return chosenIncident() ? (row?.dataset.number ?? "") : "";
}

/** Open the room of the chosen incident, or go to it; where it is open already, close it. */
export async function toggle() {
  const beside = /** @type {any} */ (document.querySelector("city-chat:not(.chat-over city-chat)"));
  if (beside) {
    beside.scrollIntoView({ block: "nearest" });
    beside.composer.field.focus();
    return;
  }
  const wanted = chosenNumber();
  const isOpen = over !== null && !over.hidden;
  if (isOpen && (!wanted || pane().room?.about.incident === wanted)) return hide();
  if (!isOpen) cameFrom = /** @type {HTMLElement | null} */ (document.activeElement);
  const box = await load();
  if (!box) return;
  box.hidden = false;
  button.setAttribute("aria-expanded", "true");
  if (wanted) await pane().enter({ incident: wanted });
  else await pane().showRooms();
  if (wanted) pane().composer.field.focus();
}

document.addEventListener("live:fact", (event) => {
  const { name, data, body } = /** @type {CustomEvent} */ (event).detail;
  if (!["chat.message_posted", "chat.order_given"].includes(name) || body?.author?.id === person) return;
  const isOrder = name === "chat.order_given" && isForMe(/** @type {CustomEvent} */ (event).detail);
  const isNamed = isOrder || about(data.mentions);
  if (!followed.has(data.room_id) && !isNamed) return;
  if (pane()?.room?.id === data.room_id && !document.hidden && pane().list.isAtEnd) return;
  count(unread() + 1);
  if (isNamed && body) toast(`${isOrder ? `${button.dataset.order} · ` : ""}${body.author.name}: ${inShort(body).slice(0, 160)}`);
});

const departments = new Set((button.dataset.departments ?? "").split(",").filter(Boolean).map((pk) => `department:${pk}`));

/** Whether an order is for the reader; that it has come is told to whoever gave it. @param {any} frame */
function isForMe({ about: subjects, body }) {
  const own = (body?.order?.addressees ?? []).filter((/** @type {any} */ each) => each.of === `user:${person}`);
  for (const each of own) ask(`/api/v1/orders/${each.id}/advance/`, { step: "DELIVERED" }).catch(() => null);
  return subjects.includes(`user:${person}`) || (body?.order?.addressees ?? []).some((/** @type {any} */ each) => departments.has(each.of));
}

/** @param {string[]} mentions */
const about = (mentions) => (mentions ?? []).includes(`user:${person}`);

document.addEventListener("chat:entered", (event) => {
  const { id, unread: were, is_followed: was } = /** @type {CustomEvent} */ (event).detail;
  if (was || followed.has(id)) count(unread() - were);
  followed.add(id);
});

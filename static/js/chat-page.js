/** Where a room stands on a page: alone with the list of rooms beside it, or beside an incident. */

import "./chat.js";
import { showPlaces } from "./chat-places.js";

/* On a page of its own: the list of rooms beside the room. */

const page = /** @type {HTMLElement | null} */ (document.querySelector(".chat-page"));
if (page) {
  const side = /** @type {HTMLElement} */ (page.querySelector(".chat-side"));
  const pane = /** @type {any} */ (page.querySelector("city-chat"));
  const first = page.dataset.room ?? /** @type {HTMLElement | null} */ (side.querySelector("[data-room]"))?.dataset.room;
  const enter = (/** @type {string} */ room) => pane.enter({ room: Number(room) }).then((/** @type {boolean} */ isIn) => isIn && pane.composer.field.focus());
  side.addEventListener("click", (event) => {
    const room = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("[data-room]")) : null;
    if (room) enter(room.dataset.room ?? "");
  });
  let timer = 0;
  const fresh = async () => {
    timer = 0;
    if (await showPlaces(side, pane.dataset.roomsUrl)) mark();
  };
  const mark = () => {
    for (const each of side.querySelectorAll("[data-room]")) each.toggleAttribute("aria-current", /** @type {HTMLElement} */ (each).dataset.room === String(pane.room?.id));
  };
  const soon = () => (timer ||= setTimeout(fresh, 1500 + Math.random() * 1500));
  document.addEventListener("live:fact", (event) => /** @type {CustomEvent} */ (event).detail.name.startsWith("chat.") && soon());
  document.addEventListener("live:resync", soon);
  pane.addEventListener("chat:read", soon);
  pane.addEventListener("chat:entered", (/** @type {CustomEvent} */ event) => {
    const url = new URL(location.href);
    url.searchParams.set("room", event.detail.id);
    history.replaceState(null, "", url);
    mark();
  });
  if (first) enter(first);
}

/* Beside an incident: its room is entered when it comes into view. */

for (const each of document.querySelectorAll("city-chat[data-incident]")) {
  const pane = /** @type {any} */ (each);
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    pane.enter({ incident: pane.dataset.incident });
  }).observe(pane);
}

/** The list of rooms, wherever it stands: those that are open, and those that are over. */

const LISTS = ".chat-side, .chat-rooms";
const CLICK = 80; // a click comes just after the finger has left
const RESTS = 2000; // a finger that stays longer keeps no news away

/** Until no finger is on a list. @type {Promise<unknown>} */
let lifted = Promise.resolve();
document.addEventListener("pointerdown", (event) => {
  if (!(event.target instanceof Element && event.target.closest(LISTS))) return;
  lifted = new Promise((tell) => {
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => setTimeout(tell, CLICK), { once: true, capture: true });
    setTimeout(tell, RESTS);
  });
}, true);

/**
 * Fetch the list anew, as it was last wanted there; says whether it came. What a finger came down on is what it presses: the list is drawn
 * when it has left. What has the focus keeps it.
 * @param {HTMLElement} place @param {string} url
 */
export async function showPlaces(place, url) {
  const answer = await fetch(place.dataset.places ?? url, { credentials: "same-origin", headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return false;
  const [text, { Idiomorph }] = await Promise.all([answer.text(), import("../vendor/idiomorph.js")]);
  await lifted;
  const focused = /** @type {HTMLElement | null} */ (place.querySelector(":focus"));
  Idiomorph.morph(place, text, { morphStyle: "innerHTML" });
  if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
  return true;
}

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("[data-places-url]")) : null;
  const place = /** @type {HTMLElement | null} */ (button?.closest(LISTS));
  if (!button || !place) return;
  place.dataset.places = button.dataset.placesUrl;
  if (await showPlaces(place, "")) /** @type {HTMLElement | null} */ (place.querySelector("button"))?.focus();
});

/** The list of rooms, wherever it stands: those that are open, and those that are over. */

/** Fetch the list anew, as it was last wanted there; says whether it came. @param {HTMLElement} place @param {string} url */
export async function showPlaces(place, url) {
  const answer = await fetch(place.dataset.places ?? url, { credentials: "same-origin", headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return false;
  place.innerHTML = await answer.text();
  return true;
}

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("[data-places-url]")) : null;
  const place = /** @type {HTMLElement | null} */ (button?.closest(".chat-side, .chat-rooms"));
  if (!button || !place) return;
  place.dataset.places = button.dataset.placesUrl;
  if (await showPlaces(place, "")) /** @type {HTMLElement | null} */ (place.querySelector("button"))?.focus();
});

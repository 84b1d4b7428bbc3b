/** Where the caller's phone says it is: offered in the form for a call as soon as the number is there, drawn on the map as a circle. */

import { token } from "./basemap.js";
import { csrfToken } from "./dialogs.js";

const TYPING_PAUSE = 400;
const FEWEST_DIGITS = 5;

/** Follow the number in the form for a call. @param {any} map Leaflet's map. */
export function followCaller(map) {
  /** @type {any} */
  let circle = null;
  let timer = 0;
  let asked = 0;

  const box = () => /** @type {HTMLElement | null} */ (document.querySelector("form.call [data-caller-locations]"));
  const number = () => /** @type {HTMLInputElement | null} */ (box()?.closest("form")?.querySelector("[name=caller_phone]"))?.value ?? "";

  /** @param {HTMLElement | null} button */
  function draw(button) {
    circle?.remove();
    circle = null;
    const radius = Number(button?.dataset.radius);
    if (!button || !radius) return;
    const look = { radius, color: token("map-label"), weight: 2, dashArray: "6 4", fillOpacity: 0.12, interactive: false, className: "caller-circle" };
    circle = L.circle([Number(button.dataset.lat), Number(button.dataset.lon)], look).addTo(map);
  }

  async function ask() {
    const offer = box();
    const typed = number();
    if (!offer) return;
    const ticket = ++asked;
    let html = "";
    if (typed.replace(/\D/g, "").length >= FEWEST_DIGITS) {
      const headers = { "X-CSRFToken": csrfToken(), "HX-Request": "true" };
      const body = new URLSearchParams({ number: typed });
      const answer = await fetch(offer.dataset.callerLocations ?? "", { method: "POST", body, headers, credentials: "same-origin" }).catch(() => null);
      if (!answer?.ok || ticket !== asked) return;
      html = await answer.text();
    }
    if (ticket !== asked) return;
    if (offer.innerHTML !== html) offer.innerHTML = html;
    draw(offer.querySelector("[data-caller-point]"));
  }

  const askSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, TYPING_PAUSE);
  };

  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.name === "caller_phone") askSoon();
  });

  /* A phone often tells its place some seconds after the call has begun. */
  document.addEventListener("live:fact", (event) => {
    if (/** @type {CustomEvent} */ (event).detail.name === "exchange.caller_location_received" && number()) askSoon();
  });

  document.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement | null} */ (event.target instanceof Element ? event.target.closest("[data-caller-point]") : null);
    if (!button) return;
    const label = button.querySelector("span")?.textContent ?? "";
    const place = /** @type {HTMLInputElement | null} */ (button.closest("form")?.querySelector("[name=place]"));
    if (place && !place.value.trim()) place.value = label;
    draw(button);
    if (circle) map.fitBounds(circle.getBounds(), { maxZoom: 17, animate: false });
    const { lon, lat } = button.dataset;
    button.dispatchEvent(new CustomEvent("combo:taken", { detail: { lon, lat, label }, bubbles: true }));
  });

  if (number()) askSoon(); // typed before this script was here

  /* The circle goes with the form; it stays while a point is picked on the map. */
  document.getElementById("dialog")?.addEventListener("close", (event) => {
    if (/** @type {HTMLDialogElement} */ (event.target).returnValue !== "picking") draw(null);
  });
}

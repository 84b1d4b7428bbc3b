/** The incidents a call may be about: Alt and a digit adds the call to one, and the one with the focus is ringed on the map. */

import { say, writeTimes } from "./clock.js";
import { onKey } from "./keys.js";
import { toast } from "./dialogs.js";

/** How long a digit that has come to mean another incident does nothing: a finger already on its way must not hit the wrong one. */
const SETTLE = 400;

/** @type {Map<string, string>} */
let meant = new Map();
let changed = -SETTLE;

const list = () => document.getElementById("same");

/** @param {EventTarget | null} target */
const candidateAt = (target) => /** @type {HTMLElement | null} */ (target instanceof Element ? target.closest("[data-candidate]") : null);

document.body.addEventListener("htmx:afterSwap", (event) => {
  const panel = list();
  if (!panel || /** @type {CustomEvent} */ (event).detail.target !== panel) return;
  const means = new Map();
  for (const each of panel.querySelectorAll("[data-candidate]")) {
    means.set(each.getAttribute("data-candidate"), each.getAttribute("data-number"));
  }
  for (const [digit, number] of meant) if (means.has(digit) && means.get(digit) !== number) changed = performance.now();
  meant = means;
  writeTimes(panel);
  point(candidateAt(document.activeElement));
});

document.addEventListener("dialog:closed", () => {
  meant = new Map();
  point(null);
});

onKey("attach", (event) => {
  const button = /** @type {HTMLButtonElement | null} */ (list()?.querySelector(`[data-candidate="${event.code.slice(-1)}"]`) ?? null);
  if (!button) return false;
  if (performance.now() - changed < SETTLE) toast(say("list_changed"), { refused: true });
  else button.click();
});

/** @param {HTMLElement | null} candidate */
function point(candidate) {
  const { lon, lat } = candidate?.dataset ?? {};
  const detail = lon && lat ? { lon: Number(lon), lat: Number(lat), beside: list()?.getBoundingClientRect() } : null;
  document.dispatchEvent(new CustomEvent("spot:pointed", { detail }));
}

for (const name of ["focusin", "pointerover"]) {
  document.addEventListener(name, (event) => {
    const candidate = candidateAt(event.target);
    if (candidate) point(candidate);
  });
}
for (const name of ["focusout", "pointerout"]) {
  document.addEventListener(name, (event) => {
    if (candidateAt(event.target)) point(candidateAt(document.activeElement));
  });
}

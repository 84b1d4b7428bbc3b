/** Requests for mutual aid: drawn again when one changes, when the link comes back, and when an answer falls due. */

import { now } from "./clock.js";

let timer = 0;

const refresh = () => document.body.dispatchEvent(new CustomEvent("aid:changed"));

/** At the moment the next answer is due the row says so. */
function waitForDue() {
  clearTimeout(timer);
  const next = document.getElementById("aid-rows")?.dataset.next;
  if (next) timer = setTimeout(refresh, Math.min(Math.max(1000, Date.parse(next) - now() + 1000), 2 ** 31 - 1));
}

document.addEventListener("live:fact", (event) => /** @type {CustomEvent} */ (event).detail.name.startsWith("incidents.aid_") && refresh());
document.addEventListener("live:resync", refresh);
document.body.addEventListener("htmx:afterSettle", waitForDue);
waitForDue();

/**
 * A part of a page that is fetched again when something happens that it shows: `data-fresh` is a subject ("room:5") or how names of facts
 * begin ("access."), `data-url` where it is fetched. A whole page may be given: its part is found by the same attribute.
 * `data-again`: after so many seconds too, for what changes by the clock alone.
 * What has `data-keep` stays as it is; then `fresh` is told, so that a map draws what the new part says.
 */

import { writeTimes } from "./clock.js";
import { isTyping } from "./keys.js";
import { Idiomorph } from "../vendor/idiomorph.js";

const part = /** @type {HTMLElement | null} */ (document.querySelector("[data-fresh]"));
const about = part?.dataset.fresh ?? "";
let timer = 0;

async function refresh() {
  if (!part) return;
  const headers = { "HX-Request": "true" };
  const answer = await fetch(part.dataset.url ?? "", { credentials: "same-origin", cache: "no-cache", headers }).catch(() => null);
  if (answer?.status === 404) return part.replaceChildren(await answer.text()); // it was shared, and is no more
  if (!answer?.ok) return;
  const text = await answer.text();
  const whole = new DOMParser().parseFromString(text, "text/html").querySelector("[data-fresh]");
  const keep = { beforeNodeMorphed: (/** @type {Node} */ old) => !(old instanceof HTMLElement && "keep" in old.dataset) };
  Idiomorph.morph(part, whole ? whole.innerHTML : text, { morphStyle: "innerHTML", ignoreActiveValue: isTyping(document.activeElement), callbacks: keep });
  htmx.process(part);
  writeTimes(part);
  part.dispatchEvent(new CustomEvent("fresh", { bubbles: true }));
}

function ask() {
  clearTimeout(timer);
  timer = setTimeout(refresh, 60 + Math.random() * 200);
}

if (about.endsWith(".")) document.addEventListener("live:fact", (event) => /** @type {CustomEvent} */ (event).detail.name.startsWith(about) && ask());
else document.addEventListener(`live:${about}`, ask);
document.addEventListener("live:resync", ask);
document.body.addEventListener("done", ask);
if (part?.dataset.again) setInterval(ask, 1000 * Number(part.dataset.again));

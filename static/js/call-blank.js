/** A form for a call made of one that was loaded before: what opens when the server does not answer. */

import { now } from "./clock.js";
import { spares } from "./dialogs.js";
import { kept, person } from "./call-store.js";

/** Load a form now; from then on a call can begin, or one that this browser holds go on, without the server. @param {string} url */
export async function prepare(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  const html = answer.ok ? await answer.text() : "";
  const key = /data-call="([^"]+)"/.exec(html)?.[1];
  const beganAt = /name="received_at" value="([^"]+)"/.exec(html)?.[1];
  if (!key || !beganAt) throw new Error("no form for calls");
  keepStyle(html);
  spares.set(url, async (wanted) => {
    const old = new URL(wanted, location.href).searchParams.get("call");
    const held = old ? await kept(old) : null;
    if (old && held?.person !== person) return "";
    const moment = held?.beganAt ?? new Date(now()).toISOString();
    return html.replaceAll(key, old ?? newKey()).replaceAll(beganAt, moment).replace("<form ", "<form data-spare ");
  });
  document.getElementById("desk-calls")?.setAttribute("data-ready", "");
}

/** The form brings its style along, and that must be here before the link goes. @param {string} html */
function keepStyle(html) {
  const link = new DOMParser().parseFromString(html, "text/html").querySelector("link[rel=stylesheet]");
  const href = link?.getAttribute("href");
  if (href && !document.head.querySelector(`link[href="${href}"]`)) document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
}

/** A random UUID, also where the page came without TLS. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

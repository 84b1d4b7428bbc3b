/** Files of the incident on this page: chosen, dropped anywhere or pasted, sent resumably, and looked at. */

import { isTyping } from "./keys.js";
import { csrfToken } from "./dialogs.js";
import { receive } from "./uploads.js";
import { wire } from "./viewer.js";

const list = /** @type {HTMLElement | null} */ (document.querySelector(".uploads"));
const form = () => /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-hand-in]"));
const uploads = list ? receive(list, { adopt }) : null;

/** Once more after a lost answer is the same attachment. @param {import("./upload.js").Row} file */
async function adopt(file) {
  for (let tries = 0; ; tries++) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
    const body = JSON.stringify({ upload: file.key });
    const answer = await fetch(list?.dataset.uploads ?? "", { method: "POST", headers, body, credentials: "same-origin" }).catch(() => null);
    if (answer?.ok) return;
    if (answer && answer.status < 500 && answer.status !== 429) throw new Error((await answer.json().catch(() => ({}))).title ?? String(answer.status));
    await new Promise((go) => setTimeout(go, Math.min(30_000, 1000 * 2 ** tries)));
  }
}

const isWanted = (/** @type {DataTransfer | null} */ sent) => Boolean(uploads && form() && sent?.types.includes("Files"));

document.addEventListener("dragover", (event) => {
  if (isWanted(event.dataTransfer)) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  if (!isWanted(event.dataTransfer)) return;
  event.preventDefault();
  uploads?.add(event.dataTransfer?.files ?? []);
});

document.addEventListener("paste", (event) => {
  const sent = event.clipboardData;
  if (!isWanted(sent) || (isTyping(document.activeElement) && sent?.types.includes("text/plain"))) return; // words with a picture of them
  event.preventDefault();
  uploads?.add(sent?.files ?? []);
});

document.addEventListener("submit", (event) => {
  if (!uploads || event.target !== form()) return;
  event.preventDefault();
  const field = /** @type {HTMLInputElement} */ (form()?.querySelector("input[type=file]"));
  uploads.add(field.files ?? []);
  field.value = "";
});

wire(document.body);

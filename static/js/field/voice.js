/** A voice note: recorded while its dialog is open, at most three minutes. */

import { begin, LONGEST } from "../recorder.js";
import { at } from "./page.js";

export { canRecord } from "../recorder.js";

/** Record until the person is done; null when they called it off. Rejects where the microphone is not allowed. @param {string} name @returns {Promise<File | null>} */
export async function record(name) {
  const recording = await begin();
  const dialog = at("voice");
  const show = () => {
    const seconds = Math.floor((performance.now() - recording.began) / 1000);
    at("voice-time").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds * 1000 >= LONGEST) dialog.close("keep");
  };
  show();
  const timer = setInterval(show, 250);
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  clearInterval(timer);
  const file = await recording.end(name);
  return dialog.returnValue === "keep" ? file : null;
}

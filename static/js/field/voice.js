/** A voice note: recorded while its dialog is open, at most three minutes, in the container that most can play of those that the tablet can make. */

import { at } from "./page.js";

const KINDS = [
  ["audio/mp4", "m4a"],
  ["audio/webm", "webm"],
  ["audio/ogg", "ogg"],
];
const LONGEST = 180_000;
const BITS = 32_000;

/** Whether this tablet can record one that the city takes. */
export const canRecord = () => Boolean(navigator.mediaDevices && kind());

const kind = () => ("MediaRecorder" in window ? KINDS.find(([type]) => MediaRecorder.isTypeSupported(type)) : undefined);

/** Record until the person is done; null when they called it off. Rejects where the microphone is not allowed. @param {string} name @returns {Promise<File | null>} */
export async function record(name) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const dialog = at("voice");
  const [type, ending] = kind() ?? KINDS[0];
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS });
  /** @type {Blob[]} */
  const parts = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  const began = performance.now();
  const show = () => {
    const seconds = Math.floor((performance.now() - began) / 1000);
    at("voice-time").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds * 1000 >= LONGEST) dialog.close("keep");
  };
  show();
  const timer = setInterval(show, 250);
  recorder.start();
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  clearInterval(timer);
  const ended = new Promise((done) => recorder.addEventListener("stop", done, { once: true }));
  recorder.stop();
  await ended;
  for (const track of stream.getTracks()) track.stop();
  return dialog.returnValue === "keep" && parts.length ? new File(parts, `${name}.${ending}`, { type }) : null;
}

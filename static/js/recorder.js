/** Recording by the microphone of this device, in the container that most can play of those it can make. */

const KINDS = [
  ["audio/mp4", "m4a"],
  ["audio/webm", "webm"],
  ["audio/ogg", "ogg"],
];
const BITS = 32_000;
export const LONGEST = 180_000;

const kind = () => ("MediaRecorder" in window ? KINDS.find(([type]) => MediaRecorder.isTypeSupported(type)) : undefined);

/** Whether this device can record something that the city takes. */
export const canRecord = () => Boolean(navigator.mediaDevices && kind());

/** Begin to record. Rejects where the microphone is missing or not allowed. */
export async function begin() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const [type, ending] = kind() ?? KINDS[0];
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS });
  /** @type {Blob[]} */
  const parts = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  const ended = new Promise((done) => recorder.addEventListener("stop", done, { once: true }));
  recorder.start();
  return {
    began: performance.now(),
    /** End it; what was recorded, null when that is nothing. @param {string} name without its ending @returns {Promise<File | null>} */
    async end(name) {
      if (recorder.state !== "inactive") recorder.stop();
      await ended;
      for (const track of stream.getTracks()) track.stop();
      return parts.some((each) => each.size) ? new File(parts, `${name}.${ending}`, { type }) : null;
    },
  };
}

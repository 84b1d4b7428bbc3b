/** Pictures small enough for a poor link: what is large is made smaller, what is small stays as the camera made it, with its own time and place. */

const LARGE = 3_000_000;
const LONGEST_SIDE = 2048;
const QUALITY = 0.82;
const PLAIN = new Set(["image/jpeg", "image/png", "image/webp"]);

/** @param {File} file @param {string} called without its ending @returns {Promise<File>} */
export async function shrink(file, called) {
  const name = (/** @type {string} */ end) => `${called}.${end}`;
  if (PLAIN.has(file.type) && file.size <= LARGE) return new File([file], name(file.type.slice(6)), { type: file.type });
  const drawn = await createImageBitmap(file).catch(() => null);
  if (!drawn) return file;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(drawn.width, drawn.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(drawn.width * scale), height: Math.round(drawn.height * scale) });
  canvas.getContext("2d").drawImage(drawn, 0, 0, canvas.width, canvas.height);
  drawn.close();
  const made = await new Promise((tell) => canvas.toBlob(tell, "image/jpeg", QUALITY));
  return made ? new File([made], name("jpg"), { type: "image/jpeg" }) : file;
}

/** Small things of the tablet's page: making elements, the words of the shell, saying what came of a press. */

import { speak } from "./time.js";

const root = document.documentElement;
speak(JSON.parse(document.getElementById("words").textContent), root.dataset.zone);

export const tables = JSON.parse(document.getElementById("tables").textContent);
/** Labels that the shell carries. @type {Record<string, string>} */
export const labels = /** @type {any} */ (document.getElementById("labels").dataset);

/** @param {string} id @returns {any} */
export const at = (id) => document.getElementById(id);

/**
 * An element with its properties and children; text is text, never HTML.
 * @param {string} tag @param {Record<string, any>} [properties] @param {...(Node | string | null | undefined | false)} children @returns {any}
 */
export function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && typeof value !== "string") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(.../** @type {(Node | string)[]} */ (children.filter((each) => each !== null && each !== undefined && each !== false && each !== "")));
  return made;
}

/** @param {string} name an icon of the sprite */
export function icon(name) {
  return drawing("icon", `${document.body.dataset.icons}#${name}`, "");
}

/** The glyph of a level: shape and digit, with its name. @param {number} severity */
export function level(severity) {
  return drawing("level", `#glyph-${severity}`, `${severity} ${tables.levels[severity]}`);
}

/** @param {string} look @param {string} href @param {string} name */
function drawing(look, href, name) {
  const space = "http://www.w3.org/2000/svg";
  const made = document.createElementNS(space, "svg");
  made.setAttribute("class", look);
  if (look === "level") made.setAttribute("viewBox", "0 0 24 24");
  if (name) {
    made.setAttribute("role", "img");
    made.setAttribute("aria-label", name);
  } else made.setAttribute("aria-hidden", "true");
  made.append(document.createElementNS(space, "use"));
  made.firstElementChild.setAttribute("href", href);
  return made;
}

const SHOWN = 5000;

/** @param {string} text @param {boolean} [isRefused] */
export function toast(text, isRefused = false) {
  const item = make("div", { class: isRefused ? "toast refused" : "toast" }, make("p", {}, text));
  for (const each of at("toasts").children) if (each.textContent === text) each.remove();
  at("toasts").append(item);
  while (at("toasts").children.length > 3) at("toasts").firstElementChild.remove();
  setTimeout(() => item.remove(), isRefused ? 2 * SHOWN : SHOWN);
}

/** @param {string} id @param {string} text empty hides it */
export function notice(id, text) {
  const box = at(id);
  box.hidden = !text;
  (box.querySelector("b, span") ?? box).textContent = text;
}

/**
 * Ask for words, or for one of several; resolves to them, null when it was called off.
 * @param {{title: string, said?: string, words?: boolean, required?: boolean, most?: number, choices?: {value: string, label: string}[]}} wanted
 * @returns {Promise<{words: string, choice: string} | null>}
 */
export function ask({ title, said = "", words = true, required = true, most = 4000, choices = [] }) {
  const dialog = at("ask");
  at("ask-title").textContent = title;
  notice("ask-said", said);
  const box = at("ask-words");
  Object.assign(box, { value: "", hidden: !words, required: words && required, maxLength: most });
  at("ask-send").hidden = choices.length > 0;
  let choice = "";
  const buttons = choices.map(({ value, label }) => {
    const press = () => {
      choice = value;
      dialog.close("send");
    };
    return make("button", { type: "button", class: "field-button", onclick: press }, label);
  });
  at("ask-choice").replaceChildren(...buttons);
  dialog.returnValue = "";
  dialog.showModal();
  if (words) box.focus();
  return new Promise((tell) => {
    dialog.addEventListener("close", () => tell(dialog.returnValue === "send" ? { words: box.value.trim(), choice } : null), { once: true });
  });
}

at("ask-cancel").addEventListener("click", () => at("ask").close(""));

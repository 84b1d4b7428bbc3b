/**
 * The key registry of the page. The server lists the keys (name, code, label, group); a key runs the handler a module gave
 * it, or presses the visible button that carries its name. Keys are told by `event.code`, so a Chinese input method and any
 * keyboard layout leave them in place.
 */

/**
 * @typedef {{name: string, codes: string[], caps: string[], label: string, group: string, typing: boolean, always: boolean, screen: string}} Key
 */

/** @type {Key[]} */
const everywhere = JSON.parse(document.getElementById("key-registry")?.textContent ?? "[]");
const screen = document.getElementById("main")?.dataset.screen ?? "watch";

/** The keys of this screen: one code may mean another thing on another. */
const registry = everywhere.filter((key) => ["", "dialog", screen].includes(key.screen));

/** @type {Map<string, Key[]>} */
const parts = new Map();

/** The keys where the focus is: a part of the page may have some of its own (`data-screen`), which come before those of everywhere. @param {EventTarget | null} target */
function keysAt(target) {
  const part = target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest("[data-screen]"))?.dataset.screen : "";
  if (!part || part === screen) return registry;
  if (!parts.has(part)) parts.set(part, [...everywhere.filter((key) => key.screen === part), ...everywhere.filter((key) => !key.screen)]);
  return parts.get(part) ?? registry;
}

/** @type {Map<string, (event: KeyboardEvent) => boolean | void>} */
const handlers = new Map();

const PAUSE = 1200;
let pending = "";
let pendingSince = 0;

/**
 * Give a registered key something to do. The handler returns false to let the key through.
 * @param {string} name
 * @param {(event: KeyboardEvent) => boolean | void} handler
 */
export function onKey(name, handler) {
  if (!everywhere.some((key) => key.name === name)) throw new Error(`key ${name} is not in the registry`);
  handlers.set(name, handler);
}

/** Whether keys without a modifier are wanted on this device. */
export const areSingleKeysOn = () => localStorage.getItem("keys") !== "off";

/** @param {boolean} on */
export function setSingleKeys(on) {
  if (on) localStorage.removeItem("keys");
  else localStorage.setItem("keys", "off");
}

/** @param {EventTarget | null} target */
export function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit", "file"].includes(target.type);
}

/** @param {KeyboardEvent} event */
function chord(event) {
  const modifiers = `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${event.shiftKey ? "Shift+" : ""}`;
  return modifiers + event.code;
}

/** The part of the page that keys reach: the open dialog, or all of it. */
function reach() {
  const open = document.querySelectorAll("dialog[open]");
  return open.length ? open[open.length - 1] : document;
}

/** @param {string} name */
function button(name) {
  for (const element of reach().querySelectorAll(`[data-key="${name}"]`)) {
    const control = /** @type {HTMLButtonElement} */ (element);
    const isOff = control.disabled || control.getAttribute("aria-disabled") === "true";
    if (!isOff && control.getClientRects().length) return control;
  }
  return null;
}

/** Whether a key would do something on this page now. @param {string} name */
export const canPress = (name) => handlers.has(name) || button(name) !== null;

/** Do what a key does, for those who look it up instead of pressing it. @param {string} name */
export function press(name) {
  const control = button(name);
  if (control) control.click();
  else handlers.get(name)?.(new KeyboardEvent("keydown"));
}

/** A key that is not the person's to press says so where the page has the sentence. @param {string} name */
function sayWhyNot(name) {
  const why = /** @type {HTMLElement | null} */ (document.querySelector(`[data-key-refused="${name}"]`));
  if (why) document.dispatchEvent(new CustomEvent("key:refused", { detail: why.dataset.says }));
  return why !== null;
}

/** @param {Key} key @param {KeyboardEvent} event */
function run(key, event) {
  const control = button(key.name);
  if (control) {
    control.click();
    return true;
  }
  if (reach() !== document && !key.typing) return false;
  const handler = handlers.get(key.name);
  return handler ? handler(event) !== false : sayWhyNot(key.name);
}

/** @param {KeyboardEvent} event */
function onKeydown(event) {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  const typing = isTyping(event.target);
  const typed = chord(event);
  const isBare = !event.ctrlKey && !event.metaKey && !event.altKey;
  const known = keysAt(event.target);
  if (isBare && (typing || !areSingleKeysOn()) && !known.some((key) => key.typing && key.codes.includes(typed))) return;
  const sequence = pending && performance.now() - pendingSince < PAUSE ? `${pending} ${typed}` : "";
  pending = "";
  for (const key of known) {
    if (typing && !key.typing) continue;
    if ((sequence && key.codes.includes(sequence)) || (!sequence && key.codes.includes(typed))) {
      if (run(key, event)) {
        event.preventDefault();
        return;
      }
    }
  }
  if (known.some((key) => key.codes.some((code) => code.startsWith(`${typed} `)))) {
    pending = typed;
    pendingSince = performance.now();
    event.preventDefault();
  }
}

/** Fill the overlay with the keys that do something on this page. @param {HTMLElement} body */
export function listKeys(body) {
  const shown = [screen, ...[...document.querySelectorAll("[data-screen]")].map((part) => /** @type {HTMLElement} */ (part).dataset.screen ?? "")];
  const here = everywhere.filter((key) => ["", "dialog", ...shown].includes(key.screen)).filter((key) => key.always || handlers.has(key.name) || document.querySelector(`[data-key="${key.name}"]`));
  const groups = [...new Set(here.map((key) => key.group))];
  body.replaceChildren(
    ...groups.map((group) => {
      const section = document.createElement("section");
      const list = document.createElement("ul");
      section.append(Object.assign(document.createElement("h3"), { textContent: group }), list);
      for (const key of here.filter((each) => each.group === group)) list.append(keyLine(key));
      return section;
    }),
  );
}

/** @param {Key} key */
function keyLine(key) {
  const line = document.createElement("li");
  const caps = Object.assign(document.createElement("span"), { className: "caps" });
  caps.append(...key.caps.map((cap) => Object.assign(document.createElement("kbd"), { textContent: cap })));
  line.append(caps, key.label);
  return line;
}

document.addEventListener("keydown", onKeydown);

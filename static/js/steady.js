/**
 * A finger presses what it aimed at or nothing. On a tablet a press changes the page: the next step stands where the last one stood, a list
 * moves up, news moves it down. So a pointer presses nothing where something else stood a moment ago, nor twice on one place. Keys are never
 * held up, nor is what takes two presses anyway (`data-twice`), nor a map.
 */

const STEADY = 400;
const ONE_PLACE = 32;
/** What somebody opened is theirs to press at once, but for the place they pressed. */
const OPENED = 1500;
const PRESSED = "button, summary, a[href]";
const OVER = "dialog, .menu-body";
const FREE = "[data-twice], .leaflet-container *";
const SEEN = ["hidden", "open", "class", "data-to", "data-say", "data-view"];

/** @typedef {{name: string, left: number, top: number, right: number, bottom: number}} Place */

/** @type {Place[]} */
let places = [];
/** What stood where until when. @type {{places: Place[], until: number}[]} */
let before = [];
let last = { at: -Infinity, x: 0, y: 0 };
/** What the finger came down on, as what, and why it must not be pressed. @type {{button: Element, name: string, why: "" | "twice" | "moved"} | null} */
let down = null;
let isChanged = true;
let isScrolled = true;
let frame = 0;
let settling = 0;

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
function buttonAt(target) {
  const found = target instanceof Element ? target.closest(PRESSED) : null;
  return found instanceof HTMLElement && !found.matches(FREE) ? found : null;
}

/** What a button does: drawn anew it may be the same element and do something else. @param {HTMLElement} button */
function nameOf(button) {
  const data = JSON.stringify(button.dataset);
  return `${button.id} ${data} ${button.getAttribute("href") ?? ""} ${button.id || data !== "{}" ? "" : button.textContent}`;
}

/** @returns {Place[]} */
function standing() {
  const all = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;
  return /** @type {HTMLElement[]} */ ([...all.querySelectorAll(PRESSED)]).flatMap((button) => {
    const { left, top, right, bottom, width } = button.getBoundingClientRect();
    return width && bottom > 0 && top < innerHeight ? [{ name: nameOf(button), left, top, right, bottom }] : [];
  });
}

/** @param {Place[]} one @param {Place[]} other */
function isSame(one, other) {
  return one.length === other.length && one.every((each, index) => {
    const { name, left, top } = other[index];
    return each.name === name && Math.abs(each.left - left) < 2 && Math.abs(each.top - top) < 2;
  });
}

/** Look once a frame at most, just before it is shown. */
function lookSoon() {
  isChanged = true;
  frame ||= requestAnimationFrame(look);
}

function look() {
  cancelAnimationFrame(frame);
  frame = 0;
  if (!isChanged) return;
  isChanged = false;
  const found = standing();
  const at = performance.now();
  if (isScrolled) before = []; // what moves with the finger that scrolls does not move under it
  else if (!isSame(found, places)) {
    before = [...before.filter((each) => at - each.until < STEADY), { places, until: at }];
    settle();
  }
  isScrolled = false;
  places = found;
}

/** For style and tests: whether a press might not be taken. */
function settle() {
  document.documentElement.dataset.settling = "";
  clearTimeout(settling);
  settling = setTimeout(() => delete document.documentElement.dataset.settling, STEADY);
}

/** @param {HTMLElement} button @param {PointerEvent} press @returns {"" | "twice" | "moved"} */
function whyNot(button, { timeStamp, clientX, clientY }) {
  const since = timeStamp - last.at;
  if (since < STEADY && Math.hypot(clientX - last.x, clientY - last.y) < ONE_PLACE) return "twice";
  if (button.closest(OVER) && since < OPENED) return "";
  look();
  const name = nameOf(button);
  const hasSlipped = before.some((each) => {
    const there = each.places.filter(({ left, top, right, bottom }) => left <= clientX && clientX <= right && top <= clientY && clientY <= bottom);
    return timeStamp - each.until < STEADY && there.length > 0 && !there.some((place) => place.name === name);
  });
  return hasSlipped ? "moved" : "";
}

/** Begin to watch; `tell` is called when something slipped under a finger and was not pressed. @param {() => void} tell */
export function steady(tell) {
  new MutationObserver(lookSoon).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: SEEN });
  addEventListener("resize", lookSoon);
  addEventListener("scroll", () => {
    isScrolled = true;
    lookSoon();
  }, { capture: true, passive: true });
  addEventListener("pointerdown", (event) => {
    const button = buttonAt(event.target);
    down = button && { button, name: nameOf(button), why: whyNot(button, event) };
  }, true);
  addEventListener("click", (event) => {
    const button = event.detail ? buttonAt(event.target) : null; // a key and a script have none
    if (!button || !down) return;
    const why = down.button === button && down.name === nameOf(button) ? down.why : "moved";
    down = null;
    if (!why) {
      last = { at: event.timeStamp, x: event.clientX, y: event.clientY };
      return settle();
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (why === "moved") tell();
  }, true);
  lookSoon();
}

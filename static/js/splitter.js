/** `<city-splitter>`: a bar between two parts, moved by pointer or arrow keys; the size is kept on this desk. */

const STEP = 16;

class Splitter extends HTMLElement {
  connectedCallback() {
    this.name = this.dataset.name ?? "size";
    this.isRow = this.getAttribute("aria-orientation") === "horizontal";
    this.least = Number(this.getAttribute("aria-valuemin"));
    this.most = Number(this.getAttribute("aria-valuemax"));
    const kept = Number(localStorage.getItem(`split:${this.name}`));
    if (kept) this.set(kept, false);
    this.addEventListener("pointerdown", (event) => this.onDown(event));
    this.addEventListener("keydown", (event) => this.onKey(event));
    this.addEventListener("dblclick", () => this.reset());
  }

  /** The part this bar gives its size to stands after it. */
  get part() {
    return /** @type {HTMLElement} */ (this.nextElementSibling);
  }

  get size() {
    const box = this.part.getBoundingClientRect();
    return this.isRow ? box.height : box.width;
  }

  /** @param {number} size @param {boolean} [keep] */
  set(size, keep = true) {
    const room = (this.isRow ? window.innerHeight : window.innerWidth) - 220;
    const value = Math.round(Math.max(this.least, Math.min(this.most, room, size)));
    document.documentElement.style.setProperty(`--${this.name}`, `${value}px`);
    this.setAttribute("aria-valuenow", String(value));
    if (keep) localStorage.setItem(`split:${this.name}`, String(value));
  }

  reset() {
    document.documentElement.style.removeProperty(`--${this.name}`);
    localStorage.removeItem(`split:${this.name}`);
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    event.preventDefault();
    this.setPointerCapture(event.pointerId);
    const start = this.isRow ? event.clientY : event.clientX;
    const size = this.size;
    const move = (/** @type {PointerEvent} */ at) => this.set(size + start - (this.isRow ? at.clientY : at.clientX));
    this.addEventListener("pointermove", move);
    this.addEventListener("pointerup", () => this.removeEventListener("pointermove", move), { once: true });
    this.addEventListener("pointercancel", () => this.removeEventListener("pointermove", move), { once: true });
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const more = this.isRow ? "ArrowUp" : "ArrowLeft";
    const less = this.isRow ? "ArrowDown" : "ArrowRight";
    if (event.code !== more && event.code !== less) return;
    event.preventDefault();
    event.stopPropagation();
    this.set(this.size + (event.code === more ? STEP : -STEP));
  }
}

customElements.define("city-splitter", Splitter);

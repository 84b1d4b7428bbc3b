/**
 * The messages of a room, however many: numbered without gaps, so the place of each is known before it was fetched. Only what is near the
 * window stands in the document; what was measured keeps its height, the rest is taken to be as high as the average.
 */

const NEAR = 600;
const GUESS = 58;
const AT_END = 24;

export class MessageList {
  /**
   * @param {HTMLElement} box - what scrolls
   * @param {(seq: number) => {key: string, make: () => HTMLElement}} rowOf - what tells whether a row is still right, and how it is made
   * @param {(first: number, last: number) => void} want - these are near and should be fetched
   */
  constructor(box, rowOf, want) {
    this.box = box;
    this.rowOf = rowOf;
    this.want = want;
    this.above = /** @type {HTMLElement} */ (box.querySelector(".chat-above"));
    this.rows = /** @type {HTMLElement} */ (box.querySelector(".chat-rows"));
    this.below = /** @type {HTMLElement} */ (box.querySelector(".chat-below"));
    /** @type {Map<number, {key: string, element: HTMLElement}>} */
    this.shown = new Map();
    /** @type {(number | undefined)[]} measured heights by number */
    this.heights = [];
    this.tops = new Float64Array(2);
    this.isStale = true;
    this.last = 0;
    this.isAtEnd = true;
    this.frame = 0;
    box.addEventListener("scroll", () => this.onScroll(), { passive: true });
    new ResizeObserver(() => this.onResize()).observe(box);
  }

  /** Begin with another room. @param {number} last - the number of its last message */
  begin(last) {
    this.heights = [];
    this.shown.clear();
    this.rows.replaceChildren();
    this.last = last;
    this.isStale = true;
    this.isAtEnd = true;
    this.draw();
  }

  /** The room has grown, or some of its messages changed. @param {number} last */
  refresh(last) {
    if (last !== this.last) this.isStale = true;
    this.last = last;
    this.soon();
  }

  soon() {
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  onScroll() {
    this.isAtEnd = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < AT_END;
    this.soon();
  }

  onResize() {
    if (this.box.clientWidth !== this.width) {
      this.heights = [];
      this.isStale = true;
    }
    this.width = this.box.clientWidth;
    this.soon();
  }

  /** Where each row begins. */
  place() {
    if (!this.isStale) return;
    const known = this.heights.filter((each) => each !== undefined);
    const guess = known.length ? known.reduce((sum, each) => sum + (each ?? 0), 0) / known.length : GUESS;
    this.tops = new Float64Array(this.last + 2);
    for (let seq = 1; seq <= this.last; seq += 1) this.tops[seq + 1] = this.tops[seq] + (this.heights[seq] ?? guess);
    this.isStale = false;
  }

  /** The number of the row at a height. @param {number} y */
  at(y) {
    let low = 1;
    let high = Math.max(1, this.last);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tops[middle] <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  draw() {
    this.frame = 0;
    const anchor = this.isAtEnd ? null : this.anchor();
    this.place();
    this.box.setAttribute("role", this.last ? "feed" : "region"); // an empty feed is none
    const end = this.tops[this.last + 1];
    const top = this.isAtEnd ? end - this.box.clientHeight : this.box.scrollTop;
    const first = this.last ? this.at(top - NEAR) : 1;
    const last = this.last ? this.at(top + this.box.clientHeight + NEAR) : 0;
    if (this.last) this.want(first, last);
    this.fill(first, last);
    this.measure(first, last);
    this.above.style.height = `${this.tops[first] ?? 0}px`;
    this.below.style.height = `${Math.max(0, this.tops[this.last + 1] - (this.tops[last + 1] ?? 0))}px`;
    if (this.isAtEnd) this.box.scrollTop = this.box.scrollHeight;
    else if (anchor) this.hold(anchor);
  }

  /** The row that the reader looks at, and where it stands. */
  anchor() {
    const edge = this.box.getBoundingClientRect().top;
    for (const [seq, { element }] of this.shown) {
      const { top, bottom } = element.getBoundingClientRect();
      if (bottom > edge) return { seq, from: top - edge };
    }
    return null;
  }

  /** @param {{seq: number, from: number}} anchor */
  hold({ seq, from }) {
    const element = this.shown.get(seq)?.element;
    if (!element) return;
    const off = element.getBoundingClientRect().top - this.box.getBoundingClientRect().top - from;
    if (Math.abs(off) > 0.5) this.box.scrollTop += off;
  }

  /** Let exactly these rows stand in the document, in order. @param {number} first @param {number} last */
  fill(first, last) {
    for (const [seq, { element }] of this.shown) {
      if ((seq < first || seq > last) && !element.contains(document.activeElement)) {
        element.remove();
        this.shown.delete(seq);
      }
    }
    /** @type {Element | null} */
    let before = this.rows.firstElementChild;
    for (let seq = first; seq <= last; seq += 1) {
      const { key, make } = this.rowOf(seq);
      let known = this.shown.get(seq);
      if (!known || known.key !== key) {
        const element = make();
        if (known) {
          const hadFocus = known.element.contains(document.activeElement);
          if (before === known.element) before = element;
          known.element.replaceWith(element);
          if (hadFocus) element.focus({ preventScroll: true });
        }
        known = { key, element };
        this.shown.set(seq, known);
        this.heights[seq] = undefined;
      }
      if (before === known.element) before = before.nextElementSibling;
      else this.rows.insertBefore(known.element, before);
    }
    this.shown = new Map([...this.shown].sort((one, other) => one[0] - other[0]));
  }

  /** @param {number} first @param {number} last */
  measure(first, last) {
    let isNew = false;
    for (let seq = first; seq <= last; seq += 1) {
      const height = this.shown.get(seq)?.element.offsetHeight ?? 0;
      if (height && this.heights[seq] !== height) {
        this.heights[seq] = height;
        isNew = true;
      }
    }
    if (!isNew) return;
    this.isStale = true;
    this.place();
  }

  toEnd() {
    this.isAtEnd = true;
    this.draw();
  }

  /** Show a message in the middle of the window, and give it the focus if wanted. @param {number} seq @param {boolean} [focus] */
  show(seq, focus = true) {
    if (seq < 1 || seq > this.last) return;
    this.place();
    const element = this.shown.get(seq)?.element;
    const box = this.box.getBoundingClientRect();
    const at = element?.getBoundingClientRect();
    if (!at || at.top < box.top || at.bottom > box.bottom) {
      this.isAtEnd = false;
      this.box.scrollTop = Math.max(0, this.tops[seq] - this.box.clientHeight / 3);
      this.draw();
    }
    if (focus) this.shown.get(seq)?.element.focus({ preventScroll: true });
  }

  /** The number of the row that has the focus; 0: none. */
  get current() {
    for (const [seq, { element }] of this.shown) if (element.contains(document.activeElement)) return seq;
    return 0;
  }

  /** The numbers of the first and the last row that can be seen. */
  get seen() {
    this.place();
    return { first: this.at(this.box.scrollTop), last: Math.min(this.last, this.at(this.box.scrollTop + this.box.clientHeight - 1)) };
  }
}

/** A voice note beside a message: recorded while its button is held, or from one press to the next; heard before it is sent. */

import { now } from "./clock.js";
import { begin, canRecord, LONGEST } from "./recorder.js";

const HELD = 500;

export class Voice {
  /**
   * @param {HTMLElement} pane @param {(name: string, values?: Record<string, string | number>) => string} word
   * @param {(file: File) => void} keep @param {(why: string) => void} say
   */
  constructor(pane, word, keep, say) {
    this.word = word;
    this.keep = keep;
    this.say = say;
    this.button = /** @type {HTMLButtonElement} */ (pane.querySelector('[data-chat="voice"]'));
    this.bar = /** @type {HTMLElement} */ (pane.querySelector(".chat-recording"));
    /** @type {Awaited<ReturnType<typeof begin>> | null} */
    this.recording = null;
    this.isBusy = false;
    this.isWanted = false;
    this.pressedAt = 0;
    this.timer = 0;
    this.button.addEventListener("pointerdown", (event) => {
      if (event.button || this.recording) return;
      this.pressedAt = performance.now();
      this.button.setPointerCapture(event.pointerId);
      this.start();
    });
    // Held: it ends when the finger leaves. Pressed shortly: it goes on until the next press.
    this.button.addEventListener("pointerup", () => this.pressedAt && performance.now() - this.pressedAt > HELD && this.stop());
    this.button.addEventListener("pointercancel", () => {
      if (this.pressedAt) this.stop();
      this.pressedAt = 0;
    });
    this.button.addEventListener("click", () => {
      const wasPressed = this.pressedAt;
      this.pressedAt = 0;
      if (!wasPressed) this.toggle(); // the keyboard, or a press that ends what another began
    });
    this.bar.querySelector('[data-chat="voice-stop"]')?.addEventListener("click", () => this.stop());
    this.bar.querySelector('[data-chat="voice-drop"]')?.addEventListener("click", () => this.drop());
  }

  toggle() {
    if (this.recording) this.stop();
    else this.start();
  }

  async start() {
    if (this.recording || this.isBusy) return;
    if (!canRecord()) return this.say(this.word(window.isSecureContext ? "voice_cannot" : "voice_insecure"));
    this.isBusy = true;
    this.isWanted = true;
    this.say(""); // what was said of a microphone before
    try {
      const recording = await begin();
      if (this.isWanted) this.recording = recording;
      else await recording.end(""); // the room was left while the browser asked whether it may
    } catch (error) {
      this.say(this.word(error instanceof DOMException && error.name === "NotAllowedError" ? "voice_refused" : "voice_missing"));
    }
    this.isBusy = false;
    this.show();
  }

  /** Whether something is being recorded. */
  isOn() {
    return this.recording !== null;
  }

  show() {
    clearInterval(this.timer);
    this.bar.hidden = !this.recording;
    this.button.setAttribute("aria-pressed", String(this.recording !== null));
    if (!this.recording) return;
    const draw = () => {
      const seconds = Math.floor((performance.now() - (this.recording?.began ?? 0)) / 1000);
      /** @type {HTMLElement} */ (this.bar.querySelector(".num")).textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds * 1000 >= LONGEST) this.stop();
    };
    draw();
    this.timer = setInterval(draw, 250);
  }

  async stop() {
    const file = await this.end();
    if (file) this.keep(file);
  }

  async drop() {
    this.isWanted = false;
    await this.end();
  }

  async end() {
    const { recording } = this;
    if (!recording) return null;
    this.recording = null;
    this.show();
    const at = new Date(now());
    return recording.end(`voice-${[at.getHours(), at.getMinutes(), at.getSeconds()].map((each) => String(each).padStart(2, "0")).join("")}`);
  }
}

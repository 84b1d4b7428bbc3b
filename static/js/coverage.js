/** Coverage on the operations map: what is reached in 4, 8 and 12 minutes, the hole if some left; the words stand beside it. */

import { say } from "./clock.js";

const AGAIN = 30_000;
const SOON = 2_500;
const SVG = "http://www.w3.org/2000/svg";

export class Coverage {
  /** @param {any} map a Leaflet map @param {HTMLElement} box where the words stand @param {HTMLElement} button */
  constructor(map, box, button) {
    this.map = map;
    this.box = box;
    this.button = button;
    this.incident = "";
    this.asked = 0;
    this.timer = 0;
    map.createPane("cover").style.zIndex = "345";
    this.renderer = L.svg({ pane: "cover", padding: 0.4 });
    this.layer = L.layerGroup();
    /** @type {any} */
    this.hole = null;
    this.addStyle();
    box.addEventListener("submit", (event) => {
      event.preventDefault();
      this.incident = "";
      this.ask();
    });
    box.addEventListener("change", (event) => event.target instanceof HTMLSelectElement && this.ask());
    box.addEventListener("click", (event) => this.press(event.target));
    box.addEventListener("keydown", (event) => event.key === "Escape" && (event.stopPropagation(), this.toggle(false)));
    document.addEventListener("live:fact", (event) => {
      const about = /** @type {string[]} */ (/** @type {CustomEvent} */ (event).detail.about ?? []);
      if (about.some((each) => each.startsWith("unit:"))) this.later(SOON);
    });
    document.addEventListener("visibilitychange", () => document.hidden || this.later(SOON));
  }

  addStyle() {
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: this.button.dataset.style ?? "" });
    document.head.append(style);
  }

  /** @param {boolean} [on] */
  toggle(on = this.box.hidden) {
    this.box.hidden = !on;
    this.button.setAttribute("aria-pressed", String(on));
    if (on) {
      this.layer.addTo(this.map);
      this.ask();
      return;
    }
    clearTimeout(this.timer);
    this.asked += 1;
    this.layer.remove();
    if (this.box.contains(document.activeElement) || document.activeElement === document.body) this.button.focus();
  }

  /** @param {EventTarget | null} target */
  press(target) {
    if (!(target instanceof Element)) return;
    if (target.closest("[data-cover-shut]")) this.toggle(false);
    if (target.closest("[data-cover-show]") && this.hole?.getBounds().isValid()) this.map.fitBounds(this.hole.getBounds(), { padding: [40, 40], animate: false });
    if (target.closest("[data-cover-incident]")) {
      this.incident = new URL(location.href).searchParams.get("incident") ?? "";
      this.ask();
    }
  }

  /** Ask again in a while; a hidden page asks nothing. @param {number} wait */
  later(wait) {
    clearTimeout(this.timer);
    if (!this.box.hidden) this.timer = setTimeout(() => document.hidden || this.ask(), wait);
  }

  async ask() {
    const ticket = ++this.asked;
    const form = this.box.querySelector("form");
    const kept = { capability: localStorage.getItem("cover") ?? "", without: "" };
    const values = new URLSearchParams(form ? /** @type {any} */ (new FormData(form)) : kept);
    if (form && values.get("capability")) localStorage.setItem("cover", values.get("capability") ?? "");
    if (this.incident) values.set("incident", this.incident);
    this.box.setAttribute("aria-busy", "true");
    const address = `${this.button.dataset.url}?${values}`;
    const answer = await fetch(address, { credentials: "same-origin", headers: { "HX-Request": "true" } }).catch(() => null);
    const html = answer?.ok ? await answer.text() : "";
    if (ticket !== this.asked) return;
    this.box.removeAttribute("aria-busy");
    this.later(AGAIN);
    if (html) this.show(new DOMParser().parseFromString(html, "text/html"));
    else if (!form) /** @type {HTMLElement} */ (this.box.firstElementChild).textContent = say("unsent");
  }

  /** The words; the form is left alone once it is there, because somebody may be typing in it. @param {Document} page */
  show(page) {
    const shapes = JSON.parse(page.getElementById("cover-shapes")?.textContent ?? "{}");
    const result = page.querySelector(".cover-result");
    const held = this.box.querySelector(".cover-result");
    if (held && result) held.replaceWith(result);
    else this.box.replaceChildren(...page.body.childNodes);
    this.aim();
    this.draw(shapes);
    if (shapes.again) this.later(SOON);
  }

  /** Nothing is recommended where no incident is chosen. */
  aim() {
    const button = /** @type {HTMLButtonElement | null} */ (this.box.querySelector("[data-cover-incident]"));
    if (button) button.disabled = !new URL(location.href).searchParams.has("incident");
  }

  /** @param {{bands?: {minutes: number, geometry: any}[], hole?: any, moves?: {lon: number, lat: number, unit: string}[]}} shapes */
  draw({ bands = [], hole, moves = [] }) {
    this.layer.clearLayers();
    const shape = (/** @type {any} */ geometry, /** @type {string} */ className) => {
      const options = { interactive: false, renderer: this.renderer, pane: "cover", style: { className } };
      return L.geoJSON(geometry, /** @type {any} */ (options)); // the options of its paths, which its type leaves out
    };
    for (const { minutes, geometry } of bands) this.layer.addLayer(shape(geometry, `cover-band cover-${minutes}`));
    this.hole = hole ? shape(hole, "cover-hole").addTo(this.layer) : null;
    for (const { lon, lat, unit } of moves) {
      const icon = L.divIcon({ className: "cover-move", html: "", iconSize: [0, 0] });
      const marker = L.marker([lat, lon], { icon, pane: "stations", keyboard: false, interactive: false }).addTo(this.layer);
      const label = marker.getElement();
      if (label) label.textContent = unit;
    }
    if (hole) this.hatch();
  }

  /** The pattern of holes: SVG finds it by its name anywhere in the page. */
  hatch() {
    if (document.getElementById("cover-hatch")) return this.fill();
    const make = (/** @type {string} */ name, /** @type {Record<string, string>} */ values) => {
      const element = document.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
      return element;
    };
    const svg = make("svg", { width: "0", height: "0", "aria-hidden": "true", class: "cover-defs" });
    const pattern = make("pattern", { id: "cover-hatch", width: "7", height: "7", patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
    pattern.append(make("rect", { width: "7", height: "7", class: "cover-hatch-ground" }), make("rect", { width: "2.5", height: "7", class: "cover-hatch-line" }));
    svg.append(pattern);
    document.body.append(svg);
    this.fill();
  }

  fill() {
    for (const path of this.map.getPane("cover").querySelectorAll("path.cover-hole")) path.setAttribute("fill", "url(#cover-hatch)");
  }
}

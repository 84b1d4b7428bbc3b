/** Watched areas that others show to us, on a map: each with its name and until when; where the border is not shown, the rectangle around it. */

import { token } from "./basemap.js";

/** @typedef {{id: number, name: string, says: string, shape: any, has_border: boolean}} Area */

export class ShownAreas {
  /** @param {any} map @param {string} url @param {HTMLInputElement} box - whether they are wanted */
  constructor(map, url, box) {
    this.map = map;
    this.url = url;
    this.box = box;
    this.layer = L.layerGroup();
    this.asked = 0;
    /** @type {Area[]} */
    this.areas = [];
    box.addEventListener("change", () => this.show());
    document.addEventListener("theme:change", () => this.show());
  }

  async load() {
    const ticket = ++this.asked;
    const answer = await fetch(this.url, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || ticket !== this.asked) return;
    this.areas = (await answer.json()).areas;
    this.show();
  }

  show() {
    this.layer.clearLayers();
    for (const each of this.areas) this.draw(each);
    if (this.box.checked) this.layer.addTo(this.map);
    else this.layer.remove();
  }

  /** @param {Area} area */
  draw({ name, says, shape, has_border: hasBorder }) {
    const look = { color: token("edge"), weight: 2, dashArray: hasBorder ? "8 5" : "2 6", fillOpacity: 0.06 };
    /** @type {any} */
    const drawn = L.geoJSON(shape, /** @type {any} */ ({ pane: "areas", interactive: false, style: look })).addTo(this.layer);
    const box = drawn.getBounds();
    const words = document.createElement("span");
    words.append(Object.assign(document.createElement("b"), { textContent: name }), Object.assign(document.createElement("span"), { textContent: says }));
    // Below it: in the middle stands what it was drawn around.
    const below = L.tooltip({ permanent: true, direction: "bottom", className: "area-word", offset: [0, 3], interactive: false });
    below.setLatLng([box.getSouth(), box.getCenter().lng]).setContent(words).addTo(this.layer);
  }
}

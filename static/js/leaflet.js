/** Leaflet where it is wanted only now and then: a page that has it is not asked twice. */

/** @type {Promise<void> | null} */
let asked = null;

/** Have Leaflet; `home` says where its files are. Rejects when it does not come. @param {HTMLElement} home with data-leaflet and data-leaflet-css */
export function leaflet(home) {
  if ("L" in window) return Promise.resolve();
  asked ??= new Promise((done, fail) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: home.dataset.leafletCss ?? "" });
    const script = Object.assign(document.createElement("script"), { src: home.dataset.leaflet ?? "" });
    script.addEventListener("load", () => done());
    script.addEventListener("error", () => {
      asked = null;
      script.remove();
      fail(new Error("leaflet"));
    });
    document.head.append(link, script);
  });
  return asked;
}

/** Pictures and videos in a dialog over the page: arrows go on to the next, Escape and a press beside it close. */

/** @type {HTMLDialogElement | null} */
let dialog = null;
/** @type {HTMLElement[]} */
let all = [];
let at = 0;

/** Open what is pressed in this part of a page (templates/files/_seen.html); with a modifier the browser does as always. @param {HTMLElement} root */
export function wire(root) {
  root.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-view]") : null;
    if (!(link instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    view(link);
  });
}

/** @param {HTMLElement} link */
function view(link) {
  const list = link.closest("ul, ol, main") ?? document.body;
  all = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("a[data-view]")]);
  at = Math.max(0, all.indexOf(link));
  dialog ??= make();
  draw();
  dialog.showModal();
}

function make() {
  const made = document.createElement("dialog");
  made.className = "viewer";
  made.addEventListener("click", (event) => {
    if (event.target === made) made.close();
  });
  made.addEventListener("close", () => made.replaceChildren()); // a video would sound on
  made.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || event.target instanceof HTMLMediaElement) return;
    event.preventDefault();
    event.stopPropagation();
    at = (at + step + all.length) % all.length;
    draw();
  });
  document.body.append(made);
  return made;
}

function draw() {
  const link = all[at];
  const address = link.getAttribute("href") ?? "";
  const name = link.dataset.name ?? "";
  const words = document.createElement("p");
  const save = Object.assign(document.createElement("a"), { href: `${address}?download=1`, textContent: name });
  words.append(save, all.length > 1 ? ` ${at + 1} / ${all.length}` : "");
  dialog?.setAttribute("aria-label", name);
  dialog?.replaceChildren(link.dataset.view === "VIDEO" ? video(address) : picture(address, link), words);
}

/** @param {string} address @param {HTMLElement} link */
function picture(address, link) {
  const made = Object.assign(document.createElement("img"), { src: address, alt: link.dataset.name ?? "", decoding: "async" });
  if (link.dataset.width) Object.assign(made, { width: Number(link.dataset.width), height: Number(link.dataset.height) });
  return made;
}

/** @param {string} address */
function video(address) {
  return Object.assign(document.createElement("video"), { src: address, controls: true, autoplay: true });
}

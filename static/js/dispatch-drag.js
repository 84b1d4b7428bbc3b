/**
 * Drags on the dispatch board, the third way beside keys and command line: a unit onto an incident sends it, a unit of an incident into
 * another column says how far it is. Escape lets go, as everywhere.
 */

/**
 * @typedef {object} Board
 * @property {HTMLElement} main
 * @property {(pick: HTMLElement) => string[]} picksOf the units that go with the one that is dragged
 * @property {(ids: string[], what: Record<string, string>) => void} say
 * @property {(card: HTMLElement, ids: string[]) => void} sendTo
 */

/** @param {Board} board */
export function wireDrags({ main, picksOf, say, sendTo }) {
  /** @type {HTMLElement | null} */
  let dragged = null;

  /** Where what is dragged may be let go: a free unit on a card, a unit of an incident in a column. @param {EventTarget | null} target */
  function landing(target) {
    if (!dragged || !(target instanceof Element)) return null;
    const wanted = dragged.dataset.assignment ? ".column[data-state]" : ".board-card";
    const found = /** @type {HTMLElement | null} */ (target.closest(wanted));
    if (!found || (dragged.dataset.assignment && (!found.dataset.state || found.contains(dragged)))) return null;
    return found;
  }

  /** @param {HTMLElement | null} place */
  function show(place) {
    for (const each of main.querySelectorAll(".is-landing")) if (each !== place) each.classList.remove("is-landing");
    place?.classList.add("is-landing");
  }

  main.addEventListener("dragstart", (event) => {
    const pick = /** @type {HTMLElement | null} */ (event.target instanceof Element ? event.target.closest("[data-unit]") : null);
    if (!pick || !event.dataTransfer) return;
    dragged = pick;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", pick.dataset.code ?? "");
    main.classList.add("is-dragging");
  });
  main.addEventListener("dragover", (event) => {
    const place = landing(event.target);
    show(place);
    if (place) event.preventDefault();
  });
  main.addEventListener("drop", (event) => {
    const place = landing(event.target);
    if (!place || !dragged) return;
    event.preventDefault();
    const ids = picksOf(dragged);
    if (dragged.dataset.assignment) say(ids, { state: place.dataset.state ?? "" });
    else sendTo(place, ids);
  });
  main.addEventListener("dragend", () => {
    dragged = null;
    show(null);
    main.classList.remove("is-dragging");
  });
}

/** Where the cards of the dispatch board stand: the server writes them and says column and rank; what did not change is not touched. */

import { Idiomorph } from "../vendor/idiomorph.js";

/**
 * Take in cards that came: each into its column; those asked for that did not come are gone.
 * @param {HTMLElement} board @param {HTMLElement[]} fresh @param {(card: HTMLElement) => boolean} isAskedFor
 */
export function takeIn(board, fresh, isAskedFor) {
  const kept = new Set(fresh.map((card) => card.id));
  for (const card of /** @type {HTMLElement[]} */ ([...board.querySelectorAll(".board-card")])) if (isAskedFor(card) && !kept.has(card.id)) card.remove();
  for (const card of fresh) put(board, renewed(card));
  for (const column of board.querySelectorAll(".column[data-column]")) {
    const count = column.querySelector("[data-count]");
    if (count) count.textContent = String(column.querySelectorAll(".board-card").length);
  }
}

/** The card that stood here already, made like the one that came; else that one. @param {HTMLElement} card */
function renewed(card) {
  const old = document.getElementById(card.id);
  if (!old) return card;
  Idiomorph.morph(old, card.outerHTML);
  return document.getElementById(card.id) ?? card;
}

/** Into its column, by rank; a card that is where it belongs is not moved. @param {HTMLElement} board @param {HTMLElement} card */
function put(board, card) {
  const list = /** @type {HTMLElement} */ (board.querySelector(`[data-column="${card.dataset.column}"] [data-cards]`));
  const after = /** @type {HTMLElement | undefined} */ (
    [...list.children].find((each) => each !== card && (/** @type {HTMLElement} */ (each).dataset.rank ?? "") > (card.dataset.rank ?? ""))
  );
  if (card.parentElement === list && card.nextElementSibling === (after ?? null)) return;
  list.insertBefore(card, after ?? null);
}

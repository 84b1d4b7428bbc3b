/** The call form: a suggested type is taken by a press or its key, never by itself; helpers that fail do so quietly. */

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-take-type]") : null;
  const combo = /** @type {(HTMLElement & {take?: (option: HTMLElement, goOn?: boolean) => void}) | null} */ (
    button?.closest("form")?.querySelector("#call-type-combo")
  );
  if (!button || !combo?.take) return;
  const hadFocus = document.activeElement === button;
  combo.take(/** @type {HTMLElement} */ (button), false);
  if (hadFocus) /** @type {HTMLElement | null} */ (document.querySelector("#call-words"))?.focus();
});

// A suggestion that does not come is no news while somebody is on the line: no toast for it.
for (const name of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(
    name,
    (event) => {
      if (event.target instanceof Element && event.target.closest("[data-quiet]")) event.stopPropagation();
    },
    true,
  );
}

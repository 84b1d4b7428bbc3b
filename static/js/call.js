/** The call form: a suggested type is taken by a press or its key, never by itself. */

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

export {};

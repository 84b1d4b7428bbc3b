"""Fingers on a tablet: looking before they press, and slipping."""

from playwright.sync_api import Page

TAP = """(x, y) => {
  const tap = (type, under = document.elementFromPoint(x, y)) => under.dispatchEvent(
    new PointerEvent(type, {bubbles: true, cancelable: true, pointerType: "touch", detail: type === "click" ? 1 : 0, clientX: x, clientY: y}));
  tap("pointerdown"); tap("pointerup"); tap("click");
}"""


def tap_twice(page: Page, name: str, then: str | None = None) -> None:
    """Tap the middle of a button and the same place again: in the same breath, or in the moment in which the page shows `then`."""
    page.evaluate(
        f"""async ({{name, then}}) => {{
          const tap = {TAP};
          const {{left, top, width, height}} = document.querySelector(name).getBoundingClientRect();
          const where = [left + width / 2, top + height / 2];
          tap(...where);
          if (then) await new Promise((tell) => new MutationObserver((_, watch) => {{
            if (document.querySelector(then)) {{ watch.disconnect(); tell(); }}
          }}).observe(document.body, {{subtree: true, childList: true, attributes: true}}));
          tap(...where);
        }}""",
        {"name": name, "then": then},
    )


def settled(page: Page) -> None:
    """What was pressed or drawn last lies still, as it does for anyone who looks before they press."""
    page.evaluate(
        """() => new Promise((tell) => {
          const look = () => ("settling" in document.documentElement.dataset ? setTimeout(look, 50) : tell());
          requestAnimationFrame(() => requestAnimationFrame(look)); })"""
    )

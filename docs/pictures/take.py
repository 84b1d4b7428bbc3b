"""Take the pictures of the documentation from a city that runs (`./city up`), signed in with its demo accounts: `./city pictures [NAME ...]`.

CHROMIUM_PATH=var/bin/chromium var/venv/bin/python docs/pictures/take.py http://127.0.0.1:8000 PASSWORD [DIRECTORY [NAME ...]]
Every screen by day and in Chinese, which screens.py lists; the watch and the board in both languages, themes and sizes.
"""

import io
import os
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from screens import DRAWN, FURTHER, PICTURES, names  # type: ignore[import-not-found]

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"]
WALL, DESK = {"width": 1920, "height": 1080}, {"width": 1024, "height": 768}


def sit(browser: Browser, address: str, password: str, *, name: str = "dispatcher", theme: str, language: str, size: dict[str, int]) -> Page:
    """Somebody signed in at a desk."""
    context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce")  # type: ignore[arg-type]
    context.add_cookies([{"name": key, "value": value, "url": address} for key, value in (("theme", theme), ("django_language", language))])
    page = context.new_page()
    page.goto(f"{address}/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/accounts/" not in url)
    return page


def worst(page: Page) -> None:
    """Choose the most serious incident that has units."""
    page.wait_for_selector("#map[data-ready=true]")
    page.wait_for_selector("#link-state[data-state=up]")
    rows = page.locator("#queue .row")
    levels = [(int(row.get_attribute("data-level") or 9), row.get_attribute("data-group") != "working", at) for at, row in enumerate(rows.all())]
    rows.nth(min(levels)[2]).click()
    page.mouse.move(5, 300)
    page.wait_for_selector("#panel .five")
    page.wait_for_timeout(3000)


def keep(page: Page, path: Path) -> None:
    """A picture in few colours, so that the repository stays small; the few vivid ones mean something and are kept as they are."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    counted: Any = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)
    vivid = [colour for _, colour in counted if max(colour) - min(colour) > 70][:40]
    quiet = (picture.quantize(colors=256 - len(vivid), dither=Image.Dither.NONE).getpalette() or [])[: 3 * (256 - len(vivid))]
    palette = Image.new("P", (1, 1))
    palette.putpalette([*quiet, *(part for colour in vivid for part in colour)])
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)


def keep_call(page: Page, path: Path) -> None:
    """A second caller about the chosen fire: type, place, words, key questions, and what it may be the same as."""
    address = page.locator("#queue .row[aria-selected=true] .row-place").first.text_content() or ""
    page.keyboard.type("jzhz")
    page.keyboard.press("Enter")
    page.keyboard.insert_text(address.strip())
    page.wait_for_timeout(1200)  # the first answers are of its first characters
    page.keyboard.press("Enter")
    page.locator("#call-words").focus()
    page.keyboard.insert_text("楼道里冒黑烟，二楼还有人没出来")
    page.wait_for_timeout(1500)
    keep(page, path)
    page.keyboard.press("Escape")


def take(browser: Browser, address: str, password: str, directory: Path) -> None:
    """Every picture the documentation shows."""
    for language in ("zh-hans", "en"):
        for theme in ("light", "dark"):
            for label, size in (("", WALL), ("-1024", DESK)):
                page = sit(browser, address, password, theme=theme, language=language, size=size)
                worst(page)
                keep(page, directory / f"ops-{language[:2]}-{theme}{label}.png")
                page.context.close()
    page = sit(browser, address, password, theme="light", language="zh-hans", size=WALL)
    worst(page)
    page.keyboard.press("Space")
    page.wait_for_timeout(2500)
    keep(page, directory / "place.png")
    page.keyboard.press("d")
    page.wait_for_selector("#dialog[open] form")
    keep(page, directory / "dispatch.png")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_selector("#dialog[open] form")
    keep_call(page, directory / "call.png")
    page.keyboard.press("l")
    page.wait_for_timeout(1200)
    keep(page, directory / "table.png")
    page.keyboard.press("l")
    page.locator("#queue").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#incident")
    page.wait_for_timeout(2500)
    keep(page, directory / "incident.png")


def take_dispatch(browser: Browser, address: str, password: str, directory: Path) -> None:
    """The dispatch board with a chosen incident and its units, a line being typed, and the phone of a crew that has a job."""
    page = sit(browser, address, password, theme="light", language="zh-hans", size=WALL)
    page.goto(f"{address}/dispatch/")
    page.wait_for_selector("#main[data-ready=true]")
    page.keyboard.press("j")
    page.wait_for_selector("#units .units-for")
    keep(page, directory / "board.png")
    page.context.close()
    page = sit(browser, address, password, theme="dark", language="en", size=DESK)
    page.goto(f"{address}/dispatch/")
    page.wait_for_selector("#main[data-ready=true]")
    page.keyboard.press("/")
    page.keyboard.type("s f01")
    page.wait_for_selector("#command-board-reading [role=option]")
    keep(page, directory / "board-en-dark-1024.png")
    busy = page.locator('[data-column="scene"] .unit-line[data-code^="F"]').first.get_attribute("data-unit")
    page.context.close()
    page = sit(browser, address, password, name="crew", theme="light", language="zh-hans", size={"width": 390, "height": 844})
    page.goto(f"{address}/crew/{busy}/")
    page.wait_for_selector("#main[data-ready=true]")
    page.wait_for_selector("#link-state[data-state=up]")
    keep(page, directory / "crew.png")


def take_field(browser: Browser, address: str, password: str, directory: Path) -> None:
    """The tablet of a liaison with the card of a task's incident beside its list."""
    page = sit(browser, address, password, name="liaison", theme="light", language="zh-hans", size=DESK)
    page.goto(f"{address}/field/")
    page.wait_for_selector("#main[data-ready=true]")
    page.wait_for_selector("#link[data-state=up]")
    if page.locator("#mine [data-do=open]").count():
        page.locator("#mine [data-do=open]").first.click()
        page.wait_for_timeout(4000)  # the map of the place is loaded, then drawn
    keep(page, directory / "field.png")
    page.context.close()


def take_screens(browser: Browser, address: str, password: str, directory: Path, wanted: set[str]) -> None:
    """The screens that are shown as they come, each person signed in once."""
    left = [each for each in (*PICTURES.values(), *FURTHER) if not each.drawn and (not wanted or each.name in wanted)]
    for who in dict.fromkeys(each.who for each in left):
        page = sit(browser, address, password, name=who, theme="light", language="zh-hans", size=WALL)
        for screen in (each for each in left if each.who == who):
            page.set_viewport_size(DESK if screen.is_small else WALL)  # type: ignore[arg-type]
            page.goto(f"{address}/{screen.path}")
            if screen.through:
                page.locator(screen.through).first.click()
            page.wait_for_selector(screen.ready)
            page.wait_for_timeout(1500)  # maps and what comes after the page
            keep(page, directory / f"{screen.name}.png")
        page.context.close()


def main() -> None:
    address, password = sys.argv[1].rstrip("/"), sys.argv[2]
    directory = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(__file__).parent
    wanted = set(sys.argv[4:])
    if unknown := wanted - set(names()):
        sys.exit(f"There is no picture {', '.join(sorted(unknown))}; screens.py lists them.")
    directory.mkdir(parents=True, exist_ok=True)
    drawn = {*DRAWN, *(each.name for each in PICTURES.values() if each.drawn)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM_PATH"], args=FLAGS)
        take_screens(browser, address, password, directory, wanted)
        if not wanted or "field" in wanted:
            take_field(browser, address, password, directory)
        if not wanted or wanted & (drawn - {"field"}):
            take(browser, address, password, directory)
            take_dispatch(browser, address, password, directory)


if __name__ == "__main__":
    main()

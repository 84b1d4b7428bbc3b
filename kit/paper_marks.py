"""Files behind a page, each marked: only ever loaded by the child of `kit.paper`, within its limits. Nothing of ours is imported here.

A picture is marked in its own pixels, so that nobody takes the mark off by taking the picture out; a document gets the mark laid over each page.
"""

import base64
import html
import io
import os
import re
import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.errors import PyPdfError

MOST_PAGES = 300
LONGEST_SIDE = 2000  # of a picture, in pixels
TURN = 28  # degrees
# What strangers made may fail in many ways; whatever else it does ends the child, and nothing is given.
FAILURES = (
    PyPdfError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, OSError, AssertionError, zlib.error, struct.error,
)  # fmt: skip

Print = Callable[..., bytes]


def joined(report: bytes, files: Sequence[dict[str, str]], pdf: Print) -> bytes:
    """The report with the files behind it; one that cannot be marked is not in it, and a page says so."""
    writer = PdfWriter()
    writer.append(io.BytesIO(report))
    for each in files:
        content = base64.b64decode(each["content"])
        try:
            pages = _document(content, each["mark"], pdf) if each["media_type"] == "application/pdf" else _picture(content, each["mark"], pdf)
        except FAILURES:  # unmarked it is not given
            pages = list(PdfReader(io.BytesIO(pdf(f'<p style="font-family:sans-serif">{html.escape(each["instead"])}</p>', plain=True))).pages)
        for page in pages:
            writer.add_page(page)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _document(content: bytes, mark: str, pdf: Print) -> list[PageObject]:
    reader = PdfReader(io.BytesIO(content))
    if len(reader.pages) > MOST_PAGES:
        raise ValueError("too many pages")
    overlays: dict[tuple[int, int], PageObject] = {}
    marked = []
    for page in reader.pages:
        page.transfer_rotation_to_content()
        for active in ("/Annots", "/AA"):  # what could act, or lead elsewhere
            if active in page:
                del page[active]
        box = page.cropbox
        size = (round(float(box.width)), round(float(box.height)))
        if size not in overlays:
            overlays[size] = PdfReader(io.BytesIO(pdf(_overlay(mark, *size), plain=True))).pages[0]
        page.merge_transformed_page(overlays[size], Transformation().translate(float(box.left), float(box.bottom)))
        marked.append(page)
    return marked


def _overlay(mark: str, width: int, height: int) -> str:
    """A page of this size (points) with the mark across it, dark and light so that it is seen on either."""
    words = html.escape(mark)
    size = max(9, min(width, height) // 22)
    lines = "".join(
        f'<p style="position:absolute;left:{x + off}pt;top:{y + off}pt;color:{colour}">{words}</p>'
        for y in range(height // 10, height, max(40, height // 5))
        for x in (width // 16, width // 2)
        for off, colour in ((0, "rgb(0 0 0/24%)"), (0.7, "rgb(255 255 255/34%)"))
    )
    look = f"p{{margin:0;white-space:nowrap;font-size:{size}pt;font-family:sans-serif;transform:rotate(-{TURN}deg);transform-origin:0 0}}"
    return f"<style>@page{{size:{width}pt {height}pt;margin:0}}{look}</style>{lines}"


def _picture(content: bytes, mark: str, pdf: Print) -> list[PageObject]:
    with Image.open(io.BytesIO(content)) as opened:
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture = opened.convert("RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    kept = io.BytesIO()
    _marked(picture, mark).save(kept, "JPEG", quality=84)
    source = base64.b64encode(kept.getvalue()).decode()
    page = f'<style>@page{{margin:12mm}}img{{max-width:100%;max-height:260mm}}</style><img src="data:image/jpeg;base64,{source}">'
    return list(PdfReader(io.BytesIO(pdf(page, plain=True))).pages)


def _marked(picture: Image.Image, mark: str) -> Image.Image:
    longest = max(picture.size)
    letters = ImageFont.truetype(_font(), max(14, longest // 30))
    layer = Image.new("RGBA", (2 * longest, 2 * longest))
    draw = ImageDraw.Draw(layer)
    wide = int(draw.textlength(mark, font=letters)) + longest // 10
    for row, y in enumerate(range(0, 2 * longest, max(60, longest // 6))):
        for x in range(-(row % 2) * wide // 2, 2 * longest, wide):
            draw.text((x, y), mark, font=letters, fill=(255, 255, 255, 120), stroke_width=1, stroke_fill=(0, 0, 0, 110))
    turned = layer.rotate(TURN)
    left, top = (turned.width - picture.width) // 2, (turned.height - picture.height) // 2
    cut = turned.crop((left, top, left + picture.width, top + picture.height))
    return Image.alpha_composite(picture.convert("RGBA"), cut).convert("RGB")


def _font() -> str:
    """A font with Chinese letters, among those that the rules of the host or of the set-up name."""
    rules = Path(os.environ["FONTCONFIG_FILE"]).read_text(encoding="utf-8", errors="replace")
    places = [Path(each) for each in re.findall(r"<dir[^>]*>([^<]+)</dir>", rules)]
    found = sorted(path for place in places for path in place.rglob("*CJK*.tt[cf]"))
    plain = [path for path in found if "Sans" in path.name and "Regular" in path.name]
    return str((plain or found)[0])

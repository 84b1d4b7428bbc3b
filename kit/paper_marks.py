"""Files behind a page, each marked: only ever loaded by the child of `kit.paper`, within its limits. Nothing of ours is imported here.

A picture is marked in its own pixels, so that nobody takes the mark off by taking the picture out; a document gets the mark laid over each page.
"""

import base64
import html
import io
import math
import os
import re
import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import paper_forms  # type: ignore[import-not-found]  # beside this file: the child knows no packages of ours
from PIL import Image, ImageDraw, ImageFont
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.errors import PyPdfError

MOST_PAGES = 300
LONGEST_SIDE = 2000  # of a picture, in pixels
TURN = 28  # degrees
ROW, MOST_ROWS = 1.2, 12  # how far the lines of a mark are apart, in heights of letters, and how many they are at most
# What strangers made may fail in many ways; whatever else it does ends the child, and nothing is given.
FAILURES = (
    PyPdfError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, OSError, AssertionError, zlib.error, struct.error,
)  # fmt: skip

Print = Callable[..., bytes]
_ems = paper_forms.ems


def joined(report: bytes, files: Sequence[dict[str, str]], pdf: Print) -> bytes:
    """The report with the files behind it; one that cannot be marked is not in it, and a page says so."""
    writer = PdfWriter()
    writer.append(io.BytesIO(report))
    documents = []
    for each in files:
        content = base64.b64decode(each["content"])
        try:
            if each["media_type"] == "application/pdf":
                reader = PdfReader(io.BytesIO(content))
                pages = _document(reader, each["mark"], pdf)
                documents.append(reader)
            else:
                pages = _picture(content, each["mark"], pdf)
        except FAILURES:  # unmarked it is not given
            pages = list(PdfReader(io.BytesIO(pdf(f'<p style="font-family:sans-serif">{html.escape(each["instead"])}</p>', plain=True))).pages)
        for page in pages:
            writer.add_page(page)
    paper_forms.keep_layers(writer, documents)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _document(reader: PdfReader, mark: str, pdf: Print) -> list[PageObject]:
    if len(reader.pages) > MOST_PAGES:
        raise ValueError("too many pages")
    overlays: dict[tuple[int, int], PageObject] = {}
    marked = []
    for page in paper_forms.flat(reader, pdf):
        page.transfer_rotation_to_content()
        box = page.cropbox
        size = (round(float(box.width)), round(float(box.height)))
        if size not in overlays:
            overlays[size] = PdfReader(io.BytesIO(pdf(_overlay(mark, *size), plain=True))).pages[0]
        page.merge_transformed_page(overlays[size], Transformation().translate(float(box.left), float(box.bottom)))
        page.pop("/Annots", None)  # merging makes an empty list of them
        marked.append(page)
    return marked


def _overlay(mark: str, width: int, height: int) -> str:
    """A page of this size (points) with the mark all over it, dark and light so that it is seen on either; in its middle it stands whole."""
    size, pieces = _fitting(mark, width, height, wanted=min(width, height) / 22, least=5)
    words = "<br>".join(html.escape(each) for each in pieces)
    thick = ROW * size * (len(pieces) - 1)
    long, apart, reach = max(map(_ems, pieces)) * size, max(36.0, 4 * size) + thick, math.hypot(width, height) / 2
    lines = []
    for row in range(-int(reach / apart) - 1, int(reach / apart) + 2):
        left = -long / 2 - (row % 2) * (long + 2 * size) / 2
        begins = left - math.ceil((left + reach) / (long + 2 * size)) * (long + 2 * size)
        for column in range(int(2 * reach / (long + 2 * size)) + 3):
            x, y = begins + column * (long + 2 * size), row * apart - (size + thick) / 2
            lines += [
                f'<p style="left:{x + off:.1f}pt;top:{y + off:.1f}pt;color:{colour}">{words}</p>'
                for off, colour in ((0, "rgb(0 0 0/24%)"), (0.7, "rgb(255 255 255/34%)"))
            ]
    look = f"p{{position:absolute;margin:0;white-space:nowrap;font-size:{size:.2f}pt;line-height:{ROW if thick else 1};font-family:sans-serif}}"
    middle = f"position:absolute;left:{width / 2}pt;top:{height / 2}pt;width:0;height:0;transform:rotate(-{TURN}deg);transform-origin:0 0"
    return f'<style>@page{{size:{width}pt {height}pt;margin:0}}body{{margin:0}}{look}</style><div style="{middle}">{"".join(lines)}</div>'


def _fitting(mark: str, width: float, height: float, *, wanted: float, least: float) -> tuple[float, list[str]]:
    """The size of letters at which a mark stands whole on a turned line through the middle, and that line; not larger than is wanted.

    A long mark on a small page stands in several lines, so that its letters stay legible.
    """
    sine, cosine, best = math.sin(math.radians(TURN)), math.cos(math.radians(TURN)), (0.0, [mark])
    for rows in range(1, MOST_ROWS + 1):
        pieces = _pieces(mark, rows)
        long, thick = max(*map(_ems, pieces), 1.0), ROW * (len(pieces) - 1)  # in letters
        size = min(wanted, 0.84 * min(width / (long * cosine + thick * sine), height / (long * sine + thick * cosine)))
        if size > best[0]:
            best = size, pieces
        if size >= least:
            break
    return best


def _pieces(mark: str, rows: int) -> list[str]:
    """A mark in at most so many lines of about the same length; a line ends at a blank or after a Chinese letter if it can."""
    most, lines = _ems(mark) / rows, [""]
    for piece in re.findall(r"[\u2e80-\uffdc]|[^\s\u2e80-\uffdc]{1,12}|\s+", mark):
        if _ems(lines[-1]) + _ems(piece.strip()) / 2 > most and len(lines) < rows and piece.strip():
            lines.append("")
        lines[-1] += piece
    return [each.strip() for each in lines if each.strip()] or [""]


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
    size, pieces = _fitting(mark, *picture.size, wanted=longest / 30, least=11)
    letters, words = ImageFont.truetype(_font(), max(int(size), 1)), "\n".join(pieces)
    layer = Image.new("RGBA", (2 * longest, 2 * longest))
    draw = ImageDraw.Draw(layer)
    long, thick = int(max(draw.textlength(each, font=letters) for each in pieces)), int(ROW * letters.size * (len(pieces) - 1))
    apart = max(40, min(longest // 6, int(5 * letters.size))) + thick
    wide, first = long + int(2 * letters.size), longest % apart  # a row goes through the middle, and a mark stands in the middle of it
    spacing = (ROW - 1) * letters.size
    for row, y in enumerate(range(first - int((letters.size + thick) / 2), 2 * longest, apart)):
        is_shifted = (row - longest // apart) % 2
        for x in range((longest - long // 2) % wide - wide - is_shifted * wide // 2, 2 * longest, wide):
            draw.text((x, y), words, font=letters, fill=(255, 255, 255, 120), stroke_width=1, stroke_fill=(0, 0, 0, 110), spacing=spacing)
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

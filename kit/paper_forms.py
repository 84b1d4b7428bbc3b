"""What lies over the pages of a document (filled fields, stamps, comments) made part of them; what could act, or lead elsewhere, is left out.

Only ever loaded by the child of `kit.paper`, within its limits. Nothing of ours is imported here.
"""

import html
import io
import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, IndirectObject, NameObject, RectangleObject, StreamObject

BOXES = {"/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox"}
KEPT = BOXES | {"/Type", "/Parent", "/Resources", "/Contents", "/Rotate", "/Group", "/UserUnit"}  # of a page; no actions, files, pictures of it
LEADING = ("/Ref", "/OPI", "/PS", "/AF", "/PieceInfo", "/Metadata")  # of a drawing: what leads to other files
HIDDEN, NOT_ON_SCREENS = 1 << 1, 1 << 5
MULTILINE, PASSWORD = 1 << 12, 1 << 13
LONGEST_VALUE = 4_000
LETTERS = re.compile(r"\b([0-9]{1,4}(?:\.[0-9]{0,4})?)\s+Tf")

Print = Callable[..., bytes]
Box = tuple[float, float, float, float]


def flat(reader: PdfReader, pdf: Print) -> list[PageObject]:
    """The pages of a document as its reader sees them, with nothing over them any more.

    A field keeps the drawing it brings. Where there is none, or the document asks for new ones, its value is written in our own letters.
    """
    form = _dictionary(reader.trailer["/Root"].get_object(), "/AcroForm")
    is_stale = str(_of(form, "/NeedAppearances")) == "True"
    fonts = _of(form, "/DR")
    written: list[tuple[PageObject, list[str]]] = []
    for page in reader.pages:
        drawings, values = DictionaryObject(), list[str]()
        places = []
        for note in _notes(page):
            drawing, words = _drawing(note), _words(note, is_stale)
            if words:
                values.append(_line(note, words, _box(page.mediabox)))
            elif drawing is not None and not (is_stale and _is_text(note)) and (placed := _placed(note, drawing)):
                name = f"/Note{len(drawings)}"
                drawings[NameObject(name)] = _drawable(drawing, note, fonts)
                places.append(f"q {' '.join(f'{each:.5f}' for each in placed)} cm {name} Do Q")
        for key in [key for key in page if key not in KEPT]:
            del page[key]
        if drawings:
            page.merge_page(_layer(page, drawings, places))
        if values:
            written.append((page, values))
    if written:
        _write(written, pdf)
    return list(reader.pages)


def keep_layers(writer: PdfWriter, readers: Iterable[PdfReader]) -> None:
    """What is hidden in a document stays hidden where its pages were put: layers that are off."""
    known, off = ArrayObject(), ArrayObject()
    for reader in readers:
        layers = _dictionary(reader.trailer["/Root"].get_object(), "/OCProperties")
        asked = _dictionary(layers, "/D")
        everything = [each for each in _of(layers, "/OCGs") or [] if isinstance(each, IndirectObject)]
        on, gone = ({each.idnum for each in _of(asked, name) or [] if isinstance(each, IndirectObject)} for name in ("/ON", "/OFF"))
        is_off = _of(asked, "/BaseState") == "/OFF"
        for each in everything:
            copy = each.clone(writer)
            known.append(copy)
            if each.idnum in gone or (is_off and each.idnum not in on):
                off.append(copy)
    if off:
        shown = DictionaryObject({NameObject("/OFF"): off, NameObject("/BaseState"): NameObject("/ON")})
        writer.root_object[NameObject("/OCProperties")] = DictionaryObject({NameObject("/OCGs"): known, NameObject("/D"): shown})


def ems(words: str) -> float:
    """About how long words are, in heights of their letters."""
    return sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.58 for letter in words)


# --- what stands in the document


def _of(dictionary: Any, key: str) -> Any:
    """A value wherever it is kept; None when there is none."""
    value = dictionary.get(key) if isinstance(dictionary, DictionaryObject) else None
    return None if value is None else value.get_object()


def _dictionary(dictionary: Any, key: str) -> DictionaryObject:
    value = _of(dictionary, key)
    return value if isinstance(value, DictionaryObject) else DictionaryObject()


def _inherited(note: DictionaryObject, key: str) -> Any:
    """A value of a field, or of the fields that it is a part of."""
    for _step in range(20):
        value = _of(note, key)
        if value is not None:
            return value
        note = _dictionary(note, "/Parent")
    return None


def _notes(page: PageObject) -> list[DictionaryObject]:
    """What lies over a page and is seen on screens."""
    listed = _of(page, "/Annots")
    found = [each.get_object() for each in listed] if isinstance(listed, ArrayObject) else []
    seen = [each for each in found if isinstance(each, DictionaryObject) and _of(each, "/Subtype") != "/Popup"]
    return [each for each in seen if not int(_of(each, "/F") or 0) & (HIDDEN | NOT_ON_SCREENS)]


def _drawing(note: DictionaryObject) -> StreamObject | None:
    normal = _of(_dictionary(note, "/AP"), "/N")
    if isinstance(normal, DictionaryObject) and not isinstance(normal, StreamObject):
        normal = _of(normal, str(_of(note, "/AS") or ""))
    return normal if isinstance(normal, StreamObject) and normal.indirect_reference is not None else None


def _is_text(note: DictionaryObject) -> bool:
    return _of(note, "/Subtype") == "/Widget" and _inherited(note, "/FT") in ("/Tx", "/Ch")


def _words(note: DictionaryObject, is_stale: bool) -> str:
    """What is to be written where a field stands; empty where its own drawing says it."""
    if _of(note, "/Subtype") != "/Widget" or (_drawing(note) is not None and not (is_stale and _is_text(note))):
        return ""
    if _is_text(note):
        value, choices = _inherited(note, "/V"), _inherited(note, "/Opt")
        pairs = [each.get_object() for each in choices] if isinstance(choices, ArrayObject) else []
        shown = {str(pair[0]): str(pair[1]) for pair in pairs if isinstance(pair, ArrayObject) and len(pair) == 2}
        said = [_text(each.get_object()) for each in value] if isinstance(value, ArrayObject) else [_text(value)]
        words = ", ".join(shown.get(each, each) for each in said)[:LONGEST_VALUE]
        return "*" * len(words) if int(_inherited(note, "/Ff") or 0) & PASSWORD else words
    is_ticked = _inherited(note, "/FT") == "/Btn" and str(_of(note, "/AS") or "/Off") != "/Off"
    return "\u00d7" if is_ticked else ""


def _text(value: Any) -> str:
    if isinstance(value, StreamObject):
        return value.get_data().decode("utf-8", "replace")
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return str(value) if isinstance(value, str) else ""


# --- what is drawn


def _box(rectangle: Any) -> Box:
    """Left, bottom, right, top; numbers that no page has are refused."""
    numbers = [float(each) for each in rectangle]
    if len(numbers) != 4 or not all(math.isfinite(each) and abs(each) < 1e6 for each in numbers):
        raise ValueError("no box")
    xs, ys = sorted(numbers[::2]), sorted(numbers[1::2])
    return xs[0], ys[0], xs[1], ys[1]


def _placed(note: DictionaryObject, drawing: StreamObject) -> tuple[float, ...] | None:
    """How a drawing comes to stand in its place (PDF 32000, 12.5.5); None for one of no size."""
    left, bottom, right, top = _box(_of(note, "/Rect"))
    x0, y0, x1, y1 = _box(_of(drawing, "/BBox"))
    a, b, c, d, e, f = (float(each) for each in _of(drawing, "/Matrix") or (1, 0, 0, 1, 0, 0))
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (x0, x1) for y in (y0, y1)]
    near, low = min(x for x, _y in corners), min(y for _x, y in corners)
    wide, high = max(x for x, _y in corners) - near, max(y for _x, y in corners) - low
    if wide <= 0 or high <= 0:
        return None
    across, up = (right - left) / wide, (top - bottom) / high
    return across, 0.0, 0.0, up, left - near * across, bottom - low * up


def _drawable(drawing: StreamObject, note: DictionaryObject, fonts: Any) -> IndirectObject:
    """The drawing as part of a page: with the letters of its form where it brings none, in its note's layer."""
    drawing[NameObject("/Type")], drawing[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
    for key in LEADING:
        if key in drawing:
            del drawing[key]
    if "/Resources" not in drawing and isinstance(fonts, DictionaryObject):
        drawing[NameObject("/Resources")] = fonts
    if "/OC" in note and "/OC" not in drawing:
        drawing[NameObject("/OC")] = note.raw_get("/OC")
    reference = drawing.indirect_reference
    assert reference is not None  # asked when it was found
    return reference


def _layer(page: PageObject, drawings: DictionaryObject, places: list[str]) -> PageObject:
    content = DecodedStreamObject()
    content.set_data("\n".join(places).encode())
    layer = PageObject.create_blank_page(None, 1, 1)
    layer.mediabox = RectangleObject(_box(page.mediabox))
    layer[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): drawings})
    layer[NameObject("/Contents")] = content
    return layer


def _line(note: DictionaryObject, words: str, page: Box) -> str:
    """The value of a field where it stands, as large as it asks for, smaller where it would not be whole."""
    left, bottom, right, top = _box(_of(note, "/Rect"))
    wide, high = max(right - left - 4, 1), max(top - bottom, 1)
    asked = LETTERS.search(_text(_inherited(note, "/DA")))
    wanted = float(asked[1]) if asked else 0.0
    is_long = bool(int(_inherited(note, "/Ff") or 0) & MULTILINE)
    size = min(wanted or 12.0, 72.0) if is_long else min(wanted or 12.0, 0.8 * high, wide / max(ems(words), 0.1))
    if is_long:
        size = min(size, math.sqrt(wide * high / max(1.25 * ems(words), 0.1)))
    rows = "white-space:pre-wrap;line-height:1.2" if is_long else f"white-space:nowrap;line-height:{high:.2f}pt"
    aligned = {"1": "center", "2": "right"}.get(str(_inherited(note, "/Q")), "left")
    place = f"left:{left + 2 - page[0]:.2f}pt;top:{page[3] - top:.2f}pt;width:{wide:.2f}pt;height:{high:.2f}pt"
    return f'<p style="{place};font-size:{max(size, 1):.2f}pt;text-align:{aligned};{rows}">{html.escape(words)}</p>'


def _write(written: list[tuple[PageObject, list[str]]], pdf: Print) -> None:
    """Write values on their pages, all pages at once."""
    look = "body{margin:0}section{position:relative;height:1pt}p{position:absolute;margin:0;font-family:sans-serif;overflow:hidden}"
    parts = []
    for number, (page, values) in enumerate(written):
        left, bottom, right, top = _box(page.mediabox)
        look += f"@page v{number}{{size:{right - left:.2f}pt {top - bottom:.2f}pt;margin:0}}"
        parts.append(f'<section style="page:v{number}">{"".join(values)}</section>')
    made = PdfReader(io.BytesIO(pdf(f"<style>{look}</style>{''.join(parts)}", plain=True))).pages
    if len(made) != len(written):
        raise ValueError("values do not stand on their pages")
    for (page, _values), over in zip(written, made, strict=True):
        left, bottom, _right, _top = _box(page.mediabox)
        page.merge_transformed_page(over, Transformation().translate(left, bottom))

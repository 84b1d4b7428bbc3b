"""Documents that go outside marked: what was filled in, stamped and ticked is seen as its sender sees it; what acts or leads elsewhere is gone."""

import io
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, BooleanObject, ContentStream, DecodedStreamObject, DictionaryObject, NumberObject, TextStringObject
from pypdf.generic import NameObject as N

from kit import paper
from tests.sharing.test_files_for_people_outside import appended
from tests.sharing.test_people_outside import needs_paper


def drawn(writer: PdfWriter, words: str) -> Any:
    """The drawing that lies over a page: a box of 100 by 20 with words in it."""
    drawing = DecodedStreamObject()
    drawing.set_data(f"BT /F 12 Tf 2 4 Td ({words}) Tj ET".encode())
    letters = DictionaryObject({N("/Type"): N("/Font"), N("/Subtype"): N("/Type1"), N("/BaseFont"): N("/Helvetica")})
    drawing[N("/BBox")] = ArrayObject([NumberObject(each) for each in (0, 0, 100, 20)])
    drawing[N("/Resources")] = DictionaryObject({N("/Font"): DictionaryObject({N("/F"): letters})})
    return writer._add_object(drawing)


def form(notes: Callable[[PdfWriter], list[dict[str, Any]]], *, is_stale: bool = False, turned: int = 0) -> bytes:
    """A page with things over it, each given by its keys; beside them what acts and what leads elsewhere."""
    writer = PdfWriter()
    page = writer.add_blank_page(400, 300)
    acts = DictionaryObject({N("/S"): N("/JavaScript"), N("/JS"): TextStringObject("app.alert('acts')")})
    leads = DictionaryObject({N("/S"): N("/Launch"), N("/F"): TextStringObject("leads.exe")})
    box = ArrayObject([NumberObject(each) for each in (0, 0, 400, 300)])
    link = {"/Subtype": N("/Link"), "/Rect": box, "/A": leads}
    over = [DictionaryObject({N(key): value for key, value in each.items()}) for each in [link, *notes(writer)]]
    for each in over:
        each[N("/AA")] = DictionaryObject({N("/E"): acts})
    page[N("/Annots")] = ArrayObject(writer._add_object(each) for each in over)
    page[N("/AA")] = DictionaryObject({N("/O"): acts})
    page[N("/AF")] = ArrayObject([writer._add_object(DictionaryObject({N("/F"): TextStringObject("beside.doc")}))])
    root = writer.root_object
    root[N("/OpenAction")] = acts
    root[N("/AcroForm")] = DictionaryObject({N("/Fields"): ArrayObject(), N("/NeedAppearances"): BooleanObject(is_stale)})
    page.rotate(turned)
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def box(left: int, bottom: int, wide: int = 100, high: int = 20) -> ArrayObject:
    return ArrayObject([NumberObject(each) for each in (left, bottom, left + wide, bottom + high)])


def field(at: ArrayObject, kind: str = "/Tx", **keys: Any) -> dict[str, Any]:
    return {"/Subtype": N("/Widget"), "/FT": N(kind), "/Rect": at} | {f"/{key}": value for key, value in keys.items()}


def words_of(content: bytes) -> tuple[dict[str, tuple[int, int]], bytes]:
    """What stands on the page behind the report, with the place of each, less the mark; and the document, unpacked."""
    reader = PdfReader(io.BytesIO(paper.render("<p>report</p>", appended=[appended(content)])))
    found: dict[str, tuple[int, int]] = {}

    def note(text: str, cm: Any, tm: Any, _font: Any, _size: Any) -> None:
        if text.strip() and "Wang" not in text:
            x, y = (tm[4] * cm[at] + tm[5] * cm[at + 2] + cm[at + 4] for at in (0, 1))
            found[text.strip()] = round(x), round(y)

    reader.pages[-1].extract_text(visitor_text=note)
    writer = PdfWriter(reader)
    for each in writer.pages:
        each.compress_content_streams(0)
    held = io.BytesIO()
    writer.write(held)
    return found, held.getvalue()


def placed(content: bytes) -> list[tuple[float, ...]]:
    """How the drawings of a page come to stand where they do: by how much they are stretched, and to where they are moved."""
    page = PdfReader(io.BytesIO(content)).pages[-1]
    done = ContentStream(page["/Contents"].get_object(), None).operations
    pairs = itertools.pairwise(done)
    return [tuple(float(each[at]) for at in (0, 3, 4, 5)) for (each, what), (_name, then) in pairs if (what, then) == (b"cm", b"Do")]


@needs_paper
def test_what_was_filled_into_a_form_stamped_and_ticked_reaches_who_it_is_given_to_and_nothing_that_acts() -> None:
    def notes(writer: PdfWriter) -> list[dict[str, Any]]:
        def shown(words: str) -> DictionaryObject:
            return DictionaryObject({N("/N"): drawn(writer, words)})

        ticked = DictionaryObject({N("/N"): DictionaryObject({N("/Yes"): drawn(writer, "ticked"), N("/Off"): drawn(writer, "empty")})})
        return [
            field(box(50, 200), V=TextStringObject("filled"), AP=shown("filled")),
            field(box(50, 150, 200, 40), V=TextStringObject("stretched"), AP=shown("stretched")),
            field(box(50, 100), "/Btn", AS=N("/Yes"), AP=ticked),
            field(box(200, 100), "/Btn", AS=N("/Off"), AP=ticked),
            field(box(50, 20), AP=shown("hidden"), F=NumberObject(2)),
            {"/Subtype": N("/Stamp"), "/Rect": box(200, 200), "/AP": shown("approved")},
            {"/Subtype": N("/Popup"), "/Rect": box(0, 0), "/AP": shown("popup")},
            {"/Subtype": N("/Stamp"), "/Rect": box(300, 20, 0, 0), "/AP": shown("nowhere")},
        ]

    found, content = words_of(form(notes))

    assert set(found) == {"filled", "stretched", "ticked", "empty", "approved", "nowhere"}
    assert placed(content) == [(1, 1, 50, 200), (2, 2, 50, 150), (1, 1, 50, 100), (1, 1, 200, 100), (1, 1, 200, 200), (0, 0, 300, 20)]
    for active in (b"JavaScript", b"app.alert", b"Launch", b"leads.exe", b"/AA", b"/AF", b"beside.doc", b"/Annots", b"/AcroForm"):
        assert active not in content


@needs_paper
@pytest.mark.parametrize("turned", [0, 90])
def test_a_value_without_a_drawing_of_its_own_is_written_where_it_stands_in_chinese_too(turned: int) -> None:
    name, ways = "城北社区卫生服务中心", ArrayObject([ArrayObject([TextStringObject("w2"), TextStringObject("By water")])])
    parent = DictionaryObject({N("/FT"): N("/Tx"), N("/V"): TextStringObject("of the parent")})

    def notes(writer: PdfWriter) -> list[dict[str, Any]]:
        return [
            field(box(50, 200, 60), V=TextStringObject(name), DA=TextStringObject("/Helv 12 Tf 0 g")),
            field(box(50, 150), "/Ch", V=TextStringObject("w2"), Opt=ways),
            field(box(50, 100, 12, 12), "/Btn", AS=N("/On")),
            field(box(50, 20), V=TextStringObject("secret"), Ff=NumberObject(1 << 13)),
            field(box(200, 200), V=TextStringObject("<b>new"), AP=DictionaryObject({N("/N"): drawn(writer, "old")})),
            {"/Subtype": N("/Widget"), "/Rect": box(200, 150), "/Parent": parent},
        ]

    found, _content = words_of(form(notes, is_stale=True, turned=turned))

    assert set(found) == {name, "By water", "\u00d7", "******", "<b>new", "of the parent"}
    if not turned:
        assert all(50 <= found[each][0] < 60 for each in (name, "By water", "\u00d7"))
        assert 200 <= found[name][1] < 220 and 150 <= found["By water"][1] < 170


@needs_paper
def test_a_layer_that_is_hidden_in_a_document_is_hidden_behind_the_report() -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(400, 300)
    layer = writer._add_object(DictionaryObject({N("/Type"): N("/OCG"), N("/Name"): TextStringObject("internal")}))
    other = writer._add_object(DictionaryObject({N("/Type"): N("/OCG"), N("/Name"): TextStringObject("roads")}))
    page[N("/Resources")] = DictionaryObject({N("/Properties"): DictionaryObject({N("/L"): layer, N("/R"): other})})
    shown = DictionaryObject({N("/OFF"): ArrayObject([layer])})
    writer.root_object[N("/OCProperties")] = DictionaryObject({N("/OCGs"): ArrayObject([layer, other]), N("/D"): shown})
    held = io.BytesIO()
    writer.write(held)

    made = PdfReader(io.BytesIO(paper.render("<p>report</p>", appended=[appended(held.getvalue())])))

    kept: Any = made.trailer["/Root"]["/OCProperties"]  # type: ignore[index]
    assert [each.get_object()["/Name"] for each in kept["/OCGs"]] == ["internal", "roads"]
    assert [each.get_object()["/Name"] for each in kept["/D"]["/OFF"]] == ["internal"]
    assert made.pages[-1]["/Resources"]["/Properties"].raw_get("/L") == kept["/D"]["/OFF"][0]  # type: ignore[index]

"""PDF: what is on it, who may have it, and what the child that makes it may not do."""

import base64
import io
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pypdf import PdfReader

from incidents import exports
from incidents import services as incidents
from journal.models import Entry
from kit import paper

needs_paper = pytest.mark.skipif("not __import__('kit.paper').paper.is_available()", reason="pango and its fonts could not be fetched here")


def read(answer):
    assert answer["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(answer.content))


def words(document):
    return "".join("".join(page.extract_text().split()) for page in document.pages)


def fonts(document):
    """Every font of the document with the file it carries, None for one that it does not carry."""
    found = {}
    for page in document.pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font["/DescendantFonts"][0] if "/DescendantFonts" in font else font
            described = inner.get_object()["/FontDescriptor"].get_object()
            found[str(font["/BaseFont"])] = next((name for name in described if str(name).startswith("/FontFile")), None)
    return found


@needs_paper
def test_the_list_on_paper_is_what_the_filter_shows_in_pieces_joined_and_is_recorded(desk, dispatcher, northern_fire, southern_pipe, monkeypatch):
    monkeypatch.setattr(exports, "PDF_PIECE", 1)
    document = read(desk(dispatcher, "zh-hans").get("/incidents/export.pdf"))

    text = words(document)
    assert len(document.pages) == 2
    assert northern_fire.number in text and southern_pipe.number in text
    assert "建筑火灾" in text and "莲花池东路12号" in text
    carried = fonts(document)
    assert carried and all(carried.values()), "a font is not embedded: other machines would show boxes"
    assert any("CJK" in name for name in carried)
    entry = Entry.objects.get(name="incidents.list_exported")
    assert entry.data["rows"] == 2 and entry.actor_label == dispatcher.label


@needs_paper
def test_an_incident_on_paper_tells_its_timeline_and_masks_its_caller(desk, dispatcher, northern_fire, now):
    incidents.write_note(dispatcher, incident_id=northern_fire.pk, words="三楼有人", now=now)

    text = words(read(desk(dispatcher, "zh-hans").get(f"/incidents/{northern_fire.number}/document.pdf")))

    assert northern_fire.number in text and "三楼有人" in text and "二楼冒烟" in text
    assert "138****2201" in text and "13800002201" not in text
    assert Entry.objects.filter(name="incidents.incident_exported", about__contains=[f"incident:{northern_fire.pk}"]).count() == 1


def test_who_may_not_see_it_gets_no_paper_of_it(desk, fire_chief_south, outsider, northern_fire):
    assert desk(fire_chief_south).get(f"/incidents/{northern_fire.number}/document.pdf").status_code == 404
    assert desk(outsider).get("/incidents/export.pdf").status_code == 403
    assert not Entry.objects.filter(name__contains="exported").exists()


def test_where_pdf_is_not_available_the_page_says_so_and_nothing_breaks(desk, dispatcher, northern_fire, settings):
    settings.PAPER_FILE = "/nowhere"

    assert "PDF is not available on this machine." in desk(dispatcher).get("/incidents/").content.decode()
    refused = desk(dispatcher).get("/incidents/export.pdf")
    assert refused.status_code == 503 and "CSV and printing work" in refused.content.decode()


@needs_paper
def test_a_page_can_make_the_child_read_neither_files_nor_addresses(tmp_path):
    asked = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

    picture = tmp_path / "secret.png"
    picture.write_bytes(PIXEL)
    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        own = f"data:image/png;base64,{base64.b64encode(PIXEL).decode()}"
        images = "".join(f'<img src="{url}" width="9">' for url in (picture.as_uri(), f"{address}/a.png", own))
        made = paper.render(f'<link rel="stylesheet" href="{address}/a.css"><link rel="attachment" href="{picture.as_uri()}">{images}text')
    finally:
        server.shutdown()

    document = PdfReader(io.BytesIO(made))
    assert asked == []
    assert len(document.pages[0].images) == 1 and not document.attachments


@needs_paper
def test_a_child_that_takes_too_long_is_stopped_and_that_is_said(monkeypatch):
    monkeypatch.setattr(paper, "MEGABYTES", 60)  # less than its libraries take

    with pytest.raises(paper.PaperFailed):
        paper.render("<p>text</p>", seconds=1)


PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=")

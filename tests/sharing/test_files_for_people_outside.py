"""Files that go outside with a situation report: chosen one by one, marked with who got them and when, gone when they are struck."""

import io
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from PIL import Image, ImageChops
from pypdf import PdfReader, PdfWriter

from access.actors import Actor
from files import checking, storage
from files import services as files
from files.models import File
from files.services import Captured
from incidents import services
from incidents.models import Attachment, Enclosure, Incident
from incidents.services.handouts import OpenedTooOften
from journal.models import Entry
from kit import paper
from kit.errors import Invalid
from tests.files import material
from tests.pages.conftest import desk as desk
from tests.sharing.test_people_outside import given, needs_paper

SIZE = (640, 480)


def picture() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", SIZE, (90, 120, 150)).save(held, "JPEG", quality=95)
    return held.getvalue()


def document() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(300, 200)
    writer.add_blank_page(300, 200).rotate(90)
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


@pytest.fixture
def attach(settings: LazySettings, tmp_path: Path, now: datetime) -> Callable[..., Attachment]:
    """Somebody attaches a file: `attach(dispatcher, northern_fire, "fire.jpg", picture())`."""
    settings.MEDIA_ROOT = tmp_path

    def hand_in(actor: Actor, incident: Incident, name: str, body: bytes) -> Attachment:
        file = files.begin_file(actor, name=name, size=len(body), captured=Captured(), now=now)
        files.append_bytes(actor, key=file.key, offset=0, data=body, checksum=None)
        files.finish_file(actor, key=file.key, now=now)
        made = services.attach_upload(actor, incident_id=incident.pk, file_key=file.key, now=now)
        checking.check(file.key, now=now)
        return Attachment.objects.get(pk=made.pk)

    return hand_in


def test_only_pictures_and_pdf_of_the_incident_go_outside_and_it_is_written_down(
    dispatcher: Actor, supervisor: Actor, northern_fire: Incident, southern_pipe: Incident, attach: Callable[..., Attachment], now: datetime
) -> None:
    photo = attach(dispatcher, northern_fire, "fire.jpg", picture())
    words = attach(dispatcher, northern_fire, "plan.txt", "关阀".encode())
    foreign = attach(supervisor, southern_pipe, "flood.jpg", picture())

    for wrong in (words, foreign):
        with pytest.raises(Invalid):
            given(supervisor, northern_fire, now, attachment_ids=[wrong.pk])
    made, secret = given(supervisor, northern_fire, now, attachment_ids=[photo.pk])
    services.open_handout(Actor.anonymous(), secret=secret, now=now)

    assert [each.pk for each in made.attachments.all()] == [photo.pk]
    for name in ("incidents.handed_out", "incidents.handout_opened"):
        assert Entry.objects.get(name=name).data["attachment_ids"] == [photo.pk]


@needs_paper
def test_each_page_behind_the_report_bears_the_name_and_a_picture_bears_it_in_its_pixels(
    dispatcher: Actor, supervisor: Actor, northern_fire: Incident, attach: Callable[..., Attachment], now: datetime
) -> None:
    kept = [attach(dispatcher, northern_fire, name, body) for name, body in (("fire.jpg", picture()), ("plan.pdf", document()))]
    gone = attach(dispatcher, northern_fire, "gone.jpg", picture())
    _made, secret = given(supervisor, northern_fire, now, attachment_ids=[each.pk for each in (*kept, gone)])
    Attachment.objects.filter(pk=gone.pk).update(struck_at=now)

    opened = Client(headers={"Accept-Language": "en"}).post(f"/outside/{secret}/")

    assert opened["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(opened.content)).pages
    *_report, photo, first, turned = pages
    assert "plan.pdf" in " ".join(page.extract_text() for page in pages) and "gone.jpg" not in " ".join(page.extract_text() for page in pages)
    for page in (first, turned):
        assert "Wang Fang" in page.extract_text()
    (image,) = photo.images
    plain = Image.new("RGB", image.image.size, (90, 120, 150))
    assert max(high for _low, high in ImageChops.difference(image.image.convert("RGB"), plain).getextrema()) > 60


NAMES = ("Li", "国家应急管理部 王芳 Wang Fang", "市应急管理局值班室" * 8)
PAGES = ((595, 842), (842, 595), (842, 1191), (200, 800), (300, 200))


@needs_paper
@pytest.mark.parametrize("who", NAMES)
def test_the_whole_mark_with_its_last_second_stands_on_a_page_of_any_shape(who: str) -> None:
    mark = f"{who[:80]} \u00b7 2026-11-24 08:32:14"
    writer = PdfWriter()
    for width, height in PAGES:
        writer.add_blank_page(width, height)
        writer.add_blank_page(width, height).rotate(90)
    held = io.BytesIO()
    writer.write(held)

    made = paper.render("<p>report</p>", appended=[appended(held.getvalue(), mark)])

    for page in PdfReader(io.BytesIO(made)).pages[1:]:
        whole: list[tuple[str, float]] = []
        wide, high = float(page.mediabox.width), float(page.mediabox.height)

        def note(text: str, cm: Any, tm: Any, _font: Any, size: Any, whole: list[Any] = whole, wide: float = wide, high: float = high) -> None:
            x, y = (tm[4] * cm[at] + tm[5] * cm[at + 2] + cm[at + 4] for at in (0, 1))
            letters = size * math.hypot(tm[0], tm[1]) * math.hypot(cm[0], cm[1])
            long = letters * sum(1 if ord(letter) > 0x2E80 else 0.58 for letter in text.strip())
            turned = abs(math.degrees(math.atan2(cm[1], cm[0])))
            ends = x + long * math.cos(math.radians(turned)), y + long * math.sin(math.radians(turned))
            is_inside = 20 < turned < 40 and x >= 0 and y >= 0 and ends[0] <= wide and ends[1] <= high
            whole.append(("".join(text.split()) if is_inside else "\n", letters))

        page.extract_text(visitor_text=note)
        assert mark.replace(" ", "") in "".join(text for text, _letters in whole)  # its lines, one after the other, none of them cut
        assert min(letters for text, letters in whole if text.strip()) >= 4.9 and page.rotation == 0 and not page.get("/Annots")


def appended(content: bytes, mark: str = "Wang Fang \u00b7 2026-11-24 08:32:14") -> paper.Appended:
    return paper.Appended("x.pdf", "application/pdf", content, mark, "x.pdf is not given.")


@needs_paper
def test_what_cannot_be_marked_is_not_given_and_a_page_says_so() -> None:
    made = PdfReader(io.BytesIO(paper.render("<p>report</p>", appended=[appended(b"%PDF-1.7 nothing")])))

    assert [page.extract_text().strip() for page in made.pages][-1] == "x.pdf is not given."


def test_the_dialog_offers_what_may_go_and_lists_what_went(
    dispatcher: Actor, supervisor: Actor, northern_fire: Incident, attach: Callable[..., Attachment], desk: Callable[..., Client]
) -> None:
    photo = attach(dispatcher, northern_fire, "fire.jpg", picture())
    attach(dispatcher, northern_fire, "plan.txt", "关阀".encode())
    at_desk, address = desk(supervisor), f"/incidents/{northern_fire.number}/hand-out/"

    offered = at_desk.get(address).content.decode()
    shown = at_desk.post(address, {"recipient": "Wang", "level": "OUTLINE", "hours": 4, "language": "en", "attachments": [photo.pk]}).content.decode()

    marked, _label, unchanged = offered.partition("Files that go unchanged")
    assert "fire.jpg" in marked and "plan.txt" not in marked and "plan.txt" in unchanged
    assert "/outside/" in shown and "fire.jpg" in shown.partition("shares")[2]
    posted = at_desk.post(
        f"/api/v1/incidents/{northern_fire.number}/handouts/",
        {"recipient": "Li", "level": "OUTLINE", "until": "2099-01-01T00:00:00+08:00", "attachments": [photo.pk]}, "application/json",
    )  # fmt: skip
    assert posted.status_code == 422  # so long nothing is shared


HOSTILE = '\u202e"><img src=x onerror=alert(1)>\r\nX-Bad: 1;../../etc/passwd\u200b'
UNCHANGED = {"film.mp4": material.video(), "call.wav": material.voice(), "list.docx": material.letter(), "plan.txt": "关阀".encode()}


@needs_paper
def test_what_bears_no_name_goes_unchanged_where_the_sender_says_so_with_a_cover_sheet_and_each_download_told(
    dispatcher: Actor, supervisor: Actor, northern_fire: Incident, attach: Callable[..., Attachment], now: datetime
) -> None:
    kept = {name: attach(dispatcher, northern_fire, name, body) for name, body in UNCHANGED.items()}
    made, secret = given(supervisor, northern_fire, now, unchanged_ids=[each.pk for each in kept.values()])
    outside = Client(headers={"Accept-Language": "en"})

    door = outside.get(f"/outside/{secret}/").content.decode()
    listed = outside.post(f"/outside/{secret}/", {"what": "files"})
    fetched = {name: outside.post(f"/outside/{secret}/files/{each.pk}/") for name, each in kept.items()}
    report = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(outside.post(f"/outside/{secret}/").content)).pages)

    assert "film.mp4" not in door and "Files that come with it" in door
    assert all(name in listed.content.decode() and name in report for name in kept)
    assert "Wang Fang" in listed.content.decode() and "Cover sheet" in report and kept["film.mp4"].sha256 in report.replace("\n", "")
    for name, answer in fetched.items():
        assert b"".join(answer.streaming_content) == storage.kept(kept[name].file.key).read_bytes()  # type: ignore[attr-defined]
        assert answer["Content-Disposition"].startswith("attachment;") and answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "no-referrer")
    told = Entry.objects.filter(name="incidents.handout_file_taken").order_by("id")
    assert [(each.actor_label, each.data["attachment_id"], each.data["takings"]) for each in told] == [
        ("Wang Fang", each.pk, 1) for each in kept.values()
    ]
    assert Entry.objects.get(name="incidents.handed_out").data["unchanged_ids"] == [each.pk for each in kept.values()]
    assert [each.takings for each in made.enclosures.all()] == [1, 1, 1, 1]


def test_a_file_that_was_not_given_is_struck_or_whose_link_is_over_is_not_fetched(
    dispatcher: Actor, supervisor: Actor, northern_fire: Incident, southern_pipe: Incident, attach: Callable[..., Attachment], now: datetime
) -> None:
    plan, other, gone = (attach(dispatcher, northern_fire, f"{name}.txt", name.encode()) for name in ("plan", "other", "gone"))
    photo = attach(dispatcher, northern_fire, "fire.jpg", picture())
    foreign = attach(supervisor, southern_pipe, "flood.txt", b"water")
    for wrong in (photo, foreign):
        with pytest.raises(Invalid):
            given(supervisor, northern_fire, now, unchanged_ids=[wrong.pk])
    made, secret = given(supervisor, northern_fire, now, unchanged_ids=[plan.pk, gone.pk])
    Attachment.objects.filter(pk=gone.pk).update(struck_at=now)
    outside = Client()

    assert [outside.post(f"/outside/{secret}/files/{each.pk}/").status_code for each in (plan, other, gone, photo, foreign)] == [
        200,
        404,
        404,
        404,
        404,
    ]
    assert outside.get(f"/outside/{secret}/files/{plan.pk}/").status_code == 405
    for _each in range(19):
        services.take_handout_file(Actor.anonymous(), secret=secret, attachment_id=plan.pk, now=now)
    with pytest.raises(OpenedTooOften):
        services.take_handout_file(Actor.anonymous(), secret=secret, attachment_id=plan.pk, now=now)
    services.end_handout(supervisor, handout_id=made.pk, now=now)
    assert outside.post(f"/outside/{secret}/files/{plan.pk}/").status_code == 404
    assert "Files that come with it" not in outside.get(f"/outside/{secret}/", headers={"Accept-Language": "en"}).content.decode()


@needs_paper
def test_a_hostile_name_does_no_harm_in_the_list_the_header_or_the_paper(
    dispatcher: Actor, supervisor: Actor, northern_fire: Incident, attach: Callable[..., Attachment], now: datetime
) -> None:
    bad = attach(dispatcher, northern_fire, HOSTILE, b"words")
    File.objects.filter(pk=bad.file_id).update(name=HOSTILE[:120])  # as if it had come by another door
    _made, secret = given(supervisor, northern_fire, now, unchanged_ids=[bad.pk])
    outside = Client(headers={"Accept-Language": "en"})

    listed = outside.post(f"/outside/{secret}/", {"what": "files"}).content.decode()
    answer = outside.post(f"/outside/{secret}/files/{bad.pk}/")

    assert "<img src=x" not in listed
    assert "X-Bad" not in answer.headers and "\n" not in answer["Content-Disposition"]
    assert outside.post(f"/outside/{secret}/")["Content-Type"] == "application/pdf"


def test_screen_and_rest_give_files_unchanged_alike(
    dispatcher: Actor, supervisor: Actor, northern_fire: Incident, attach: Callable[..., Attachment], desk: Callable[..., Client]
) -> None:
    plan = attach(dispatcher, northern_fire, "plan.txt", "关阀".encode())
    at_desk, until = desk(supervisor), (timezone.now() + timedelta(hours=1)).isoformat()

    shown = at_desk.post(
        f"/incidents/{northern_fire.number}/hand-out/",
        {"recipient": "Wang", "level": "OUTLINE", "hours": 4, "language": "en", "unchanged": [plan.pk]},
    ).content.decode()
    answer = at_desk.post(
        f"/api/v1/incidents/{northern_fire.number}/handouts/",
        {"recipient": "Li", "level": "OUTLINE", "until": until, "unchanged": [plan.pk]}, "application/json",
    )  # fmt: skip

    assert "File, unchanged: plan.txt" in shown and "fetched 0 times" in shown
    assert (answer.status_code, answer.json()["handout"]["unchanged"]) == (
        201,
        [{"attachment": plan.pk, "name": "plan.txt", "takings": 0, "taken_at": None}],
    )
    assert Enclosure.objects.count() == 2

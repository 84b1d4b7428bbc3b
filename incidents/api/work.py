"""Tasks, notes and files of an incident."""

from typing import Any

from django.urls import reverse
from rest_framework.parsers import MultiPartParser

from access.rest.views import Answer, ApiView, Call, operation
from files import serving
from incidents import selectors, services
from incidents.shapes import reading, writing


class TasksView(ApiView):
    """The tasks of an incident."""

    tag = "work"

    @operation(gives=reading.TaskRow, many=True, also=(304,))
    def get(self, call: Call, number: str) -> Any:
        """Every task, in the order they were given."""
        return selectors.incident_panel(call.actor, number).tasks

    @operation(takes=writing.IssueTask, gives=reading.TaskRow, status=201)
    def post(self, call: Call, number: str) -> Any:
        """Give a department a task; it now sees the incident."""
        task = services.issue_task(call.actor, incident_id=selectors.id_of(call.actor, number), **call.body, now=call.now)
        return Answer(task, location=reverse("api:incident-tasks", args=[number]))


class AdvanceTaskView(ApiView):
    """How far a task has come."""

    tag = "work"

    @operation(takes=writing.AdvanceTask, gives=reading.TaskRow)
    def post(self, call: Call, id: int) -> Any:
        """Take a task on: signed for, in progress, blocked, more time asked, done, verified, returned, cancelled."""
        return services.report_task(call.actor, task_id=id, **call.body, now=call.now)


class NotesView(ApiView):
    """The notes of an incident."""

    tag = "work"

    @operation(gives=reading.NoteRow, many=True, also=(304,))
    def get(self, call: Call, number: str) -> Any:
        """Every note, in the order they were written."""
        return selectors.incident_panel(call.actor, number).notes

    @operation(takes=writing.WriteNote, gives=reading.NoteRow, status=201)
    def post(self, call: Call, number: str) -> Any:
        """Write a line into the log; it may be written on a closed incident too."""
        note = services.report_note(call.actor, incident_id=selectors.id_of(call.actor, number), **call.body, now=call.now)
        return Answer(note, location=reverse("api:incident-notes", args=[number]))


class StrikeNoteView(ApiView):
    """A note taken back."""

    tag = "work"

    @operation(gives=reading.NoteRow)
    def post(self, call: Call, id: int) -> Any:
        """Strike a note of your own through; it stays readable."""
        return services.strike_note(call.actor, note_id=id, now=call.now)


class AttachmentsView(ApiView):
    """The files of an incident."""

    tag = "work"
    parser_classes = [MultiPartParser]

    @operation(gives=reading.AttachmentRow, many=True, also=(304,))
    def get(self, call: Call, number: str) -> Any:
        """Every file."""
        return selectors.incident_panel(call.actor, number).attachments

    @operation(takes=writing.AttachFile, gives=reading.AttachmentRow, status=201, refusals=(413,))
    def post(self, call: Call, number: str) -> Any:
        """Attach a file in one piece; what it is is seen from its content, never from its name. Larger ones go by `uploads/`."""
        file = call.body["file"]
        row = services.attach_file(call.actor, incident_id=selectors.id_of(call.actor, number), name=file.name, content=file.read(), now=call.now)
        return Answer(row, location=reverse("api:attachment", args=[row.pk]))


class AttachUploadView(ApiView):
    """A file handed in before."""

    tag = "work"

    @operation(takes=writing.AttachUpload, gives=reading.AttachmentRow, status=201, refusals=(409,))
    def post(self, call: Call, number: str) -> Any:
        """Attach a file that you handed in (`uploads/`); the same twice is one. One that is still being checked is shown as waiting."""
        row = services.attach_upload(call.actor, incident_id=selectors.id_of(call.actor, number), **call.body, now=call.now)
        return Answer(row, location=reverse("api:attachment", args=[row.pk]))


class AttachmentView(ApiView):
    """One file."""

    tag = "work"

    @operation(is_private=True, media="application/octet-stream", also=(206, 304), refusals=(409, 410, 416))
    def get(self, call: Call, id: int) -> Any:
        """The file itself, or the range asked for, always as a download; opening it is recorded."""
        opened = services.open_attachment(call.actor, attachment_id=id, is_piece=serving.is_piece(call.request), now=call.now)
        answer = serving.respond(call.request, opened, is_download=True)
        answer["Content-Type"] = "application/octet-stream"
        return answer

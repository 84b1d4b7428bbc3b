"""The words that the scripts of rooms put together themselves, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chat.models import Addressee, Answer
from files.models import File


def words() -> dict[str, str]:
    """Every word by the name the scripts know it by."""
    return {
        "edited": _("reworded"),
        "struck": _("struck by %(who)s, %(time)s"),
        "pinned": _("pinned by %(who)s"),
        "noted": _("in the timeline"),
        "tasked": _("is a task"),
        "later": _("written %(time)s, sent later"),
        "forgotten": _("The words are no longer kept."),
        "sending": _("being sent"),
        "unsent": _("not sent yet; it is sent when the server answers"),
        "refused": _("refused: %(why)s"),
        "discard": pgettext("verb", "Discard"),
        "again": _("Try again"),
        "new": _("%(n)s new"),
        "here": _("%(n)s here"),
        "typing": _("%(names)s is writing …"),
        "read_by": _("read by %(n)s"),
        "reply_to": _("Reply to %(who)s: %(words)s"),
        "thread_of": _("Thread of message %(n)s"),
        "editing": _("Reword message %(n)s"),
        "waiting": "…",
        "none_found": _("Nothing found"),
        "go_to_time": _("Go to %(time)s"),
        "rooms": _("Rooms"),
        "failed": _("That did not work. Try again."),
        "undrawn": _("%(n)s older messages with places and drawings are not on the map. Pin one to put it there."),
        "unanswered": _("The server does not answer."),
        "file_changed": _("It was changed while it was sent. Choose it again."),
        "file_busy": _("Files are still on their way. Send when all have come."),
        **{f"file_{code}": str(label) for code, label in File.State.choices},
        "mark_line": _("Line:"),
        "mark_area": _("Area:"),
        "mark_map": _("Map with %(what)s"),
        "voice_cannot": _("This browser cannot record."),
        "voice_insecure": _("A microphone is given to this page only over https."),
        "voice_refused": _("The browser does not allow this page the microphone. Allow it beside the address, then press again."),
        "voice_missing": _("No microphone was found, or another program has it."),
        "order": pgettext("chat", "Order"),
        "order_whom": _("Name who is to do it, each behind an @."),
        "due": _("by %(time)s"),
        "overdue": _("overdue"),
        "withdrawn": _("withdrawn by %(who)s"),
        "unread": _("Unread from here"),
        "back": _("All messages"),
        "unpin": pgettext("verb", "Unpin"),
        **{f"answer_{code}": str(label) for code, label in Answer.Code.choices},
        **{f"step_{code}": str(label) for code, label in Addressee.Step.choices},
    }

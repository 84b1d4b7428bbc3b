"""How the codes of this room are called in the timeline."""

from journal import labels
from push.models import Subscription


def register() -> None:
    """Tell the journal how to name this room's codes."""
    labels.register("push_ended", lambda codes: {code: str(label) for code, label in Subscription.Ended.choices if code in codes})

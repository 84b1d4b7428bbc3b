from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("tests.noted", says=_("{actor} noted {text} about {incident}"))
class Noted(Fact):
    text: str


@fact("tests.units_sent", says="{actor} sent {unit} to {incident} at {when:time}: {reason}")
class UnitsSent(Fact):
    incident_id: int
    unit_ids: tuple[int, ...]
    when: str
    reason: str | None = None

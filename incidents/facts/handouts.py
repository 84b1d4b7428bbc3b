"""Situation reports given to people outside; who they are stays in the table."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("incidents.handed_out", says=_("{actor} gave a situation report of {incident} to {handout}"))
class HandedOut(Fact):
    incident_id: int
    handout_id: int
    level: str
    until: str
    is_mailed: bool
    attachment_ids: tuple[int, ...] = ()
    unchanged_ids: tuple[int, ...] = ()


@fact("incidents.handout_mailed", says=_("The situation report of {incident} was mailed to {handout}"))
class HandoutMailed(Fact):
    incident_id: int
    handout_id: int


@fact("incidents.handout_failed", says=_("The situation report of {incident} could not be mailed to {handout}"))
class HandoutFailed(Fact):
    incident_id: int
    handout_id: int


@fact("incidents.handout_retried", says=_("{actor} had the situation report of {incident} mailed to {handout} once more"))
class HandoutRetried(Fact):
    incident_id: int
    handout_id: int


@fact("incidents.handout_opened", says=_("{handout} opened the situation report of {incident}"))
class HandoutOpened(Fact):
    incident_id: int
    handout_id: int
    openings: int
    attachment_ids: tuple[int, ...] = ()


@fact("incidents.handout_file_taken", says=_("{handout} fetched a file of {incident}, unchanged"))
class HandoutFileTaken(Fact):
    incident_id: int
    handout_id: int
    attachment_id: int
    takings: int


@fact("incidents.handout_ended", says=_("{actor} took back the situation report of {incident} from {handout}"))
class HandoutEnded(Fact):
    incident_id: int
    handout_id: int

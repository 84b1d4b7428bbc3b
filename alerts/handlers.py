"""What the news of this room makes this room do: send pages out by the city's ways. Safe to run twice."""

from django.conf import settings
from django.utils import timezone, translation

from access.actors import Actor
from alerts import channels, facts, services
from alerts.models import Page
from journal import labels
from journal.models import Entry
from journal.reactions import on
from resources import facts as resource_facts


@on(facts.PersonPaged)
def send_page(entry: Entry) -> None:
    """Hand a page to each way that reaches the person and has not had it; one that may work later is asked again by the journal."""
    page = Page.objects.select_related("person", "escalation").filter(pk=entry.data["page_id"]).first()
    if page is None or page.person is None or page.escalation.ended_at is not None:
        return
    had = set(page.deliveries.values_list("channel", flat=True))
    later: channels.PageFailed | None = None
    for channel in channels.in_use():
        if channel.name in had or not channel.reaches(page.person):
            continue
        outgoing = channels.OutgoingPage(f"page-{page.pk}-{channel.name}", page.person, _text(page), page.escalation.level)
        receipt, why = "", ""
        try:
            receipt = channel.send(outgoing)
        except channels.PageFailed as failure:
            if not failure.is_final:
                later = failure
                continue
            why = str(failure) or "failed"
        services.note_delivery(Actor.system("paging"), page_id=page.pk, channel=channel.name, receipt=receipt, why=why, now=timezone.now())
    if later is not None:
        raise later


@on(resource_facts.PostCalledIn)
def page_called_post(entry: Entry) -> None:
    """Page those on duty at a post that an emergency called."""
    services.page_called_post(Actor.system("paging"), call_id=entry.data["call_id"], now=timezone.now())


def _text(page: Page) -> str:
    with translation.override(page.person.language if page.person is not None else settings.LANGUAGE_CODE):
        return labels.resolve({"escalation": [str(page.escalation_id)]})["escalation", str(page.escalation_id)]

"""What this room announces. What goes and arrives stands in its rows; only what was given up is news, once for each message."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("push.subscribed", says=_("{actor} lets a tablet be told while its page is closed"))
class Subscribed(Fact):
    user_id: int
    subscription_id: int
    service: str


@fact("push.subscription_ended", says=_("A closed tablet is no longer told: {why:push_ended}"))
class SubscriptionEnded(Fact):
    user_id: int
    subscription_id: int
    why: str


@fact("push.message_given_up", says=_("A message to a closed tablet was given up after {attempts} attempts"))
class MessageGivenUp(Fact):
    user_id: int
    subscription_id: int
    message_id: int
    service: str
    attempts: int

"""What this room announces."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("command_center.demo_city_made", says=_("{actor} made the demo city: sample data"))
class DemoCityMade(Fact):
    seed: int
    incidents: int
    open_incidents: int

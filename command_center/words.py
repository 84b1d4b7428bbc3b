"""The few words that scripts say themselves; everything else is written by the server into the page."""

from django.utils.translation import gettext as _


def catalogue() -> dict[str, str]:
    """The scripts' words in the reader's language."""
    return {
        "undo": _("Undo"),
        "failed": _("That did not work. Try again."),
        "unsent": _("Not sent: the server does not answer."),
        "live": _("Live"),
        "live_lag": _("Live %(s)s s"),
        "offline": _("Offline"),
        "stopped_at": _("Data stopped at %(time)s, %(age)s ago. Reconnecting (%(n)s)."),
        "days": _("%(n)s d"),
        "hours": _("%(n)s h"),
        "minutes": _("%(n)s min"),
        "seconds": _("%(n)s s"),
        "over": _("late %(time)s"),
        "new_incidents": _("%(n)s new incidents"),
        "new_order": _("The order has changed"),
        "fix_age": _("position %(age)s old"),
        "no_fix": _("no position"),
        "more_here": _("%(n)s more here"),
        "list_changed": _("The list has just changed. Look again, then press."),
        "pick_point": _("Press the place on the map."),
        "point_chosen": _("Point on the map:"),
        "silenced": _("Silent on this desk. The alarms are still unacknowledged."),
        "wall_more": _("%(n)s more"),
        "wall_stale": _("The picture stands since %(time)s: no link to the city."),
        "wall_fault": _("The picture stands since %(time)s: this page has a fault and is loaded again."),
        "nothing_found": _("Nothing found"),
    }

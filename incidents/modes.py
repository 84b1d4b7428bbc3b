"""Whether the city or a region is in a time of emergency, what that changes, and what switching would change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from access import policy, regions
from access.actors import Actor
from access.models import Region
from incidents import selectors
from incidents.models import AidRequest, CityMode, Incident, PlanActivation
from incidents.models.aid import AID_OPEN
from incidents.models.incidents import BEFORE_CONTROL
from incidents.models.reference import Kind, Severity
from kit.errors import NotFound
from resources import selectors as resources
from resources.models import Post
from resources.models.duty import EMERGENCY_LEVELS
from resources.permissions import VIEW_ROSTER

STANDING = ("WAITING", "GRAVE", "PLANS", "AID", "POSTS")
LEVEL_NUMBERS = {"I": 1, "II": 2, "III": 3, "IV": 4}


@dataclass(frozen=True, slots=True)
class Effects:
    """What a switch would change, and what it would not, as sentences."""

    will: tuple[str, ...]
    will_not: tuple[str, ...]


def in_force() -> list[CityMode]:
    """Every time of emergency in force, the whole city first."""
    found = CityMode.objects.filter(ended_at=None).select_related("region", "incident").defer("region__geometry")
    return sorted(found, key=lambda mode: (mode.region_id is not None, mode.began_at, mode.pk))


def of_id(mode_id: int) -> CityMode:
    """One time of emergency, in force or over. Raises `NotFound`."""
    found = CityMode.objects.filter(pk=mode_id).select_related("region", "incident").defer("region__geometry").first()
    if found is None:
        raise NotFound
    return found


def covering(modes: Sequence[CityMode], region_id: int | None) -> CityMode | None:
    """The time of emergency that holds in a region: the city's, or that of a region above it."""
    path = regions.lineage(region_id).path
    for mode in modes:
        if mode.region_id is None or (path and path.startswith(regions.lineage(mode.region_id).path)):
            return mode
    return None


def is_behind(modes: Sequence[CityMode], incident: Incident) -> bool:
    """Whether an incident goes behind the others for the time being: a service request that is not grave, where an emergency holds."""
    return incident.kind == Kind.SERVICE and incident.severity >= Severity.MODERATE and covering(modes, incident.region_id) is not None


def cause_of(mode: CityMode) -> str:
    """By what name posts are called on account of a time of emergency."""
    return f"citymode:{mode.pk}"


def effects(actor: Actor, region: Region | None, *, level: str, now: datetime) -> Effects:
    """What an emergency in a region (None: the whole city) at a level (empty: none chosen yet) would change of what the actor may see now."""
    path = "" if region is None else regions.lineage(region.pk).path
    found = [each for each in selectors.open_incidents(actor) if _is_below(each, path)]
    behind = sum(each.kind == Kind.SERVICE and each.severity >= Severity.MODERATE for each in found)
    waiting = sum(each.kind == Kind.SERVICE and each.status in BEFORE_CONTROL for each in found)
    grave = sum(each.kind != Kind.SERVICE for each in found)
    behind_says = ngettext(
        "%(n)s service request goes behind the emergencies in every queue.",
        "%(n)s service requests go behind the emergencies in every queue.",
        behind,
    )
    waiting_says = ngettext(
        "The dispatch clock of %(n)s service request stands still.", "The dispatch clocks of %(n)s service requests stand still.", waiting
    )
    grave_says = ngettext(
        "%(n)s emergency can be closed only by supervisors and commanders.",
        "%(n)s emergencies can be closed only by supervisors and commanders.",
        grave,
    )
    return Effects(
        will=(
            behind_says % {"n": behind},
            waiting_says % {"n": waiting},
            grave_says % {"n": grave},
            *_posts_say(actor, path, level, now),
            _("What was heard on ended calls is kept until the emergency is over, and not forgotten after a day."),
            _("Every console shows it within two seconds; nobody's form, choice or map moves."),
        ),
        will_not=(
            _("No warning is released by itself, and no response level of an incident changes."),
            _("Service requests are taken, sent out and closed as before."),
        ),
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Something an emergency leaves standing: a code, how many, and the sentence that says so."""

    code: str
    count: int
    sentence: str


def _posts_say(actor: Actor, path: str, level: str, now: datetime) -> list[str]:
    """Which posts are called: with who is on duty there once a level is chosen, before that from which level each is."""
    may_see = {post.pk for post in resources.posts(actor)} if policy.can(actor, VIEW_ROSTER, None) else set()
    called = [post for post in resources.posts_called_at(LEVEL_NUMBERS.get(level, 1), path) if post.pk in may_see]
    if not called:
        return [_("No post is called to duty.")]
    if level not in LEVEL_NUMBERS:
        from_level = dict(EMERGENCY_LEVELS)
        named = [_("%(post)s from level %(level)s") % {"post": _name(post), "level": from_level[post.called_at or 1]} for post in called]
        return [_("Posts are called to duty: %(posts)s.") % {"posts": _(", ").join(named)}]
    held = resources.holders([post.pk for post in called], now)
    said = [
        _("%(post)s (%(who)s)") % {"post": _name(post), "who": _(", ").join(str(duty.person) for duty in held[post.pk]) or _("nobody on duty")}
        for post in called
    ]
    return [
        _("Called to duty until it is over, and paged now: %(posts)s. Where nobody is on duty the duty supervisor is paged.")
        % {"posts": _(", ").join(said)}
    ]


def _name(post: Post) -> str:
    return post.name_en if post.name_en and (get_language() or "").startswith("en") else post.name


def hand_back(actor: Actor, mode: CityMode) -> list[Standing]:
    """What to look through before an emergency ends, with the numbers of now, of what the actor may see; empty when nothing was left standing."""
    path = "" if mode.region_id is None else regions.lineage(mode.region_id).path
    found = [each for each in selectors.open_incidents(actor) if _is_below(each, path)]
    ids = [each.pk for each in found]
    waiting = sum(each.kind == Kind.SERVICE and each.status in BEFORE_CONTROL for each in found)
    grave = sum(each.kind != Kind.SERVICE for each in found)
    plans = PlanActivation.objects.filter(incident__in=ids, ended_at=None).count()
    aid = AidRequest.objects.filter(incident__in=ids, state__in=AID_OPEN).count()
    posts = resources.called_for(cause_of(mode))
    says = (
        ("WAITING", waiting, ngettext("%(n)s service request waited: its dispatch clock runs again.",
                                      "%(n)s service requests waited: their dispatch clocks run again.", waiting)),
        ("GRAVE", grave, ngettext("%(n)s emergency is still open: somebody has it.", "%(n)s emergencies are still open: somebody has each.", grave)),
        ("PLANS", plans, ngettext("%(n)s plan is in motion: stood down, or goes on.", "%(n)s plans are in motion: stood down, or go on.", plans)),
        ("AID", aid, ngettext("%(n)s request for mutual aid is open: released, or goes on.",
                              "%(n)s requests for mutual aid are open: released, or go on.", aid)),
        ("POSTS", posts, ngettext("%(n)s post was called to duty: it hands over and is stood down.",
                                  "%(n)s posts were called to duty: they hand over and are stood down.", posts)),
    )  # fmt: skip
    return [Standing(code, number, sentence % {"n": number}) for code, number, sentence in says if number]


def unseen(standing: Iterable[Standing], looked: Mapping[str, int]) -> list[Standing]:
    """What was not looked through: never shown, or more by now than when it was."""
    return [each for each in standing if looked.get(each.code, 0) < each.count]


def _is_below(incident: Incident, path: str) -> bool:
    return not path or regions.lineage(incident.region_id).path.startswith(path)


def region_of(region_id: int) -> Region | None:
    """A region without its outline, None when there is none."""
    found: Region | None = Region.objects.defer("geometry").filter(pk=region_id).first()
    return found


def possible_regions() -> Iterable[Region]:
    """The districts that may have a time of emergency of their own."""
    found: Iterable[Region] = Region.objects.filter(level="DISTRICT").defer("geometry").order_by("path")
    return found

"""Broken glass is an alarm of those whose incident it is, for as long as it lasts."""

import importlib
from datetime import datetime, timedelta

from django.apps import apps

from access.actors import Actor
from access.sharing import verbs
from alerts import selectors as alerts
from alerts import services as watch
from alerts.models import Alarm, AlarmRule
from incidents import seeing
from incidents.models import Incident


def test_the_owners_are_told_at_once_and_the_alarm_falls_when_it_is_given_back(
    supervisor: Actor, liaison: Actor, northern_fire: Incident, now: datetime
):
    AlarmRule.objects.all().delete()
    importlib.import_module("alerts.migrations.0009_default_glass_rule").fill(apps, None)
    share = verbs.break_glass_for(liaison, kind=seeing.KIND.name, subject_id=northern_fire.pk, reason="the main there must be shut", now=now)

    watch.look_around(Actor.system("watch"), now=now, took_ms=0.0)

    (alarm,) = Alarm.objects.live()
    assert (alarm.rule.code, alarm.incident, alarm.state) == ("glass-broken", northern_fire, "UNACKED")
    assert alarm in alerts.alarms(supervisor)
    assert alarm not in alerts.alarms(liaison)

    verbs.revoke_share(liaison, share_id=share.pk, now=now)
    watch.look_around(Actor.system("watch"), now=now + timedelta(seconds=1), took_ms=0.0)
    alarm.refresh_from_db()
    assert not alarm.is_standing

"""What is shared comes to the other side's screens by itself, and goes from them when it is taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from access.actors import Actor
from access.models import Department, Membership, User
from access.sharing import verbs
from access.sharing.verbs import Terms
from incidents import seeing

pytestmark = pytest.mark.patient


def test_a_share_comes_live_with_its_level_and_goes_when_it_is_taken_back(sit: Any, city: Any, fire_at: Callable[..., Any], django_db_blocker: Any):
    fire = fire_at("莲花池东路 12 号")
    with django_db_blocker.unblock():
        now = timezone.now()
        water = Department.objects.get_or_create(code="water", defaults={"name": "自来水集团", "name_en": "Water company"})[0]
        theirs_user = User.objects.get_or_create(username="waterman", defaults={"name": "周水"})[0]
        Membership.objects.get_or_create(user=theirs_user, role="liaison", department=water, defaults={"starts_at": now - timedelta(days=1)})
    city.people["waterman"] = theirs_user
    theirs = sit("waterman")
    row = theirs.locator(f'#queue [data-number="{fire.number}"]')
    expect(row).to_have_count(0)

    with django_db_blocker.unblock():
        terms = Terms(water.pk, None, "OUTLINE", timezone.now() + timedelta(hours=1), "请留意水压")
        owner = Actor.of_user(city.people["dispatcher"])
        share = verbs.share(owner, kind=seeing.KIND.name, subject_id=fire.pk, terms=terms, now=timezone.now())

    expect(row).to_contain_text("共享")
    expect(row).not_to_contain_text("莲花池")
    row.click()
    expect(theirs.locator("#panel")).to_contain_text("请留意水压")
    expect(theirs.locator('[data-verb="dispatch"]')).to_be_disabled()
    page = sit("waterman", f"/incidents/{fire.number}/")
    expect(page.locator(".shown-notice")).to_contain_text("李敏")
    mine = sit("dispatcher", f"/incidents/{fire.number}/")
    expect(mine.locator(".shares")).to_contain_text("周水")

    with django_db_blocker.unblock():
        verbs.revoke_share(owner, share_id=share.pk, now=timezone.now())

    expect(row).to_have_count(0)
    expect(page.locator(".shown-notice")).to_have_count(0)
    expect(page.locator("#incident")).not_to_contain_text("建筑火灾")
    sit.complaints[:] = [each for each in sit.complaints if "404" not in each]  # asked for once more, and told that it is gone

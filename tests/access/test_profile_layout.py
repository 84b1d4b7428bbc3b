"""How somebody arranges the screen is kept for every desk of that kind."""

from django.test import Client

from access import services
from access.actors import Actor
from access.models import User
from tests.conftest import user_of


def test_a_size_is_kept_for_one_kind_of_desk_and_taken_back(dispatcher: Actor) -> None:
    services.keep_layout(dispatcher, desk="1920x1080", part="panel-size", size=320)
    services.keep_layout(dispatcher, desk="1024x768", part="panel-size", size=200)
    services.keep_layout(dispatcher, desk="1024x768", part="panel-size", size=None)

    assert User.objects.get(pk=dispatcher.user_id).layouts == {"1920x1080": {"panel-size": 320}}


def test_many_desks_and_many_parts_do_not_grow_without_end(dispatcher: Actor) -> None:
    for width in range(300, 340):
        services.keep_layout(dispatcher, desk=f"{width}x1080", part="panel-size", size=320)
    for letter in "abcdefghijklmnopqrstuvwxyz":
        services.keep_layout(dispatcher, desk="1920x1080", part=f"part-{letter}", size=320)

    layouts = User.objects.get(pk=dispatcher.user_id).layouts
    assert len(layouts) <= 12
    assert len(layouts["1920x1080"]) <= 12


def test_nonsense_is_refused(dispatcher: Actor, client: Client) -> None:
    client.force_login(user_of(dispatcher))

    answers = [
        client.post("/profile/layout/", {"desk": desk, "part": part, "size": size}).status_code
        for desk, part, size in (("1920x1080", "panel-size", "1"), ("wide", "panel-size", "300"), ("1920x1080", "<script>", "300"))
    ]

    assert answers == [422, 422, 422]
    assert User.objects.get(pk=dispatcher.user_id).layouts == {}

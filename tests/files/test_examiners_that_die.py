"""Whoever looks at a file may be killed in the middle: another takes it up, and what the first one says afterwards does not count."""

from datetime import datetime, timedelta

from access.actors import Actor
from files import checking, services
from files.models import File

CLERK = Actor.system("files")


def _whole(crew: Actor, now: datetime, content: bytes = b"text") -> File:
    """Handed in, and nobody has looked yet."""
    file = services.begin_file(crew, name="a.txt", size=len(content), captured=services.Captured(), now=now)
    services.append_bytes(crew, key=file.key, offset=0, data=content, checksum=None)
    return services.finish_file(crew, key=file.key, now=now)


def test_a_file_whose_examiner_was_killed_is_looked_at_by_the_next_and_the_dead_one_s_word_does_not_count(crew: Actor, now: datetime) -> None:
    file = _whole(crew, now)
    killed = services.take_up(CLERK, now=now)

    too_early = checking.check_next(now=now + timedelta(seconds=60))
    taken_up = checking.check_next(now=now + timedelta(seconds=91))
    assert killed is not None
    services.refuse_file(CLERK, file=killed, reason="UNREADABLE", detail="", now=now + timedelta(seconds=92))

    file.refresh_from_db()
    assert (too_early, taken_up, file.state, file.attempts) == (False, True, "READY", 2)


def test_a_large_video_is_given_the_time_that_looking_at_it_takes(crew: Actor, now: datetime) -> None:
    file = _whole(crew, now)
    File.objects.filter(pk=file.pk).update(size=600_000_000, received=600_000_000)
    services.take_up(CLERK, now=now)

    assert services.take_up(CLERK, now=now + timedelta(minutes=10)) is None
    assert services.take_up(CLERK, now=now + timedelta(minutes=12)) is not None


def test_a_file_that_kills_every_examiner_is_refused_in_words(crew: Actor, now: datetime) -> None:
    file = _whole(crew, now)

    for attempt in range(4):
        services.take_up(CLERK, now=now + timedelta(minutes=2 * attempt))

    file.refresh_from_db()
    assert (file.state, file.why) == ("REFUSED", "It could not be checked; it is in the logs.")

"""Kill -9 of web, relay, worker, Redis and PostgreSQL in turn, while eight people write and six read and come and go."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
import pytest

from tests.live.proof.judge import Seen, judge
from tests.live.proof.readers import GroupReader, Reader, TableReader, replayed
from tests.live.proof.stage import Stage, free_port

VICTIMS = ("web", "relay", "worker", "redis", "postgres")
HEALED_SECONDS = 10.0


@dataclass
class Story:
    """What writers were told, who read what, and how long each wound took to heal."""

    acknowledged: list[Seen] = field(default_factory=list)
    written_at: dict[str, float] = field(default_factory=dict)
    unknown: int = 0
    healed: list[tuple[str, float]] = field(default_factory=list)
    readers: list[Reader] = field(default_factory=list)
    group_reader: GroupReader | None = None
    table_reader: TableReader | None = None
    replays: list[tuple[int, list[int]]] = field(default_factory=list)

    def heals(self) -> str:
        worst = {victim: max((took for name, took in self.healed if name == victim), default=0.0) for victim in VICTIMS}
        return ", ".join(f"{name} {took:.1f} s" for name, took in worst.items())


@contextmanager
def writers(stage: Stage, story: Story, *, pause: float, padding: int = 0, reacts: bool = True) -> Iterator[None]:
    """Eight of them in a program of their own; what is acknowledged is noted here."""
    with stage.program("-m", "tests.live.proof.writer") as program:
        assert program.stdin
        assert program.stdout
        program.stdin.write(json.dumps({"scopes": stage.scopes, "pause": pause, "padding": padding, "reacts": reacts}) + "\n")
        program.stdin.flush()
        note = threading.Thread(target=_note, args=(program.stdout, story))
        note.start()
        yield
        program.stdin.close()
        note.join(timeout=60)


def _note(lines: Iterator[str], story: Story) -> None:
    for line in lines:
        said = json.loads(line)
        if "lost" in said:
            story.unknown += 1
            continue
        story.written_at[said["key"]] = said["at"]
        story.acknowledged.append(Seen(said["key"], said["subject"], said["n"]))


class City:
    """The readers, the naive readers and the killer, in one event loop."""

    def __init__(self, stage: Stage, story: Story) -> None:
        self.stage, self.story = stage, story
        self.is_over = asyncio.Event()
        self.start = 0

    async def live(self, kills: int, naive_port: int) -> None:
        self.start = await asyncio.to_thread(self._head)
        for cookie in self.stage.cookies:
            reader = Reader(self.stage.port, cookie, position=self.start)
            self.story.readers.append(reader)
        self.story.group_reader = GroupReader(naive_port, "", stays=(600, 601))
        self.story.table_reader = TableReader(self.stage.env["DATABASE_URL"], last=await asyncio.to_thread(self._last_id))
        tasks = [asyncio.ensure_future(reader.run(self.is_over)) for reader in [*self.story.readers, self.story.group_reader]]
        polling = asyncio.ensure_future(asyncio.to_thread(self.story.table_reader.run, self.is_over.is_set))
        try:
            with writers(self.stage, self.story, pause=0.7):
                await asyncio.sleep(4)
                for number in range(kills):
                    await self._wound(VICTIMS[number % len(VICTIMS)])
                await asyncio.sleep(2)
            await self._everybody_is_current()
        finally:
            self.is_over.set()
            await asyncio.wait([*tasks, polling], timeout=10)
            for task in tasks:
                task.cancel()

    async def _wound(self, victim: str) -> None:
        """Kill it, and wait until every reader got something that was written and acknowledged after that, and reactions run again."""
        before = await asyncio.to_thread(self.stage.pid, victim)
        await asyncio.to_thread(self.stage.kill, victim)
        killed_at = time.monotonic()
        while not (await self._is_replaced(victim, before) and self._all_have_news_since(killed_at) and await self._reacts_since(victim, killed_at)):
            assert time.monotonic() - killed_at < 60, f"{victim} did not heal: {self._state(killed_at)}"
            await asyncio.sleep(0.1)
        self.story.healed.append((victim, time.monotonic() - killed_at))
        if victim == "web":
            reader = self.story.readers[0]
            since = max(self.start, reader.position - 300)
            self.story.replays.append((since, await replayed(reader, since)))

    async def _is_replaced(self, victim: str, before: int) -> bool:
        return await asyncio.to_thread(self.stage.pid, victim) not in (0, before)

    def _all_have_news_since(self, moment: float) -> bool:
        written = self.story.written_at
        return all(any(written.get(one.key, 0.0) > moment for one in reader.received[-100:]) for reader in self.story.readers)

    def _state(self, moment: float) -> object:
        written = self.story.written_at
        news = [sum(written.get(one.key, 0.0) > moment for one in reader.received) for reader in self.story.readers]
        return [(reader.position, reader.connections, count) for reader, count in zip(self.story.readers, news, strict=True)]

    async def _reacts_since(self, victim: str, moment: float) -> bool:
        if victim == "web":
            return True
        keys = [one.key for one in self.story.acknowledged[-200:] if self.story.written_at[one.key] > moment]
        return await asyncio.to_thread(self._any_reaction, keys)

    def _any_reaction(self, keys: list[str]) -> bool:
        try:
            return bool(self._ask("SELECT EXISTS (SELECT FROM proof_reaction WHERE key = ANY(%s))", keys))
        except psycopg.Error:
            return False

    async def _everybody_is_current(self) -> None:
        head = await asyncio.to_thread(self._settled_head)
        until = time.monotonic() + 30
        while any(reader.position < head for reader in self.story.readers) and time.monotonic() < until:
            await asyncio.sleep(0.2)

    def _settled_head(self) -> int:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            waits = self._ask("SELECT count(*) FROM journal_entry WHERE position IS NULL", None)
            owed = self._ask("SELECT count(*) FROM journal_receipt WHERE state = 'PENDING'", None)
            if not waits and not owed:
                break
            time.sleep(0.3)
        return self._head()

    def _head(self) -> int:
        return int(self._ask("SELECT position FROM journal_head", None))  # type: ignore[call-overload]

    def _last_id(self) -> int:
        return int(self._ask("SELECT coalesce(max(id), 0) FROM journal_entry", None))  # type: ignore[call-overload]

    def _ask(self, query: str, value: object) -> object:
        with psycopg.connect(self.stage.env["DATABASE_URL"], autocommit=True, connect_timeout=3) as db:
            row = db.execute(query, [value] if value is not None else None).fetchone()
            assert row
            return row[0]


@contextmanager
def textbook(stage: Stage) -> Iterator[int]:
    """The consumer of the tutorials on a daphne of its own; it is started again when it dies."""
    port = free_port()
    command = ("-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "bench.fanout_textbook:application")
    with stage.program(*command) as program:
        try:
            yield port
        finally:
            program.terminate()


def tell(stage: Stage, kills: int) -> Story:
    """Play the whole story once."""
    story = Story()
    with textbook(stage) as port:
        asyncio.run(City(stage, story).live(kills, port))
    return story


def check(stage: Stage, story: Story) -> None:
    """Every promise, against what was written down."""
    print(f"{len(story.acknowledged)} writes acknowledged, {story.unknown} unknown, {len(story.healed)} kills; worst: {story.heals()}")
    both = [number for number in range(len(story.readers)) if number not in (2, 3)]
    for number, reader in enumerate(story.readers):
        mine = [one for one in story.acknowledged if number in both or one.subject % 2 == number - 2]
        verdict = judge(mine, reader.received)
        assert verdict.is_right, f"reader {number}: {verdict}"
        assert (reader.resyncs, reader.doubled, reader.holes) == (0, 0, 0)
        assert reader.connections > 3, "a reader that never left proves nothing"
    full = story.readers[0].positions
    for since, positions in story.replays:
        assert positions, "a newcomer got no replay"
        assert positions == [one for one in full if since < one <= positions[-1]]
    slow = [(victim, round(took, 1)) for victim, took in story.healed if took > HEALED_SECONDS]
    assert not slow, f"healed later than {HEALED_SECONDS} s: {slow}"
    check_reactions(stage, story)


def check_reactions(stage: Stage, story: Story) -> None:
    with psycopg.connect(stage.env["DATABASE_URL"], autocommit=True) as db:
        done = dict(db.execute("SELECT key, count(*) FROM proof_reaction GROUP BY key").fetchall())
        states = dict(db.execute("SELECT state, count(*) FROM journal_receipt GROUP BY state").fetchall())
    assert {one.key for one in story.acknowledged} <= done.keys(), "an acknowledged write had no reaction"
    assert set(done.values()) == {1}, "a reaction was done twice"
    assert set(states) == {"DONE"}, states


@pytest.mark.alone
@pytest.mark.timeout(420)
def test_what_was_acknowledged_reaches_every_screen_exactly_once_through_thirty_kills(stage: Stage) -> None:
    story = tell(stage, kills=30)

    check(stage, story)
    naive = judge(story.acknowledged, story.table_reader.received)  # type: ignore[union-attr]
    assert naive.missing, "a reader of `id > last_seen` lost nothing: this harness would not notice a loss"
    textbook_reader = judge(story.acknowledged, story.group_reader.received)  # type: ignore[union-attr]
    assert not textbook_reader.is_right, "a textbook consumer lost nothing: this harness would not notice a loss"
    print(f"reader of id > last_seen: {naive}; textbook consumer: {textbook_reader}")


@pytest.mark.soak
@pytest.mark.alone
@pytest.mark.timeout(3600)
def test_nothing_is_lost_through_two_hundred_kills(stage: Stage) -> None:
    check(stage, tell(stage, kills=200))

"""Finding a place among a million: what people type, from a few initials to a whole address, near the middle of the map."""

import random
import time

from django.db import connection
from django.utils import timezone

from access.actors import Actor
from bench import harness
from bench.harness import Row
from gis import selectors, services
from gis.demo import city as synthetic
from gis.models import Place
from kit.geo import Position

WANTED = 1_000_000
QUERIES = 300
GATE_MS = 150.0
HERE = Position(116.40, 39.92)
SOURCE = "bench"
# The synthetic city again and again, each time as another quarter with other characters, readings and coordinates.
QUARTERS = "东西南北中上下新旧前后左右大小长高平安福"
READINGS = "dxnbzsxxjqhzydxcgpaf"
MORE = """
INSERT INTO gis_place (source, code, name, name_en, rank, kind, pinyin, initials, number, address, point, plate, search, grams)
SELECT %s, %s || code, %s || name, name_en, rank, kind, left(%s || pinyin, 240), left(%s || initials, 60), number, left(%s || address, 240),
    ST_Translate(point, %s, %s), '', %s || search, grams || ARRAY[left(%s || name, 2)]::varchar[]
FROM gis_place WHERE source <> %s LIMIT %s
"""


def measure() -> list[Row]:
    """One row: the slowest twentieth of all questions, milliseconds on the wall."""
    _fill()
    texts = _texts()
    for text in texts[:50]:
        selectors.find_places(text, near=HERE, limit=8)  # warm
    runs = {"product": [_p95(texts) for _ in range(harness.ROUNDS)]}
    p95 = harness.median(runs["product"])
    count = Place.objects.count()
    _empty()
    return [Row(f"find a place among {count:,}, p95", "ms", p95, GATE_MS, "<= 150 ms", p95 <= GATE_MS, "the gate itself", runs)]


def ground() -> None:
    """The synthetic city's regions, roads and addresses, where they are not there yet."""
    if not Place.objects.exclude(source=SOURCE).exists():
        now, actor = timezone.now(), Actor.system("bench")
        services.load_regions(actor, records=synthetic.regions(), is_approximate=True, source="sample", now=now, progress=lambda *_: None)
        services.replace_ground(actor, ground=synthetic.ground(1), now=now)


def _fill() -> None:
    ground()
    _empty()
    with connection.cursor() as cursor:
        turn, count = 0, Place.objects.count()
        while count < WANTED:
            first, second = divmod(turn, len(QUARTERS))
            prefix = QUARTERS[second] + (QUARTERS[first] if first else "")
            reading = READINGS[second] + (READINGS[first] if first else "")
            aside, up = 0.02 * (second - 10), 0.02 * (first - 2)
            texts = (prefix, prefix, reading, reading, prefix)
            cursor.execute(MORE, [SOURCE, f"{turn}-", *texts[1:], aside, up, prefix, prefix, SOURCE, WANTED - count])
            turn, count = turn + 1, count + cursor.rowcount
        cursor.execute("VACUUM (ANALYZE) gis_place")


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM gis_place WHERE source = %s", [SOURCE])


def _texts() -> list[str]:
    """Parts of names, readings, initials and whole addresses of places drawn by lot."""
    lot = random.Random(7)
    ids = list(Place.objects.order_by("pk").values_list("pk", flat=True))
    rows = Place.objects.in_bulk(lot.sample(ids, QUERIES)).values()
    ways = (
        lambda row: row.name[:3],
        lambda row: row.name[1:5],
        lambda row: row.initials[:4],
        lambda row: row.initials[:6],
        lambda row: row.pinyin[:8],
        lambda row: row.address,
    )
    return [text for place, row in enumerate(rows) if (text := ways[place % len(ways)](row))]


def _p95(texts: list[str]) -> float:
    taken = []
    for text in texts:
        began = time.perf_counter()
        selectors.find_places(text, near=HERE, limit=8)
        taken.append((time.perf_counter() - began) * 1000)
    return harness.percentile(taken, 0.95)

"""What machines ask: is it alive (/healthz), may it get traffic (/readyz), how does it do (/metrics)."""

import asyncio
import dataclasses
import datetime
import hmac
import ipaddress
import shutil
import time
from collections.abc import Callable, Iterator

import redis
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from health_check.base import HealthCheck
from health_check.checks import Database
from health_check.exceptions import ServiceUnavailable, ServiceWarning
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from alerts import selectors as alerts
from command_center import heartbeat
from exchange import ringing
from journal import selectors as journal

LONGEST_LAG_SECONDS = 2.0
LONGEST_BLINK_SECONDS = 5.0
REMEMBER_SECONDS = 1.0
_TIMEOUT = datetime.timedelta(seconds=3)


def _with_connection(question: Callable[[], float]) -> float:
    """Ask the database from a thread of its own and give the connection back."""
    try:
        return question()
    finally:
        connection.close()


@dataclasses.dataclass
class DatabaseAnswers(Database):
    """PostgreSQL answers."""

    timeout = _TIMEOUT


@dataclasses.dataclass
class RedisAnswers(HealthCheck):
    """Redis answers and takes writes."""

    timeout = _TIMEOUT

    def run(self) -> None:
        try:
            heartbeat.client().set("city:health", "1", ex=60)
        except redis.RedisError as error:
            raise ServiceUnavailable("Redis does not answer") from error


@dataclasses.dataclass
class RelayKeepsUp(HealthCheck):
    """No committed entry waits for its number longer than two seconds."""

    timeout = _TIMEOUT

    def run(self) -> None:
        lag = _with_connection(journal.relay_lag_seconds)
        if lag > LONGEST_LAG_SECONDS:
            raise ServiceUnavailable(f"the oldest unrelayed entry waits for {lag:.1f} s")


@dataclasses.dataclass
class WorkerLives(HealthCheck):
    """A Celery worker beat its heart in the last fifteen seconds."""

    timeout = _TIMEOUT

    def run(self) -> None:
        try:
            workers = heartbeat.living_workers()
        except redis.RedisError as error:
            raise ServiceUnavailable("unknown, because Redis does not answer") from error
        if not workers:
            raise ServiceUnavailable("no worker lives")


@dataclasses.dataclass
class WatchLooks(HealthCheck):
    """The watch looked in the last five seconds. Without it pages still work, so it warns: no process loses its traffic for it."""

    timeout = _TIMEOUT

    def run(self) -> None:
        age = _with_connection(alerts.watch_age_seconds)
        if age > LONGEST_BLINK_SECONDS:
            raise ServiceWarning(f"the watch has not looked for {age:.0f} s: no alarm will come" if age < float("inf") else "the watch never looked")


@dataclasses.dataclass
class ExchangeTells(HealthCheck):
    """Every telephone line is followed. Without it pages still work and calls can be typed, so it warns."""

    timeout = _TIMEOUT

    def run(self) -> None:
        broken = _broken_lines()
        if broken:
            raise ServiceWarning(f"nobody tells of calls on {', '.join(broken)}")


def _broken_lines() -> list[str]:
    try:
        return ringing.broken_links(now=timezone.now())
    finally:
        connection.close()


@dataclasses.dataclass
class DiskHasRoom(HealthCheck):
    """There is room for what is written next."""

    timeout = _TIMEOUT

    def run(self) -> None:
        free = free_megabytes()
        if free < settings.LEAST_FREE_MB:
            raise ServiceUnavailable(f"{free:.0f} MB are free, {settings.LEAST_FREE_MB} MB are needed")


CHECKS: dict[str, HealthCheck] = {
    "database": DatabaseAnswers(),
    "redis": RedisAnswers(),
    "relay": RelayKeepsUp(),
    "worker": WorkerLives(),
    "watch": WatchLooks(),
    "disk": DiskHasRoom(),
}
if settings.TELEPHONY_SIP_LINES:
    CHECKS["telephony"] = ExchangeTells()


def free_megabytes() -> float:
    """Room left where the city writes, in megabytes."""
    return shutil.disk_usage(settings.CITY_VAR).free / 1e6


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive; nothing else is asked, so that a slow database never gets a good process killed."""
    return HttpResponse("ok\n", content_type="text/plain")


class _Readiness:
    """The last answer, kept for a second, so that many probes cost what one costs."""

    def __init__(self) -> None:
        self.found_at = float("-inf")
        self.answer: dict[str, dict[str, object]] = {}

    async def look(self) -> dict[str, dict[str, object]]:
        """Each check's opinion by its name."""
        if time.monotonic() - self.found_at > REMEMBER_SECONDS:
            results = await asyncio.gather(*(check.get_result() for check in CHECKS.values()))
            self.answer = {
                name: {
                    "ok": result.error is None or isinstance(result.error, ServiceWarning),
                    "says": str(result.error) if result.error else f"{result.time_taken * 1000:.0f} ms",
                }
                for name, result in zip(CHECKS, results, strict=True)
            }
            self.found_at = time.monotonic()
        return self.answer


_readiness = _Readiness()


@never_cache
async def readyz(request: HttpRequest) -> HttpResponse:
    """Whether this process may get traffic: 200 or 503, and each part's own words."""
    checks = await _readiness.look()
    is_ready = all(check["ok"] for check in checks.values())
    answer = JsonResponse({"ready": is_ready, "checks": checks}, status=200 if is_ready else 503)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django would log an error for each probe while a part is away
    return answer


class CityCollector(Collector):
    """The city's own gauges, asked for at each scrape; what cannot be known is left out."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge for each figure an operator is woken for."""
        yield GaugeMetricFamily("city_disk_free_bytes", "Room left where the city writes", value=free_megabytes() * 1e6)
        try:
            yield GaugeMetricFamily("city_workers", "Celery workers that live", value=len(heartbeat.living_workers()))
        except redis.RedisError:
            yield GaugeMetricFamily("city_redis_up", "Whether Redis answers", value=0)
        else:
            yield GaugeMetricFamily("city_redis_up", "Whether Redis answers", value=1)
        questions: tuple[tuple[str, str, Callable[[], float]], ...] = (
            ("city_relay_lag_seconds", "Age of the oldest entry without a position", journal.relay_lag_seconds),
            ("city_journal_position", "Position of the last numbered entry", journal.head_position),
            ("city_watch_age_seconds", "Seconds since the watch last looked for alarms", alerts.watch_age_seconds),
            ("city_dead_reactions", "Reactions given up after their last attempt", journal.dead_reactions),
        )
        try:
            for name, text, question in questions:
                yield GaugeMetricFamily(name, text, value=float(question()))
        except DatabaseError:
            yield GaugeMetricFamily("city_database_up", "Whether PostgreSQL answers", value=0)
        else:
            yield GaugeMetricFamily("city_database_up", "Whether PostgreSQL answers", value=1)

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing at registration: the database is not asked while modules load."""
        return []


REGISTRY.register(CityCollector())


def _may_scrape(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    if settings.METRICS_TOKEN and hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return True
    if not settings.METRICS_LOOPBACK:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for an authorised scraper; for anybody else there is no such page."""
    if not _may_scrape(request):
        return HttpResponseNotFound()
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


pages = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]

"""What machines ask of the city, and what strangers must not learn."""

from typing import Any

import pytest
import redis
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from command_center import health, heartbeat


@pytest.fixture(autouse=True)
def fresh_readiness(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer remembered from another test."""
    monkeypatch.setattr(health, "_readiness", health._Readiness())


@pytest.fixture
def a_living_worker() -> Any:
    """A worker that beat its heart just now."""
    heartbeat.Pulse().beat("worker@test")
    yield
    redis.Redis.from_url(settings.REDIS_URL).delete(f"{heartbeat.PREFIX}worker@test")


@pytest.fixture
def settings_without_redis(settings: Any) -> Settings:
    """Redis is away."""
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    return settings


def _ready(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()["checks"]


@pytest.mark.django_db
def test_a_supervisor_that_asks_whether_the_process_lives_costs_the_database_nothing(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db(transaction=True)
def test_a_balancer_sends_traffic_when_every_part_is_well(client: Client, a_living_worker: None) -> None:
    status, checks = _ready(client)

    assert status == 200, checks
    assert set(checks) == {"database", "redis", "relay", "worker", "watch", "disk"}


@pytest.mark.django_db(transaction=True)
def test_an_operator_reads_which_part_is_away(client: Client, settings_without_redis: Any) -> None:
    status, checks = _ready(client)

    assert status == 503
    assert {name for name, check in checks.items() if not check["ok"]} == {"redis", "worker"}
    assert "Redis does not answer" in checks["redis"]["says"]


@pytest.mark.django_db(transaction=True)
def test_an_operator_reads_that_no_worker_lives(client: Client) -> None:
    for key in redis.Redis.from_url(settings.REDIS_URL).scan_iter(f"{heartbeat.PREFIX}*"):
        redis.Redis.from_url(settings.REDIS_URL).delete(key)

    status, checks = _ready(client)

    assert status == 503
    assert "no worker lives" in checks["worker"]["says"]


@pytest.mark.django_db(transaction=True)
def test_an_operator_reads_that_the_disk_is_full(client: Client, settings: Any, a_living_worker: None) -> None:
    settings.LEAST_FREE_MB = 10**9

    status, checks = _ready(client)

    assert status == 503
    assert "MB are needed" in checks["disk"]["says"]


@pytest.mark.django_db(transaction=True)
def test_a_balancer_does_not_send_traffic_to_a_city_whose_relay_lags(client: Client, a_living_worker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.journal, "relay_lag_seconds", lambda: 7.5)

    status, checks = _ready(client)

    assert status == 503
    assert "7.5 s" in checks["relay"]["says"]


@pytest.mark.django_db
def test_a_stranger_finds_no_figures(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "a-long-secret-of-the-scraper"

    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
def test_a_scraper_with_the_token_reads_the_figures_operators_are_woken_for(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "a-long-secret-of-the-scraper"

    answer = client.get("/metrics", headers={"Authorization": "Bearer a-long-secret-of-the-scraper"})

    assert answer.status_code == 200
    for name in ("city_relay_lag_seconds", "city_workers", "city_disk_free_bytes", "city_dead_reactions", "django_http_requests_total"):
        assert name in answer.content.decode()


@pytest.mark.django_db
def test_a_scraper_on_the_same_machine_needs_the_setting(client: Client, settings: Any) -> None:
    assert client.get("/metrics").status_code == 404

    settings.METRICS_LOOPBACK = True

    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 404


def test_a_dead_workers_heart_is_forgotten_in_seconds(a_living_worker: None) -> None:
    left = redis.Redis.from_url(settings.REDIS_URL).ttl(f"{heartbeat.PREFIX}worker@test")

    assert 0 < left <= heartbeat.LIVES_SECONDS
    assert "worker@test" in heartbeat.living_workers()

"""Bring the software and the services of a stack to where a verb needs them."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from city import cluster, engines, environment, front_end, paper, product, programs, python_packages, routing, supervisor
from city.place import Place


def install(place: Place, *requirements: str) -> None:
    """Install what is missing: Debian's part, Python's part and the front end's part at the same time."""
    place.make()
    with place.locked("install"), ThreadPoolExecutor(3) as pool:
        work: list[Future[None]] = [pool.submit(_fetch_engines, place)]
        python_packages.make_venv(place)
        work.append(pool.submit(python_packages.install, place, *(requirements or ("requirements.txt",))))
        work.append(pool.submit(front_end.install, place))
        work.append(pool.submit(routing.install, place))
        for part in work:
            part.result()
        if "requirements-test.txt" in requirements:
            paper.install(place)  # the running city fetches it when it is up: nobody waits for a PDF
        product.compile_catalogues(place)


def _fetch_engines(place: Place) -> None:
    if environment.has_own_database():
        engines.postgres(place)
    if environment.has_own_redis():
        engines.redis(place)


def services(place: Place, *, durable: bool = True) -> None:
    """Start the private PostgreSQL and Redis and return when both answer."""
    place.make()
    with place.locked("services"):
        wanted = programs.wanted_services()
        if "postgres" in wanted:
            engine = cluster.prepare(place, durable=durable)
        supervisor.ensure(place)
        supervisor.start(place, wanted)
        if "postgres" in wanted:
            cluster.wait(place, engine)
            cluster.furnish(place, engine)
        if "redis" in wanted:
            programs.wait_for_socket(place.run / "redis.sock", 30)

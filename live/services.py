"""Verbs of the telemetry lane. Facts need none: the relay hands them to the hubs."""

from collections.abc import Mapping

from journal import wire
from live import telemetry


def publish_positions(batches: Mapping[tuple[str, ...], bytes]) -> bool:
    """Show unit positions on every screen whose scopes meet the key: 16-byte records (see `live.telemetry`), longitude first, WGS-84.

    The latest wins and a lost one is replaced by the next, so nothing is kept or tried again; False when Redis did not take it.
    """
    return wire.publisher().publish("units", [telemetry.pack(scopes, records) for scopes, records in batches.items() if records])

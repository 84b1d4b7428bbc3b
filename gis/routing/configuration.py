"""What both programs of the engine read: its own defaults (engine.json), but quiet, modest, and on the loopback only. Standard library alone."""

import json
import os
from pathlib import Path
from typing import Any


def of(tiles: Path, listen: str) -> dict[str, Any]:
    """The configuration for tiles and an address to listen at; empty for the builder, which listens nowhere.

    The matrix is Dijkstra's from the one target: the default way for many to one took 39 s and 4 GB.
    """
    made: dict[str, Any] = json.loads(Path(__file__).with_name("engine.json").read_text(encoding="utf-8"))
    made["mjolnir"] |= {"tile_dir": str(tiles), "concurrency": os.cpu_count() or 1, "max_cache_size": 256_000_000}
    made["loki"]["actions"] = ["sources_to_targets", "isochrone", "status", "locate", "route"]
    made["thor"] |= {"source_to_target_algorithm": "timedistancematrix", "clear_reserved_memory": True}
    made["thor"] |= {f"max_reserved_labels_count_{way}": 500_000 for way in ("astar", "bidir_astar", "dijkstras", "bidir_dijkstras")}
    made["httpd"]["service"] |= {"listen": listen or "tcp://127.0.0.1:1", "drain_seconds": 1, "timeout_seconds": 30}
    return made

"""Positions of units: from the edge (`fixes`, `osmand`) through one hot path (`recording`) to the tables, the map and the facts.

`recording.record_positions` is the verb; `devices`, `areas` and `contact` hold the others. How it works: docs/explanation/positions.md.
"""

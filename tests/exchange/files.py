"""Small exports in the style of San Francisco's, written by hand for the tests."""

import csv
from pathlib import Path

HEADING = [
    "Call Number", "Unit ID", "Call Type", "Call Type Group", "Unit Type", "Call Final Disposition", "Address", "City", "Station Area", "Location",
    "Received DtTm", "Entry DtTm", "Dispatch DtTm", "Response DtTm", "On Scene DtTm", "Transport DtTm", "Hospital DtTm", "Available DtTm",
]  # fmt: skip
TIMES = {
    "received": "Received DtTm",
    "entered": "Entry DtTm",
    "dispatched": "Dispatch DtTm",
    "en_route": "Response DtTm",
    "on_scene": "On Scene DtTm",
    "transporting": "Transport DtTm",
    "at_destination": "Hospital DtTm",
    "cleared": "Available DtTm",
}
USUAL = {
    "received": "04/07/2020 11:53:08 PM",
    "entered": "04/07/2020 11:55:30 PM",
    "dispatched": "04/07/2020 11:55:56 PM",
    "en_route": "04/07/2020 11:58:22 PM",
    "on_scene": "04/08/2020 12:00:00 AM",
    "cleared": "04/08/2020 12:15:40 AM",
}


def row(call: str, unit: str, **told: str) -> dict[str, str]:
    """A row for a medical call in the Mission just before midnight; times by their short names, other columns by `type`, `group`..."""
    values = dict.fromkeys(HEADING, "") | {
        "Call Number": call,
        "Unit ID": unit,
        "Call Type": told.pop("type", "Medical Incident"),
        "Call Type Group": told.pop("group", "Non Life-threatening"),
        "Unit Type": told.pop("unit_type", "ENGINE"),
        "Call Final Disposition": told.pop("disposition", "Code 2 Transport"),
        "Address": told.pop("address", "4000 Block of MISSION ST"),
        "City": "San Francisco",
        "Station Area": "32",
        "Location": told.pop("location", "(37.73217458500619, -122.42779351441527)"),
    }
    return values | {TIMES[name]: text for name, text in (USUAL | told).items()}


def write(path: Path, rows: list[dict[str, str]], heading: list[str] | None = None, encoding: str = "utf-8") -> Path:
    """Write an export."""
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, heading or HEADING, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path

"""Where a call was, from the ways exports write it: two columns, "(lat, lon)", "lon lat", or "POINT (lon lat)". WGS-84."""

from kit.geo import Position

_NOT_PART = str.maketrans(dict.fromkeys("(),;[]", " "))


def read(location: str, latitude: str, longitude: str, order: str) -> Position | None:
    """The position, None when none is told. Raises `ValueError` or `kit.errors.Invalid` for one that cannot be."""
    if latitude.strip() and longitude.strip():
        return Position(float(longitude), float(latitude))
    is_point = location.strip().upper().startswith("POINT")
    parts = location.strip()[5 if is_point else 0 :].translate(_NOT_PART).split()
    if not parts:
        return None
    if len(parts) != 2:
        raise ValueError("not two numbers")
    first, second = (float(part) for part in parts)
    return Position(first, second) if is_point or order == "lon-lat" else Position(second, first)

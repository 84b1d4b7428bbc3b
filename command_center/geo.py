"""Finds GDAL and GEOS inside the pyogrio and shapely wheels.

Debian's GDAL 3.6 fetches URLs given as a spatial reference and its GEOS 3.11 aborts the process on a coordinate such
as 1e300, so the wheels' newer libraries are used and nothing else.
"""

import importlib.util
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def library(package: str, pattern: str) -> str:
    """The one shared library of a wheel. Raises `ImproperlyConfigured` naming what is missing."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ImproperlyConfigured(f"the Python package {package} is not installed; run ./city up")
    folder = Path(spec.origin).parent.parent / f"{package}.libs"
    found = sorted(folder.glob(pattern))
    if not found:
        raise ImproperlyConfigured(f"no {pattern} in {folder}; reinstall {package}")
    return str(found[0])

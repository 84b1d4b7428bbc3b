"""Static files under hashed names, import statements of ES modules rewritten too, compressed."""

from collections.abc import Iterable, Iterator
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Pages for developers and administrators: compressing their 30 MB would take longer than the rest of the set-up.
LEFT_UNCOMPRESSED = ("drf_spectacular_sidecar/", "admin/", "gis/", "leaflet/draw/", "leaflet/leaflet-src", "leaflet/proj")


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed names for modules that import one another by relative path."""

    support_js_module_import_aggregation = True
    manifest_strict = True

    def compress_files(self, paths: Iterable[str]) -> Iterator[Any]:
        """Compress what the consoles load."""
        return super().compress_files([path for path in paths if not path.startswith(LEFT_UNCOMPRESSED) and not path.endswith(".map")])

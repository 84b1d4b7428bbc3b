"""Static files under hashed names, import statements of ES modules rewritten too, compressed."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Pages for developers and administrators: compressing their 30 MB would take longer than the rest of the set-up.
LEFT_UNCOMPRESSED = ("drf_spectacular_sidecar/", "admin/", "gis/", "leaflet/draw/", "leaflet/leaflet-src", "leaflet/proj")

HASHED = re.compile(r"\.[0-9a-f]{12}\.")


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed names for modules that import one another by relative path."""

    support_js_module_import_aggregation = True
    manifest_strict = True
    max_post_process_passes = 20  # one for each step of the longest chain of imports

    def url_converter(self, name: str, hashed_files: dict[str, str], template: str | None = None) -> Callable[[re.Match[str]], str]:
        """Leave comments alone: two modules that name each other's types in JSDoc are no circle of imports."""
        convert: Callable[[re.Match[str]], str] = super().url_converter(name, hashed_files, template)

        def outside_comments(match: re.Match[str]) -> str:
            text, at = match.string, match.start()
            if name.endswith(".js") and text.rfind("/*", 0, at) > text.rfind("*/", 0, at):
                return match[0]
            return convert(match)

        return outside_comments

    def compress_files(self, paths: Iterable[str]) -> Iterator[Any]:
        """Compress what the consoles load, under the names they load it by."""
        chosen = [path for path in paths if HASHED.search(path) and not path.startswith(LEFT_UNCOMPRESSED) and not path.endswith(".map")]
        found: Iterator[Any] = super().compress_files(chosen)
        return found

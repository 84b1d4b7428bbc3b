"""Static files under hashed names, import statements of ES modules rewritten too, compressed."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed names for modules that import one another by relative path."""

    support_js_module_import_aggregation = True
    manifest_strict = True

"""Static files under names that carry their content: a browser keeps them for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names, packed beside each file; imports between our modules are rewritten as well.

    Where nothing was collected (tests, a command before the first start) files keep their names
    and come from the apps.
    """

    support_js_module_import_aggregation = True

    def stored_name(self, name: str) -> str:
        """Return the hashed name; plain without a manifest, an error for a file not in it."""
        return str(super().stored_name(name)) if self.hashed_files else name

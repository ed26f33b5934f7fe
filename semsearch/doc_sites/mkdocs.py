"""A MkDocs plugin: terms of a glossary are explained in the pages that MkDocs writes.

plugins:
- search
- semsearch:
glossaries: [glossary.md]   # files, folders or NAME=PATH, from the folder of mkdocs.yml
glossary:                   # its name, if there are several
address: ""                 # base URL of a service, to which terms then link
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mkdocs.config import base, config_options
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, get_plugin_logger

from semsearch.core.errors import SemsearchError
from semsearch.doc_sites.annotate import annotate
from semsearch.doc_sites.entries import entries_of
from semsearch.doc_sites.paths import from_folder


class SemsearchConfig(base.Config):  # type: ignore[no-untyped-call]
    """The settings of the plugin in mkdocs.yml."""

    glossaries = config_options.Type(list, default=[])
    glossary = config_options.Optional(config_options.Type(str))
    address = config_options.Type(str, default="")


class SemsearchPlugin(BasePlugin[SemsearchConfig]):  # type: ignore[no-untyped-call]
    """Annotates the site when all of it is written (https://www.mkdocs.org/dev-guide/plugins/)."""

    def on_post_build(self, *, config: Any, **_: Any) -> None:  # noqa: ANN401 - of MkDocs
        """Mark the terms in the pages of the site."""
        folder = Path(config.config_file_path).parent
        try:
            paths = from_folder(folder, self.config.glossaries)
            entries = entries_of(paths, self.config.glossary)
            done = annotate(Path(config.site_dir), entries, address=self.config.address)
        except SemsearchError as error:
            raise PluginError(f"semsearch: {error}") from error
        for page in done.skipped:
            get_plugin_logger(__name__).warning("skipped %s", page)

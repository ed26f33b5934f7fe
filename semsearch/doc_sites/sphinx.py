"""A Sphinx extension: terms of a glossary are explained in the HTML pages that Sphinx writes.

extensions = ["semsearch.doc_sites.sphinx"]
semsearch_glossaries = ["glossary.md"]      # files, folders or NAME=PATH, from the source folder
semsearch_glossary = None                   # its name, if there are several
semsearch_address = ""                      # base URL of a service, to which terms then link
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from semsearch.core.errors import SemsearchError
from semsearch.core.version import __version__
from semsearch.doc_sites.annotate import annotate
from semsearch.doc_sites.entries import entries_of
from semsearch.doc_sites.paths import from_folder

_HTML = ("html", "dirhtml", "singlehtml")


def setup(app: Any) -> dict[str, Any]:  # noqa: ANN401 - Sphinx is no dependency
    """Add the settings, and have the pages annotated when they are all written.

    It is what Sphinx calls (https://www.sphinx-doc.org/en/master/extdev/appapi.html).
    """
    app.add_config_value("semsearch_glossaries", [], "html", [list])
    app.add_config_value("semsearch_glossary", None, "html", [str, type(None)])
    app.add_config_value("semsearch_address", "", "html", [str])
    app.connect("build-finished", _annotate)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}


def _annotate(app: Any, error: Exception | None) -> None:  # noqa: ANN401
    if error is not None or app.builder.name not in _HTML:
        return
    from sphinx.errors import ExtensionError  # noqa: PLC0415 - Sphinx is no dependency
    from sphinx.util.logging import getLogger  # noqa: PLC0415

    try:
        paths = from_folder(Path(app.srcdir), app.config.semsearch_glossaries)
        entries = entries_of(paths, app.config.semsearch_glossary)
        done = annotate(Path(app.outdir), entries, address=app.config.semsearch_address)
    except SemsearchError as failed:
        raise ExtensionError(f"semsearch: {failed}") from failed
    for page in done.skipped:
        getLogger(__name__).warning("semsearch: skipped %s", page)

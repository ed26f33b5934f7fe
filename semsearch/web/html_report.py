"""Renders a report as an HTML page: one file without scripts or external resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from semsearch.core.version import __version__


def render_report(
    template: Path, filters: Mapping[str, Callable[..., object]], **values: object
) -> str:
    """Return a page; texts of entries are escaped.

    Args:
        template: a file of jinja2.
        filters: its own filters, by name.
        values: of the template, which also gets `version`.
    """
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    own: dict[str, Any] = {**filters}
    environment.filters |= own
    page = environment.from_string(template.read_text(encoding="utf-8"))
    return str(page.render(version=__version__, **values))

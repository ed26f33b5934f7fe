"""The formats of reports that can be written into a file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from semsearch.cli.build_options import check_only_json
from semsearch.core.errors import InvalidSetting


class ReportFormat(StrEnum):
    """The output format of a report."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


StatedFormat = Annotated[
    ReportFormat | None,
    typer.Option(
        "--format",
        "-f",
        help="How it is printed (default: by the suffix of --output, else a table).",
        show_default=False,
    ),
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write it into a file.")]

_BY_SUFFIX = {
    ".json": ReportFormat.JSON,
    ".md": ReportFormat.MARKDOWN,
    ".html": ReportFormat.HTML,
}


def format_of(form: ReportFormat | None, output: Path | None, *, as_json: bool) -> ReportFormat:
    """Return the requested format, or that of the file's suffix.

    Raises:
        InvalidSetting: the options contradict each other.
    """
    if as_json:
        check_only_json(form, ReportFormat.TABLE)
        return ReportFormat.JSON
    if form is None and output is not None:
        form = _BY_SUFFIX.get(output.suffix.lower())
    if output is not None and form in (None, ReportFormat.TABLE):
        raise InvalidSetting("--output writes JSON, Markdown or HTML; choose one with --format")
    return form or ReportFormat.TABLE

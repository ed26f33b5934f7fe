"""The command `diff`: compares two versions of a glossary."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from semsearch.cli import build_options
from semsearch.cli.commands import AsJson, Model, settings_of
from semsearch.cli.output import common
from semsearch.cli.output import diff as show_diff
from semsearch.core.errors import InvalidSetting

app = typer.Typer()


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="The old version: a file, a folder or an index.")],
    new: Annotated[str, typer.Argument(help="The new version, likewise.")],
    index: Annotated[
        Path | None,
        typer.Option(
            "--index",
            "-i",
            help="Index whose encoder and vectors are used "
            "(default: NEW or OLD if one is an index).",
        ),
    ] = None,
    model: Model = None,
    columns: build_options.Columns = None,
    read_as: build_options.ReadAs = None,
    form: Annotated[
        show_diff.DiffFormat | None,
        typer.Option(
            "--format",
            "-f",
            help="How differences are printed (default: by the suffix of --output, else a table).",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write them into a file.")
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit code 1 when something differs.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare two versions of a glossary.

    Shows entries that were added, removed, renamed or reworded, and how far meanings moved.
    """
    from semsearch.quality.diff import diff as compare  # noqa: PLC0415 - loads numpy

    form = _format_of(form, output, as_json=as_json)
    is_table = form is show_diff.DiffFormat.TABLE
    with common.BuildProgress(quiet=not is_table) as progress:
        found = compare(
            old,
            new,
            index=index,
            model=settings_of(model=model).model,
            columns=build_options.columns(columns),
            format=read_as,
            progress=progress,
        )
    if is_table:
        show_diff.table(found)
    elif output is None:
        common.print_json(show_diff.as_text(found, form).rstrip("\n"))
    else:
        common.write_text(output, show_diff.as_text(found, form))
        common.done(f"wrote {output}")
    raise typer.Exit(int(exit_code and bool(found.differences)))


_BY_SUFFIX = {
    ".json": show_diff.DiffFormat.JSON,
    ".md": show_diff.DiffFormat.MARKDOWN,
    ".html": show_diff.DiffFormat.HTML,
}


def _format_of(
    form: show_diff.DiffFormat | None, output: Path | None, *, as_json: bool
) -> show_diff.DiffFormat:
    """Return the requested format, or that of the file's suffix."""
    if as_json and form not in (None, show_diff.DiffFormat.TABLE, show_diff.DiffFormat.JSON):
        raise InvalidSetting(f"--json and --format {form} were given; choose one")
    if as_json:
        return show_diff.DiffFormat.JSON
    if form is None and output is not None:
        form = _BY_SUFFIX.get(output.suffix.lower())
    if output is not None and form in (None, show_diff.DiffFormat.TABLE):
        raise InvalidSetting("--output writes JSON, Markdown or HTML; choose one with --format")
    return form or show_diff.DiffFormat.TABLE

"""The command `diff`: compares two versions of a glossary."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from semsearch.cli import build_options
from semsearch.cli.options import AsJson, Model, settings_of
from semsearch.cli.output import common, report_format
from semsearch.cli.output import diff as show_diff

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
    lang: build_options.Language = None,
    follow_links: build_options.FollowLinks = False,
    form: report_format.StatedFormat = None,
    output: report_format.Output = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit code 1 when something differs.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare two versions of a glossary.

    Shows entries that were added, removed, renamed or reworded, and how far meanings moved.
    """
    from semsearch.quality.diff import diff as compare  # noqa: PLC0415 - loads numpy

    form = report_format.format_of(form, output, as_json=as_json)
    is_table = form is report_format.ReportFormat.TABLE
    options = build_options.corpus_options(columns, read_as, lang, follow_links=follow_links)
    with common.BuildProgress(quiet=not is_table) as progress:
        found = compare(
            old,
            new,
            index=index,
            model=settings_of(model=model).model,
            progress=progress,
            **options,
        )
    if is_table:
        show_diff.table(found)
    elif output is None:
        common.print_json(show_diff.as_text(found, form).rstrip("\n"))
    else:
        common.write_text(output, show_diff.as_text(found, form))
        common.done(f"wrote {output}")
    raise typer.Exit(int(exit_code and bool(found.differences)))

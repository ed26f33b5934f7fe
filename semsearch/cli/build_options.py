"""Options of `build` that say what is read, `build --dry-run`, and the command `formats`."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from semsearch.cli.output import build, common
from semsearch.core.errors import ImportFailed

if TYPE_CHECKING:
    from semsearch.importers import Corpus

app = typer.Typer()

Format = Annotated[
    str | None,
    typer.Option("--format", "-f", help="Format of all files (default: detected from each file)."),
]
ReadAs = Annotated[
    str | None, typer.Option(help="Format of all files (default: detected from each file).")
]
Columns = Annotated[
    str | None,
    typer.Option(help="Columns of tables and JSON, such as term=Word,definition=Meaning."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only read, and report what would be built.")
]
Report = Annotated[
    Path | None,
    typer.Option("--report", help="Write the result of each record into a file, as JSON Lines."),
]


@app.command()
def formats(as_json: bool = typer.Option(False, "--json", help="Print JSON for programs.")) -> None:
    """List the formats that can be read, by the names that --format accepts."""
    from semsearch.importers.formats import FORMATS  # noqa: PLC0415 - only this command needs it

    if as_json:
        content = [
            {"name": f.name, "about": f.about, "suffixes": f.suffixes} for f in FORMATS.values()
        ]
        common.print_json(json.dumps(content))
        return
    table = Table("Format", "Suffixes", "", box=None, padding=(0, 2, 0, 0))
    for one in FORMATS.values():
        table.add_row(Text(one.name, "bold"), Text(" ".join(one.suffixes)), Text(one.about))
    common.print_table(table)


def columns(option: str | None) -> dict[str, str]:
    """Parse `term=Word,definition=Meaning`."""
    found: dict[str, str] = {}
    for part in (option or "").split(",") if option else []:
        field, separator, column = part.partition("=")
        if not separator or not field.strip() or not column.strip():
            raise ImportFailed(f"{part!r} is not FIELD=COLUMN", "--columns")
        found[field.strip()] = column.strip()
    return found


def dry_run(
    paths: list[str],
    *,
    columns: dict[str, str],
    format_: str | None,
    report: Path | None,
    strict: bool,
    as_json: bool,
) -> None:
    """Read glossaries and report the result; nothing is written except the report."""
    from semsearch.importers import read_corpus  # noqa: PLC0415 - loads the importers
    from semsearch.importers.report import write_report  # noqa: PLC0415

    with common.BuildProgress(quiet=as_json) as progress:
        corpus = read_corpus(paths, columns=columns, format=format_, progress=progress)
    if report is not None:
        write_report(corpus, report)
    if strict:
        corpus.check_complete()
    _show(corpus, as_json=as_json)


def _show(corpus: Corpus, *, as_json: bool) -> None:
    from semsearch.importers.report import count_extra, count_left_out  # noqa: PLC0415

    extra = count_extra(corpus.entries)
    refused = [str(refusal) for refusal in corpus.refusals]
    merged = [str(one) for one in corpus.merged]
    if as_json:
        content = {
            "files": corpus.files,
            "taken": len(corpus.entries),
            "merged": merged,
            "refused": refused,
            "extra": [dataclasses.asdict(one) for one in extra],
            **build.as_json_parts(corpus),
        }
        common.print_json(json.dumps(content))
        return
    for refusal in refused[: common.MAX_REFUSALS]:
        common.done(f"refused {refusal}")
    if len(refused) > common.MAX_REFUSALS:
        common.done(f"... and {len(refused) - common.MAX_REFUSALS} more (see --report)")
    build.remarks(corpus.notes, corpus.unread)
    build.fields(count_left_out(corpus.left_out), extra)
    common.done(
        f"Dry run: {common.counted_entries(len(corpus.entries))} of "
        f"{common.counted_files(corpus.files)} would be taken, {len(merged):,} records "
        f"merged as other names, {len(refused):,} refused; nothing was written"
    )

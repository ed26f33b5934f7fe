"""Options of `build` that say what is read, `build --dry-run`, and the command `formats`."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from semsearch.cli.output import build, common
from semsearch.core.errors import ImportFailed, InvalidSetting

if TYPE_CHECKING:
    from semsearch.importers import Corpus, CorpusOptions

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
FollowLinks = Annotated[
    bool, typer.Option("--follow-links", help="Follow links that lead out of a folder.")
]
Language = Annotated[
    str | None,
    typer.Option("--lang", help="Language of entries whose file states none (default: en)."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only read, and report what would be built.")
]
Report = Annotated[
    Path | None,
    typer.Option("--report", help="Write the result of each record into a file, as JSON Lines."),
]
SourceUrl = Annotated[
    str | None,
    typer.Option(
        help="Address of a source file, such as https://example.org/blob/main/{file}#L{line}."
    ),
]


@app.command()
def formats(as_json: bool = typer.Option(False, "--json", help="Print JSON for programs.")) -> None:
    """List the formats that can be read, by the names that --format accepts."""
    from semsearch.importers.formats.format_lookup import FORMATS  # noqa: PLC0415 - only this command needs it

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


def check_only_json(form: StrEnum | None, default: StrEnum) -> None:
    """Refuse another `--format` beside `--json`.

    Args:
        form: the value of `--format`, if there is one.
        default: the value that may be the default.

    Raises:
        InvalidSetting: `form` is another one.
    """
    if form not in (None, default, "json"):
        raise InvalidSetting(f"--json and --format {form} were given; choose one")


def columns(option: str | None) -> dict[str, str]:
    """Parse `term=Word,definition=Meaning`."""
    found: dict[str, str] = {}
    for part in (option or "").split(",") if option else []:
        field, separator, column = part.partition("=")
        if not separator or not field.strip() or not column.strip():
            raise InvalidSetting(f"--columns: {part.strip()!r} is not FIELD=COLUMN")
        found[field.strip()] = column.strip()
    return found


def corpus_options(
    named: str | None, format_: str | None, language: str | None, *, follow_links: bool
) -> CorpusOptions:
    """Return how files are read, by the options of a command."""
    return {
        "columns": columns(named),
        "format": format_,
        "language": language,
        "follow_links": follow_links,
    }


@contextmanager
def with_standard_input(paths: list[str], format_: str | None) -> Iterator[list[str]]:
    """Yield the paths, with standard input as a file in the place of `-` or `NAME=-`.

    Args:
        paths: as a user named them.
        format_: the value of `--format`, since no name tells the format.

    Raises:
        InvalidSetting: standard input is wanted twice, or without a format.
        ImportFailed: what the block raises; of standard input it names `stdin`.
    """
    wanted = [path for path in paths if path.rpartition("=")[2] == "-"]
    if not wanted:
        yield paths
        return
    if len(wanted) > 1:
        raise InvalidSetting("standard input, -, was named twice; it can be read once")
    if format_ is None:
        raise InvalidSetting(
            "standard input has no name that tells its format: add --format, such as --format table"
        )
    with TemporaryDirectory(prefix="semsearch-") as folder:
        file = Path(folder) / "stdin"
        with file.open("wb") as written:
            shutil.copyfileobj(sys.stdin.buffer, written)
        (Path(folder) / "semsearch.toml").touch()  # or one above would count, of whoever wrote it
        name = wanted[0].rpartition("=")[0] or file.name
        try:
            yield [f"{name}={file}" if path == wanted[0] else path for path in paths]
        except ImportFailed as error:
            if error.file != str(file):
                raise
            raise type(error)(error.reason, file.name, error.line) from error


def dry_run(
    paths: list[str],
    options: CorpusOptions,
    report: Path | None,
    progress: common.BuildProgress,
    *,
    strict: bool,
    as_json: bool,
) -> None:
    """Read glossaries and report the result; nothing is written except the report."""
    from semsearch.importers import read_corpus  # noqa: PLC0415 - loads the importers
    from semsearch.importers.report import write_report  # noqa: PLC0415

    corpus = read_corpus(paths, progress=progress, **options)
    progress.close()
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

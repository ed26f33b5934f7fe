"""The commands `backup`, `restore-backup` and `verify`."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semsearch.cli.commands import AsJson, Index
from semsearch.cli.output import common

if TYPE_CHECKING:
    from semsearch.index.backup import BackupInfo

app = typer.Typer()


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; an existing one is replaced.")],
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Write the whole index into one file; it may be served and edited meanwhile."""
    from semsearch.index.backup import back_up  # noqa: PLC0415 - loads the library

    folder = _folder(index)
    _show(f"backed up {folder} into {file}", back_up(folder, file), as_json=as_json)


@app.command()
def restore_backup(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Make an index from a backup, in a folder that is missing or empty."""
    from semsearch.index.backup import restore_backup as restore_now  # noqa: PLC0415 - loads the library

    folder = _folder(index)
    _show(f"restored {folder} from {file}", restore_now(file, folder), as_json=as_json)


@app.command()
def verify(
    deep: Annotated[
        bool, typer.Option("--deep", help="Also embed up to 1,000 texts again and compare.")
    ] = False,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Check that every file of the index is intact and that store and generation agree."""
    from semsearch.index.verify import verify as verify_now  # noqa: PLC0415 - loads numpy

    folder = _folder(index)
    with common.BuildProgress(quiet=as_json) as progress:
        found = verify_now(folder, deep=deep, progress=progress)
    if as_json:
        common.print_json(json.dumps(dataclasses.asdict(found)))
        return
    since = f", {found.changed_since:,} changed since" if found.changed_since else ""
    again = f"; {found.embedded:,} texts embedded again" if found.embedded else ""
    common.done(
        f"{folder} is sound: generation {found.generation} with {found.entries:,} "
        f"entries{since}{again}"
    )


def _folder(index: Path | None) -> Path:
    from semsearch.core.settings import load_settings  # noqa: PLC0415 - loads pydantic

    return load_settings(index=index).index


def _show(what: str, info: BackupInfo, *, as_json: bool) -> None:
    if as_json:
        common.print_json(json.dumps(dataclasses.asdict(info)))
        return
    common.done(
        f"{what} (revision {info.revision}, {info.size / 1e6:,.1f} MB, made {info.made_at})"
    )

"""The commands `backup`, `restore-backup` and `verify`."""

from __future__ import annotations

import dataclasses
import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semsearch.cli.options import AsJson, Index, Store, joined, settings_of
from semsearch.cli.output import common

if TYPE_CHECKING:
    from semsearch.index.backup_contents import BackupInfo

app = typer.Typer()


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; an existing one is replaced.")],
    index: Index = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Write the whole index into one file; it may be served and edited meanwhile."""
    from semsearch.index.backup import back_up  # noqa: PLC0415 - loads the library

    folder = joined(quiet=as_json, index=index, store=store).index
    _show(f"backed up {folder} into {file}", back_up(folder, file), as_json=as_json)


@app.command()
def restore_backup(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    former: Annotated[
        Path | None,
        typer.Option(
            help="The index folder that this replaces: its revoked keys stay revoked, "
            "and its purged entries stay away."
        ),
    ] = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Make an index from a backup, in a folder that is missing or empty."""
    from semsearch.index.restore import restore_backup as restore_now  # noqa: PLC0415 - loads the library
    from semsearch.ingest.purge import purge_again  # noqa: PLC0415
    from semsearch.ingest.upgrade import upgrade_restored  # noqa: PLC0415

    folder = settings_of(index=index).index
    with common.BuildProgress(quiet=True) as progress:
        restored = restore_now(
            file,
            folder,
            former=former,
            upgrade=partial(upgrade_restored, progress=progress),
            prepare=partial(purge_again, progress=progress),
        )
    _show(f"restored {folder} from {file}", restored.backup, as_json=as_json)
    if restored.unsure_keys:
        common.remark(
            f"{restored.unsure_keys} of its keys may have been revoked since; name the index that "
            "this replaces with --former, or see `semsearch keys list` and revoke them again"
        )


@app.command()
def verify(
    deep: Annotated[
        bool, typer.Option("--deep", help="Also embed up to 1,000 texts again and compare.")
    ] = False,
    index: Index = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Check that every file of the index is intact and that store and generation agree."""
    from semsearch.index.verify import verify as verify_now  # noqa: PLC0415 - loads numpy

    folder = joined(quiet=as_json, index=index, store=store).index
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


def _show(what: str, info: BackupInfo, *, as_json: bool) -> None:
    if as_json:
        common.print_json(json.dumps(dataclasses.asdict(info)))
        return
    common.done(
        f"{what} (revision {info.revision}, {info.size / 1e6:,.1f} MB, made {info.made_at})"
    )

"""The command `copy`: moves a glossary between an index folder and a shared store."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from semsearch.cli.output import common
from semsearch.core.errors import InvalidSetting

app = typer.Typer()

STORE = "store"
"""What stands for the store of SEMSEARCH_STORE."""


@app.command()
def copy(
    source: Annotated[
        str, typer.Argument(metavar="SRC", help="Index folder, or store: that of SEMSEARCH_STORE.")
    ],
    target: Annotated[
        str, typer.Argument(metavar="DST", help="store, which has to be empty, or a new folder.")
    ],
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Do nothing if the store has a glossary already.")
    ] = False,
) -> None:
    """Copy a whole glossary between an index folder and a shared store, and verify it.

    Entries, history, vectors, keys, calibration and the newest generation are copied. A copy that
    was interrupted goes on when it is repeated. Edit only one of both from then on; nobody can edit
    meanwhile. A postgresql:// address may be named instead of store; it is seen by others in the
    list of processes, with its password.
    """
    from semsearch.ingest.shared.moves import (  # noqa: PLC0415 - loads numpy
        copy_into_folder,
        copy_into_store,
        has_glossary,
    )
    from semsearch.storage.files.layout import IndexLayout  # noqa: PLC0415
    from semsearch.storage.files.shared_setting import is_shared  # noqa: PLC0415
    from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415

    source, target = _named(source), _named(target)
    if is_shared(source) == is_shared(target):
        raise InvalidSetting(
            "name an index folder, and `store` or the postgresql:// address of one; for a copy of a "
            "folder there is `semsearch backup`, for one of a database there is pg_dump"
        )
    url, folder = (source, target) if is_shared(source) else (target, source)
    layout = IndexLayout(Path(folder))
    with (
        closing(SharedDatabase(url)) as database,
        common.BuildProgress(quiet=False) as progress,
    ):
        if if_empty and not is_shared(source) and has_glossary(database):
            common.done(f"{database.name} has a glossary already; nothing was copied")
            return
        do = copy_into_folder if is_shared(source) else copy_into_store
        moved = do(layout, database, progress)
    counts = ", ".join(
        f"{count:,} {name}" for name, (count, _) in moved.rows.items() if count and name != "store"
    )
    common.done(f"copied and verified: {counts}, {moved.keys:,} keys")


def _named(place: str) -> str:
    """Return a folder or an address; `store` stands for the address of the environment."""
    if place != STORE:
        return place
    url = os.environ.get("SEMSEARCH_STORE", "")
    if not url:
        raise InvalidSetting(
            f"{STORE!r} is the store that SEMSEARCH_STORE names, which is not set; set it to the "
            f"postgresql:// address, or name a folder of this name as ./{STORE}"
        )
    return url

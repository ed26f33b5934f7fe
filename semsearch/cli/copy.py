"""The command `copy`: moves a glossary between an index folder and a shared store."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from semsearch.cli.output import common
from semsearch.core.errors import InvalidSetting

app = typer.Typer()


@app.command()
def copy(
    source: Annotated[
        str, typer.Argument(metavar="SRC", help="Index folder, or postgresql:// address.")
    ],
    target: Annotated[
        str, typer.Argument(metavar="DST", help="Address of an empty store, or a new folder.")
    ],
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Do nothing if the store has a glossary already.")
    ] = False,
) -> None:
    """Copy a whole glossary between an index folder and a shared store, and verify it.

    Entries, history, vectors, keys, calibration and the newest generation are copied. A copy that
    was interrupted goes on when it is repeated. Edit only one of both from then on.
    """
    from semsearch.ingest.shared_moves import (  # noqa: PLC0415 - loads numpy
        copy_into_folder,
        copy_into_store,
        has_glossary,
    )
    from semsearch.storage.layout import IndexLayout  # noqa: PLC0415
    from semsearch.storage.postgres.connection import SharedDatabase  # noqa: PLC0415
    from semsearch.storage.shared_setting import is_shared  # noqa: PLC0415

    if is_shared(source) == is_shared(target):
        raise InvalidSetting(
            "name an index folder and the postgresql:// address of a store; for a copy of a folder "
            "there is `semsearch backup`, for one of a database there is pg_dump"
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

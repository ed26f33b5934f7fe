"""The commands `store migrate` and `store files`: tables and files of a shared store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from semsearch.cli.options import Store, settings_of
from semsearch.cli.output import common
from semsearch.core.errors import InvalidSetting

if TYPE_CHECKING:
    from semsearch.ingest.shared.file_moves import StoredFiles
    from semsearch.storage.postgres.database import SharedDatabase

app = typer.Typer(name="store", help="Prepare a shared store in PostgreSQL.", no_args_is_help=True)


@app.command()
def migrate(
    store: Store = None,
    role: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Role of the servers, which is given the rights that it needs and no others.",
        ),
    ] = None,
    pgvector: Annotated[
        bool,
        typer.Option(
            "--pgvector", help="Also make the extension pgvector, for the engine of this name."
        ),
    ] = False,
) -> None:
    """Make the tables of a shared store, or bring them to this version; servers go on.

    The role of the address owns the tables. Servers had better use another one, named by --role.
    """
    from semsearch.storage.postgres.candidates import install_pgvector  # noqa: PLC0415
    from semsearch.storage.postgres.migrating import migrate as migrate_now  # noqa: PLC0415

    with _database(store) as database:
        done = migrate_now(database, role)
        common.done(
            f"{database.name}: {', '.join(done)}" if done else f"{database.name} is up to date"
        )
        if pgvector:
            common.done(f"{database.name} has pgvector {install_pgvector(database)}")


@app.command()
def files(
    address: Annotated[
        str | None,
        typer.Argument(
            metavar="ADDRESS",
            help="s3://bucket/prefix, gs://bucket/prefix, az://container/prefix, file:///folder, or "
            "postgresql: the store itself. Without one, the present place is shown.",
        ),
    ] = None,
    store: Store = None,
    leave: Annotated[
        bool,
        typer.Option("--leave", help="Do not remove the files from where they were before."),
    ] = False,
    lost: Annotated[
        bool,
        typer.Option(
            "--lost",
            help="Copy nothing from where they were, which is gone; then run `semsearch publish` on "
            "a server.",
        ),
    ] = False,
) -> None:
    """Move the files of generations into an object store, or back into PostgreSQL.

    All servers fetch them there, and put theirs there, from then on. They take credentials from
    their environment. Servers go on, and a move that was interrupted is repeated.
    """
    from semsearch.ingest.shared.file_moves import move_files, stored_files  # noqa: PLC0415

    with _database(store) as database:
        if address is not None:
            with common.BuildProgress(quiet=False) as progress:
                move_files(database, address, progress, leave=leave, is_lost=lost)
        common.done(_described(stored_files(database)))


def _described(stored: StoredFiles) -> str:
    place = stored.setting.address
    told = f"{stored.files:,} files of {stored.bytes / 1e6:,.1f} MB are in {place}"
    if stored.setting.former:
        told += (
            f"; somebody still fetches from {', '.join(stored.setting.former)}, which the next "
            "publication empties"
        )
    if stored.missing:
        told += (
            f"; {len(stored.missing)} files are missing there, such as {stored.missing[0]}: run "
            "`semsearch publish` on a server that answers from the newest generation"
        )
    return told


@contextmanager
def _database(store: str | None) -> Iterator[SharedDatabase]:
    """Yield the store that is named.

    Raises:
        InvalidSetting: none is.
    """
    from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415 - not always

    settings = settings_of(store=store)
    if settings.store is None:
        raise InvalidSetting(
            "no store is named; give its address with --store or SEMSEARCH_STORE, as "
            "postgresql://owner@host:5432/database"
        )
    with closing(SharedDatabase(settings.store.get_secret_value())) as database:
        yield database

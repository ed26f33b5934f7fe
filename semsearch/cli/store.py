"""The command `store migrate`: makes or changes the tables of a shared store."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from semsearch.cli.options import Store, settings_of
from semsearch.cli.output import common
from semsearch.core.errors import InvalidSetting

app = typer.Typer(name="store", help="Prepare a shared store in PostgreSQL.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `migrate` a subcommand although it is the only one."""


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
) -> None:
    """Make the tables of a shared store, or bring them to this version; servers go on.

    The role of the address owns the tables. Servers had better use another one, named by --role.
    """
    from semsearch.storage.postgres.connection import SharedDatabase  # noqa: PLC0415 - not always
    from semsearch.storage.postgres.migrating import migrate as migrate_now  # noqa: PLC0415

    settings = settings_of(store=store)
    if settings.store is None:
        raise InvalidSetting(
            "no store is named; give its address with --store or SEMSEARCH_STORE, as "
            "postgresql://owner@host:5432/database"
        )
    with closing(SharedDatabase(settings.store.get_secret_value())) as database:
        done = migrate_now(database, role)
        common.done(
            f"{database.name}: {', '.join(done)}" if done else f"{database.name} is up to date"
        )

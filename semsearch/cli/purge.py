"""The command `purge`: erases entries for good."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from semsearch.cli import completion
from semsearch.cli.options import AsJson, Index, settings_of
from semsearch.cli.output import common

app = typer.Typer()


@app.command()
def purge(
    ids: Annotated[
        list[str],
        typer.Argument(metavar="ID", help="The ids of the entries.", autocompletion=completion.ids),
    ],
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Erase entries with their history and vectors; this cannot be undone.

    Only a hash of the id stays, which keeps builds and older backups from bringing them back.
    """
    from semsearch.ingest.purge import purge as purge_now  # noqa: PLC0415 - loads numpy

    folder = settings_of(index=index).index
    with common.BuildProgress(quiet=as_json) as progress:
        purge_now(folder, ids, progress)
    if as_json:
        common.print_json(json.dumps({"purged": ids}))
        return
    common.done(f"purged {', '.join(ids)}; backups and exports may still have them")

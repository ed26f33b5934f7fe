"""The command `upgrade`: gives an index of an earlier format that of this version."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer

from semsearch.cli.options import AsJson, Index, settings_of
from semsearch.cli.output import common

app = typer.Typer()


@app.command()
def upgrade(
    backup: Annotated[
        Path | None,
        typer.Option(
            help="File for a backup of the present state (default: INDEX-format-N.tar beside the "
            "index). An existing backup of another state is kept; the new one then gets a number."
        ),
    ] = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Give an index of an earlier version the format of this one, without its corpus.

    Entries, history, live edits and keys stay, and nothing is embedded that has a vector.
    """
    from semsearch.ingest.upgrade import upgrade as upgrade_now  # noqa: PLC0415 - loads numpy

    folder = settings_of(index=index).index
    with common.BuildProgress(quiet=as_json) as progress:
        done = upgrade_now(folder, backup, progress)
    if as_json:
        common.print_json(json.dumps(dataclasses.asdict(done)))
    elif done.backup is None:
        common.done(f"{folder} has the format of this version already ({done.format})")
    else:
        embedded = f", {done.embedded:,} texts embedded" if done.embedded else ""
        common.done(
            f"upgraded {folder} from format {done.from_format} to {done.format}: generation "
            f"{done.generation} with {done.entries:,} entries{embedded}; the state before is in "
            f"{done.backup}"
        )

"""The command `schema`: the JSON Schema of what a command prints with `--json`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from semsearch.cli.output import common

app = typer.Typer()


@app.command()
def schema(
    words: Annotated[
        list[str], typer.Argument(metavar="COMMAND", help="The command: ask, or keys create.")
    ],
) -> None:
    """Print the JSON Schema of what a command prints with --json."""
    from semsearch.cli.output.json_shapes import schema_of  # noqa: PLC0415 - loads the library

    common.print_json(json.dumps(schema_of(" ".join(words)), indent=2))

"""The command `semsearch` itself: its name, help, exit codes and version."""

from __future__ import annotations

from typing import Annotated

import typer

from semsearch.cli.usage_errors import CommandGroup
from semsearch.core.version import __version__

app = typer.Typer(
    name="semsearch",
    cls=CommandGroup,
    help="Ask a glossary in plain language and get the closest-matching terms.",
    epilog="Exit codes: 0 done, 1 no close match or findings, 2 bad input, 3 index trouble, "
    "4 encoder trouble, 5 trouble with a followed service, 70 a bug.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"semsearch {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Ask a glossary in plain language and get the closest-matching terms."""

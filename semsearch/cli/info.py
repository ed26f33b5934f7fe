"""The command `info`."""

from __future__ import annotations

import typer

from semsearch.cli.options import AsJson, Index, Store, joined, open_glossary
from semsearch.cli.output import common

app = typer.Typer()


@app.command()
def info(index: Index = None, store: Store = None, as_json: AsJson = False) -> None:
    """Show what the index contains and how it was built."""
    settings = joined(index=index, store=store)
    with open_glossary(settings) as opened:
        common.info(opened.info(), named_model=settings.model, as_json=as_json)

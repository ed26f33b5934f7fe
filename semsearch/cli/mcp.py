"""The command `mcp`: tools for assistants, over standard input and output."""

from __future__ import annotations

from typing import Annotated

import typer

from semsearch.cli.options import Index, Model, Store, joined, open_glossary

app = typer.Typer()


@app.command()
def mcp(
    index: Index = None,
    store: Store = None,
    model: Model = None,
    public_url: Annotated[
        str | None,
        typer.Option(
            help="Base URL of a service with the pages, for assistants to cite "
            "(default: SEMSEARCH_PUBLIC_URL)."
        ),
    ] = None,
) -> None:
    """Answer an assistant that started this command (Model Context Protocol over stdio)."""
    from semsearch.server.assistants.protocol import run_stdio  # noqa: PLC0415 - loads FastAPI

    settings = joined(index=index, store=store, model=model, public_url=public_url)
    with open_glossary(settings) as glossary:
        run_stdio(glossary, settings.base_url)

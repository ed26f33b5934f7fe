"""The command `serve`: the pages and the HTTP API."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from semsearch.cli.commands import Index, Model
from semsearch.cli.output import common

app = typer.Typer()


@app.command()
def serve(
    index: Index = None,
    host: Annotated[
        str | None, typer.Option(help="Address (default: SEMSEARCH_HOST or 127.0.0.1).")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port, 0 for a free one (default: SEMSEARCH_PORT or 8000).")
    ] = None,
    model: Model = None,
    workers: Annotated[
        int | None,
        typer.Option(help="Processes that answer (default: SEMSEARCH_WORKERS or 1)."),
    ] = None,
    read: Annotated[
        str | None,
        typer.Option(help="Who may read: auto, open or key (default: SEMSEARCH_READ or auto)."),
    ] = None,
    public_url: Annotated[
        str | None,
        typer.Option(help="Public base URL of the service (default: SEMSEARCH_PUBLIC_URL)."),
    ] = None,
    origins: Annotated[
        str | None,
        typer.Option(
            help="Other sites whose pages may send requests (default: SEMSEARCH_ORIGINS)."
        ),
    ] = None,
) -> None:
    """Serve the pages and the HTTP API."""
    from semsearch.core.settings import load_settings  # noqa: PLC0415 - loads pydantic
    from semsearch.server.serve import serve as serve_now  # noqa: PLC0415 - loads FastAPI

    settings = load_settings(
        index=index,
        host=host,
        port=port,
        model=model,
        workers=workers,
        read=read,
        public_url=public_url,
        origins=origins,
    )
    serve_now(settings, ready=partial(common.serving, named_model=settings.model))
    common.done("stopped")

"""The command `doctor`: what is installed, what works, and what to do where something does not."""

from __future__ import annotations

from typing import Annotated

import typer

from semsearch.cli.options import AsJson, EmbeddingsApi, Index, Model, Store, settings_of
from semsearch.cli.output import doctor as show_doctor

app = typer.Typer()


@app.command()
def doctor(
    index: Index = None,
    store: Store = None,
    model: Model = None,
    _embeddings_api: EmbeddingsApi = None,
    host: Annotated[
        str | None, typer.Option(help="Address that `serve` is to have (default: 127.0.0.1).")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port that `serve` is to have (default: 8000).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check what is installed, the model, the index and the machine, and say what to do."""
    from semsearch.server.diagnosis import diagnose  # noqa: PLC0415 - loads the server

    found = diagnose(settings_of(index=index, store=store, model=model, host=host, port=port))
    show_doctor.diagnosis(found, as_json=as_json)
    raise typer.Exit(0 if found.is_sound else 3)

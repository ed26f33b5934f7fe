"""Options that several commands have, and what is made of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semsearch.cli import completion
from semsearch.cli.embeddings_api import use_embeddings_api
from semsearch.cli.output import common

if TYPE_CHECKING:
    from semsearch.core.progress import Progress
    from semsearch.core.settings import Settings
    from semsearch.search.glossary import Glossary

Index = Annotated[
    Path | None,
    typer.Option("--index", "-i", help="Index folder (default: SEMSEARCH_INDEX or index)."),
]
Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="Shared store in PostgreSQL, of which the index folder is, or becomes, a copy "
        "(default: SEMSEARCH_STORE, which other users of this machine do not see).",
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        help="Encoder: default, base, accurate, a local folder, a hub id, or api:NAME of an "
        "embeddings server (default: semsearch-definitions-v4).",
    ),
]
EmbeddingsApi = Annotated[
    str | None,
    typer.Option(
        "--embeddings-api",
        help="Address of the embeddings server of --model api:NAME "
        "(default: SEMSEARCH_EMBEDDINGS_API).",
        callback=use_embeddings_api,
    ),
]
Limit = Annotated[int, typer.Option("--limit", "-n", help="How many to show, 1 to 100.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
MinConfidence = Annotated[
    float | None,
    typer.Option(help="Confidence, 0 to 1, needed for a close match (default: 0.37)."),
]
InGlossary = Annotated[
    str | None,
    typer.Option(
        "--glossary", "-g", help="Ask only this glossary.", autocompletion=completion.glossaries
    ),
]
InLanguage = Annotated[
    str | None,
    typer.Option(
        "--lang",
        "-l",
        help="Ask only entries defined or named in this language; de includes de-AT.",
        autocompletion=completion.languages,
    ),
]


def settings_of(**given: object) -> Settings:
    """Return the settings; options of the command override the environment."""
    from semsearch.core.settings import load_settings  # noqa: PLC0415 - loads pydantic

    return load_settings(**given)


def join(settings: Settings, progress: Progress, *, may_be_empty: bool = False) -> None:
    """Make the index folder a copy of the shared store of the settings, if they name one.

    Args:
        settings: of the command.
        progress: reports what is fetched.
        may_be_empty: whether the store need not have a glossary yet.
    """
    if settings.store is None:
        return
    from semsearch.ingest.shared.local_copy import join_store  # noqa: PLC0415 - loads numpy
    from semsearch.storage.files.layout import IndexLayout  # noqa: PLC0415

    layout, url = IndexLayout(settings.index), settings.store.get_secret_value()
    read_url = settings.read_store.get_secret_value() if settings.read_store else None
    join_store(layout, url, progress, read_url=read_url, may_be_empty=may_be_empty)


def joined(*, quiet: bool = False, **given: object) -> Settings:
    """Return the settings, after the folder was made a copy of the shared store, if they name one.

    Args:
        quiet: whether nothing is told of what is fetched.
        given: options of the command.
    """
    settings = settings_of(**given)
    with common.BuildProgress(quiet=quiet) as progress:
        join(settings, progress)
    return settings


def open_glossary(settings: Settings) -> Glossary:
    """Open the index of the settings."""
    from semsearch.search.glossary import Glossary  # noqa: PLC0415 - loads numpy

    return Glossary.open(settings.index, model=settings.model)

"""The command `build`."""

from __future__ import annotations

from typing import Annotated

import typer

from semsearch.cli import build_options
from semsearch.cli.options import AsJson, EmbeddingsApi, Index, Model, Store, join, settings_of
from semsearch.cli.output import build as show_build
from semsearch.cli.output import common

app = typer.Typer()


@app.command()
def build(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files, folders or NAME=PATH; - is standard input (default: corpus).",
            show_default=False,
        ),
    ] = None,
    index: Index = None,
    store: Store = None,
    model: Model = None,
    _embeddings_api: EmbeddingsApi = None,
    reranker: Annotated[
        str | None,
        typer.Option(
            "--reranker",
            "-r",
            help="CrossEncoder that reorders hits: a local folder or a hub id (default: none).",
        ),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            help="Nearest-neighbour engine: auto, flat, hnsw or pgvector (default: auto)."
        ),
    ] = None,
    columns: build_options.Columns = None,
    format_: build_options.Format = None,
    lang: build_options.Language = None,
    follow_links: build_options.FollowLinks = False,
    strict: Annotated[bool, typer.Option(help="Stop if a record or a file is not read.")] = False,
    dry_run: build_options.DryRun = False,
    record_report: build_options.Report = None,
    overwrite_edits: Annotated[
        bool,
        typer.Option("--overwrite-edits", help="Overwrite live edits with the corpus."),
    ] = False,
    source_url: build_options.SourceUrl = None,
    common_questions: Annotated[
        bool | None,
        typer.Option(
            "--common-questions/--no-common-questions",
            help="Find common concepts by the questions that semsearch brings (default: as the index "
            "was built before, at first yes).",
            show_default=False,
        ),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT",
            help="Head of a Ray cluster whose nodes embed the new texts; this machine is one.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read glossaries and update the index."""
    from semsearch.ingest.corpus_build import build as build_now  # noqa: PLC0415 - loads numpy
    from semsearch.models.registry import DEFAULT_MODEL  # noqa: PLC0415

    options = build_options.corpus_options(columns, format_, lang, follow_links=follow_links)
    settings = settings_of(
        index=index,
        store=store,
        model=model,
        reranker=reranker,
        engine=engine,
        common_questions=common_questions,
    )
    with (
        build_options.with_standard_input(paths or ["corpus"], format_) as named,
        common.BuildProgress(quiet=as_json) as progress,
    ):
        if dry_run:
            build_options.dry_run(
                named, options, record_report, progress, strict=strict, as_json=as_json
            )
            return
        join(settings, progress, may_be_empty=True)
        report = build_now(
            named,
            settings.index,
            model=settings.model or DEFAULT_MODEL,
            reranker=settings.reranker,
            engine=settings.engine,
            **options,
            record_report=record_report,
            strict=strict,
            overwrite_edits=overwrite_edits,
            source_url=source_url,
            common_questions=settings.common_questions,
            ray=ray,
            progress=progress,
        )
    show_build.build_report(report, settings.index, as_json=as_json)

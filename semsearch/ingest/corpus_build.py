"""Builds an index from files: reads the corpus, and has `build.py` update the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from semsearch.core.progress import Progress, Silent
from semsearch.importers import read_corpus
from semsearch.importers.corpus_file import check_address
from semsearch.importers.files.relative_sources import with_relative_sources
from semsearch.importers.report import count_extra, write_report
from semsearch.index.ann.engine import AUTO
from semsearch.index.ray_cluster import check_cluster
from semsearch.ingest.build import build_index
from semsearch.ingest.build_report import BuildReport
from semsearch.models.registry import DEFAULT_MODEL
from semsearch.models.rerankers import NO_RERANKER


def build(  # noqa: PLR0913 - each is an option of its own
    paths: Sequence[str | Path],
    index: str | Path = "index",
    *,
    model: str = DEFAULT_MODEL,
    reranker: str = NO_RERANKER,
    engine: str = AUTO,
    columns: Mapping[str, str] | None = None,
    format: str | None = None,
    language: str | None = None,
    follow_links: bool = False,
    record_report: str | Path | None = None,
    strict: bool = False,
    overwrite_edits: bool = False,
    source_url: str | None = None,
    common_questions: bool | None = None,
    ray: str | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Read glossaries and update an index.

    Args:
        paths: files or folders; `NAME=PATH` makes everything below PATH one glossary.
        index: the index folder; created if missing.
        model: `default`, `base`, a local folder, a hub id, `api:NAME` for a model of the
            embeddings server that SEMSEARCH_EMBEDDINGS_API names, or `hashed`.
        reranker: a CrossEncoder's folder or hub id, or `none`.
        engine: the nearest-neighbour engine: `flat`, `hnsw`, or `auto` by the number of entries.
        columns: our field names to the column names of tables and JSON.
        format: the format of all files, by name; detected from each file's content by default.
        language: of entries whose file states none; English by default.
        follow_links: whether links may lead out of a named folder.
        record_report: a JSON Lines file for the result of each record; also written if `strict`
            stops.
        strict: stop if a record is refused or a file of a folder is not read, instead of building
            without it.
        overwrite_edits: see `build_index`.
        source_url: address of a source file, with `{file}` and `{line}` for its place; it wins
            over that of `semsearch.toml`.
        common_questions: see `build_index`.
        ray: see `build_index`.
        progress: reports each step; silent by default.

    Raises:
        ImportFailed: a file cannot be read, `strict` and something was not read, or the address of
            source files is none.
        StoredIndexError, EncoderError, ClusterFailed: see `build_index`.
    """
    if ray is not None:
        check_cluster(ray)  # before minutes of reading
    if source_url:
        check_address("source_url", source_url, "--source-url")
    corpus = read_corpus(
        paths,
        columns=columns,
        format=format,
        language=language,
        follow_links=follow_links,
        progress=progress or Silent(),
    )
    if record_report is not None:
        write_report(corpus, record_report)
    if strict:
        corpus.check_complete()
    shown = corpus.presentation
    report = build_index(
        with_relative_sources(corpus.entries, corpus.folders),
        index,
        model=model,
        reranker=reranker,
        engine=engine,
        overwrite_edits=overwrite_edits,
        common_questions=common_questions,
        ray=ray,
        progress=progress,
        unread=corpus.unread,
        presentation=replace(shown, source_url=source_url) if source_url else shown,
    )
    return replace(
        report,
        refused=(*corpus.refusals, *report.refused),
        merged=corpus.merged,
        left_out=corpus.left_out,
        extra=count_extra(corpus.entries),
        notes=corpus.notes,
    )

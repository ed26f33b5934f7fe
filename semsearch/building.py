"""Build: entries in, a new generation of the index out.

Steps, each of which may be the last one of a process that is killed:

1. read the corpus (by the caller) and compare it with the store;
2. embed texts that have no vector of this encoder yet, one transaction a batch;
3. write the entries to the store, one transaction;
4. derive a generation from the store under a temporary name, check it, rename it;
5. replace CURRENT, then remove what no pointer needs.

Until step 5 the old generation answers; after a kill the next build finds every vector that
was saved and goes on from there.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from semsearch.embedding import Embedding, embed_missing
from semsearch.encoders import hashed
from semsearch.encoders.lazy import BuildingEncoder
from semsearch.encoders.models import DEFAULT_MODEL, Model
from semsearch.encoders.onnx import Agreement
from semsearch.errors import ImportFailed, InvalidSetting, StoredIndexError
from semsearch.exporting import Exports, export_models
from semsearch.finding import AUTO, FLAT_UP_TO, chosen_engine
from semsearch.importers import read_corpus
from semsearch.importers.reporting import write_report
from semsearch.overlay import MOST_PENDING
from semsearch.prepared import Prepared
from semsearch.progress import Progress, Silent
from semsearch.publishing import Made, publish_generation, write_generation
from semsearch.ranking.background import spread
from semsearch.relations import RelationCounts
from semsearch.rerankers import NO_RERANKER
from semsearch.rerankers.cross import find_reranker
from semsearch.rerankers.onnx import PairAgreement
from semsearch.storage.comparing import Changes
from semsearch.storage.entries import EntryStore
from semsearch.storage.failing import told_why
from semsearch.storage.files import exclusive
from semsearch.storage.keeping import Conflict, Settled, keep_live
from semsearch.storage.layout import IndexLayout
from semsearch.storage.manifest import Manifest, built_with, load_manifest
from semsearch.storage.retention import remove_old
from semsearch.types import Entry, Merged, Refusal, RerankerInfo

CHECKED_UP_TO = 1 << 28
"""Bytes of a store that a build reads through first, which takes a second. What is damaged in a larger one is
noticed where it is read."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did."""

    changes: Changes
    refused: tuple[Refusal, ...]
    embedded: int
    vectors: int
    generation: int
    published: bool
    model: str
    precision: str
    former_model: str | None = None
    """The encoder of the index before this build, if it was another one."""
    agreement: dict[str, Agreement] = field(default_factory=dict)
    exported: bool = False
    """Whether this build exported the encoder, rather than found an export."""
    problem: str = ""
    """Why the encoder could not be exported, when it could not."""
    reranker: RerankerInfo | None = None
    reranker_agreement: dict[str, PairAgreement] = field(default_factory=dict)
    """Of the copies of the reranker, if this build exported it."""
    relations: RelationCounts | None = None
    """What links and mentions were found, when a generation was published."""
    conflicts: tuple[Conflict, ...] = ()
    """Entries edited live of which the corpus says something else."""
    overwritten: bool = False
    """Whether the corpus's side was taken; what was edited live was kept otherwise."""
    merged: tuple[Merged, ...] = ()
    """Records that became another name of an entry."""


def build(  # noqa: PLR0913 - each is an option of its own
    paths: Sequence[str | Path],
    index: str | Path = "index",
    *,
    model: str = DEFAULT_MODEL,
    reranker: str = NO_RERANKER,
    engine: str = AUTO,
    columns: Mapping[str, str] | None = None,
    format: str | None = None,
    record_report: str | Path | None = None,
    strict: bool = False,
    overwrite_edits: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Read glossaries and bring an index up to date with them.

    Args:
        paths: files or folders; `NAME=PATH` makes everything below PATH one glossary.
        index: the index folder, made if it is not there.
        model: `default`, `base`, a local folder, a hub id, or `hashed`.
        reranker: a CrossEncoder's folder or hub id, or `none`.
        engine: what finds entries by meaning: `flat`, `hnsw`, or `auto` by their number.
        columns: our field names to the column names of tables and JSON.
        format: of all files, by its name; found by what stands in each by default.
        record_report: a file to write what became of each record into, as JSON Lines, also if `strict` stops.
        strict: stop when a record is refused, instead of building without it.
        overwrite_edits: see `build_index`.
        progress: told about each step; silent by default.

    Raises:
        ImportFailed: a file cannot be read, or `strict` and a record was refused.
        StoredIndexError, EncoderError: see `build_index`.
    """
    corpus = read_corpus(paths, columns=columns, format=format, progress=progress or Silent())
    if record_report is not None:
        write_report(corpus, record_report)
    if strict and corpus.refusals:
        first = corpus.refusals[0]
        raise ImportFailed(
            f"{first.reason} (the first of {len(corpus.refusals)} refused records; nothing was built)",
            first.source.file,
            first.source.line,
        )
    report = build_index(
        corpus.entries,
        index,
        model=model,
        reranker=reranker,
        engine=engine,
        overwrite_edits=overwrite_edits,
        progress=progress,
    )
    return replace(report, refused=corpus.refusals, merged=corpus.merged)


def build_index(
    entries: Sequence[Entry],
    index: str | Path,
    *,
    model: str = DEFAULT_MODEL,
    reranker: str = NO_RERANKER,
    engine: str = AUTO,
    overwrite_edits: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Bring an index up to date with entries.

    Args:
        entries: the whole corpus, ids unique; entries of the index that are not in it are dropped, but for
            those edited live.
        index: the index folder, made if it is not there.
        model: `default`, `base`, a local folder, a hub id, or `hashed`.
        reranker: a CrossEncoder's folder or hub id, or `none`.
        engine: what finds entries by meaning: `flat`, `hnsw`, or `auto` by their number.
        overwrite_edits: take the corpus's side where entries were edited live; they are kept by default.
        progress: told about each step; silent by default.

    Raises:
        InvalidSetting: there are no entries, or two have one id; there is no such engine.
        StoredIndexError: another build runs, the folder cannot be written, or the store is damaged
            or of a newer version.
        EncoderError: the model or the reranker cannot be loaded or is refused.
    """
    if not entries:
        raise InvalidSetting("the corpus has no entries; the index was left as it is")
    twice = [id_ for id_, count in Counter(e.id for e in entries).items() if count > 1]
    if twice:
        raise InvalidSetting(f"the id {twice[0]!r} is given to two entries; ids must be unique")
    chosen_engine(engine, len(entries))  # refused before anything is done
    layout = IndexLayout(Path(index))
    maker = BuildingEncoder.of(model)
    judge = None if reranker == NO_RERANKER else find_reranker(reranker)
    with told_why(layout.root):
        layout.generations.mkdir(parents=True, exist_ok=True)
        with exclusive(layout.lock), closing(EntryStore(layout.store)) as store:
            if layout.store.stat().st_size <= CHECKED_UP_TO:
                store.check()
            settled = keep_live(
                entries, store.live(), store.live_deletions(), overwrite=overwrite_edits
            )
            if not settled.entries:
                raise InvalidSetting("every entry of the corpus was deleted live; nothing is left")
            build = _Build(layout, store, maker, judge, engine, progress or Silent())
            return replace(
                build.run(settled), conflicts=settled.conflicts, overwritten=overwrite_edits
            )


class _Build:
    """One build under way, holding the lock."""

    def __init__(
        self,
        layout: IndexLayout,
        store: EntryStore,
        maker: BuildingEncoder,
        reranker: Model | None,
        engine: str,
        progress: Progress,
    ) -> None:
        self._layout = layout
        self._store = store
        self._maker = maker
        self._reranker = reranker
        self._engine = engine
        self._progress = progress

    def run(self, settled: Settled) -> BuildReport:
        for leftover in self._layout.generations.glob(".tmp-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        former = self._former_model()
        built = Prepared(settled.entries, self._progress)
        changes = self._store.compare(built.entries, settled.kept)
        exports = export_models(
            self._maker, self._reranker, self._layout, lambda: _sample(built), self._progress
        )
        export = exports.encoder
        made = self._maker
        embedding = Embedding.by(
            self._layout, made.name, made.fingerprint, export, lambda: made.encoder
        )
        embedded = self._embed(built, embedding)
        precision = export.precision if export else hashed.NAME
        if changes:
            self._store.replace_all(built.entries, settled.kept)
        before = self._answering()
        current = before is not None and self._is_current(before, precision, exports)
        number = before.generation if before and current else self._layout.next_number()
        relations = None
        if not current:
            how = Made(
                number,
                self._store.revision,
                made.name,
                made.fingerprint,
                embedding.key,
                precision,
                exports,
                self._engine,
            )
            written = write_generation(self._layout, self._store, built, how, self._progress)
            publish_generation(self._layout, written, self._progress)
            relations = written.relations
            remove_old(self._layout, {number, before.generation if before else number})
            self._store.texts.forget(built.hashes(built.rows))
        return BuildReport(
            changes=changes,
            refused=(),
            embedded=embedded,
            vectors=len(built.rows),
            generation=number,
            published=not current,
            model=self._maker.name,
            precision=precision,
            former_model=former,
            agreement=export.agreement if export else {},
            exported=exports.is_new,
            problem=export.problem if export else "",
            reranker=exports.reranker,
            reranker_agreement=exports.pairs,
            relations=relations,
        )

    def _former_model(self) -> str | None:
        """The encoder that the index was built with, if it is another one."""
        before = built_with(self._layout)
        other = before is not None and before.fingerprint != self._maker.fingerprint
        return before.model if before and other else None

    def _answering(self) -> Manifest | None:
        """The sound generation that answers now, if there is one."""
        try:
            return load_manifest(self._layout)[0]
        except StoredIndexError:
            return None

    def _is_current(self, before: Manifest, precision: str, exports: Exports) -> bool:
        return self._is_shown(before) and (
            before.fingerprint,
            before.precision,
            before.encoder_sha256,
            before.reranker,
            before.engine.name,
        ) == (
            self._maker.fingerprint,
            precision,
            exports.encoder_sha256,
            exports.reranker,
            chosen_engine(self._engine, before.entries),
        )

    def _is_shown(self, before: Manifest) -> bool:
        """Whether questions see the store: by the generation alone, or a large one and little that was changed since."""
        identity, revision = self._store.revision
        if before.store != identity or before.revision == revision:
            return before.store == identity
        is_large = before.entries > FLAT_UP_TO
        return is_large and self._store.count_changes_since(before.revision) <= MOST_PENDING

    def _embed(self, built: Prepared, embedding: Embedding) -> int:
        """Embed each text that has no vector yet once, and return how many there were."""
        embedded = 0
        for batch in embed_missing(self._store.texts, built, embedding, self._progress):
            self._store.texts.save(batch)
            embedded += len(batch.texts)
        return embedded


def _sample(built: Prepared) -> list[str]:
    """Return texts on which exported models are compared with their references, none twice."""
    rows = {text: row for row, text in zip(built.rows, built.hashes(built.rows), strict=True)}
    distinct = sorted(rows.values())
    return [built.text(distinct[i]) for i in spread(len(distinct))]

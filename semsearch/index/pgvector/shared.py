"""The candidates of a generation in PostgreSQL, open for reading: rows, and what searches them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from semsearch.core.errors import IndexDamaged
from semsearch.core.shared_store_errors import IndexShared
from semsearch.index.ann.vectors import EntryVectors, PhraseVectors
from semsearch.index.manifest import Manifest
from semsearch.index.pgvector.rows import CandidateRows, CandidateValues, RowKinds
from semsearch.index.pgvector.searcher import CandidateSearcher
from semsearch.storage.embedding_cache import EmbeddedTexts
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.shared_setting import shared_url
from semsearch.storage.postgres.candidate_reader import CandidateReader
from semsearch.storage.postgres.candidates import CandidateKind
from semsearch.storage.postgres.database import SharedDatabase


class SharedCandidates:
    """What a segment reads from PostgreSQL instead of files. Thread-safe."""

    def __init__(
        self, database: SharedDatabase, name: str, files: GenerationLayout, dim: int, breadth: int
    ) -> None:
        """Open the candidates; PostgreSQL is first asked when something is read.

        Args:
            database: which has them.
            name: of their set.
            files: the generation, which says how many rows an entry has.
            dim: length of every vector.
            breadth: candidates that a search considers; 0 leaves the default.
        """
        self._reader = CandidateReader(database, name, breadth)
        kinds = RowKinds(files, dim)
        values = CandidateValues(self._reader, kinds)
        self.passages = CandidateRows(values, kinds.passages)
        """The vectors of passages."""
        self.names = CandidateRows(values, kinds.names)
        """The vectors of names."""
        self.phrases = CandidateRows(values, kinds.phrases)
        """The vectors of phrases."""
        self.tokens = CandidateRows(values, kinds.tokens)
        """The rows of tokens."""
        self.token_weights = CandidateRows(values, kinds.token_weights)
        """The weights of tokens."""
        self.entry_searcher = CandidateSearcher(
            self._reader, CandidateKind.ENTRY, EntryVectors(files, dim, self.passages)
        )
        """Finds entries."""
        self.phrase_searcher = CandidateSearcher(
            self._reader, CandidateKind.PHRASE, PhraseVectors(files, dim, self.phrases)
        )
        """Finds phrases."""

    def close(self) -> None:
        """End the connections; no query may be running."""
        self._reader.close()


def refuse_candidates(layout: IndexLayout, manifest: Manifest) -> None:
    """Refuse to pack up an index without its vectors.

    Raises:
        IndexShared: PostgreSQL has them.
    """
    if manifest.candidates:
        raise IndexShared(
            f"the index in {layout.root} cannot be packed up: its vectors are in PostgreSQL (engine "
            "pgvector); back up the database with pg_dump, or make an index of its own with "
            "`semsearch copy store FOLDER`, and pack up that"
        )


@contextmanager
def all_embeddings(
    layout: IndexLayout, manifest: Manifest, store: EntryReader
) -> Iterator[EmbeddedTexts]:
    """Give the embeddings of all texts: those of a folder, or of its shared store.

    Args:
        layout: of the index.
        manifest: of its current generation.
        store: that of the folder, which has only some of them if PostgreSQL has the candidates.

    Raises:
        IndexDamaged: the folder does not say which store it is a copy of.
        StoreUnavailable: PostgreSQL does not answer.
    """
    if not manifest.candidates:
        yield store.texts
        return
    with (
        closing(SharedDatabase(_url(layout))) as database,
        closing(database.connect()) as connection,
    ):
        yield EmbeddedTexts(connection)


def open_candidates(
    layout: IndexLayout, manifest: Manifest, files: GenerationLayout
) -> SharedCandidates | None:
    """Open the candidates that a generation has in PostgreSQL; None if it has files.

    Raises:
        IndexDamaged: the folder does not say which store it is a copy of.
        MissingExtra: psycopg is not installed.
    """
    if not manifest.candidates:
        return None
    url = _url(layout)
    breadth = max(manifest.engine.breadth, manifest.phrase_engine.breadth)
    return SharedCandidates(SharedDatabase(url), manifest.candidates, files, manifest.dim, breadth)


def _url(layout: IndexLayout) -> str:
    url = shared_url(layout)
    if url is None:
        raise IndexDamaged(
            f"the index in {layout.root} has its vectors in PostgreSQL, and {layout.shared.name}, which "
            "names the store, is missing; make it anew with `semsearch serve --store URL` in an empty "
            "folder, or an index of its own with `semsearch copy store FOLDER`"
        )
    return url

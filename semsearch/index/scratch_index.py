"""A temporary index of some entries, for lint and diff; removed after use.

Vectors that an index already has are read from its store, which is never changed. All others are
computed here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np

from semsearch.core.arrays import Tokens, Vectors
from semsearch.core.checksums import text_hash
from semsearch.core.entries import Entry
from semsearch.core.errors import EncoderMismatch, IndexBusy
from semsearch.core.progress import Progress, track
from semsearch.index.ann.engine import AUTO
from semsearch.index.embedding import Embedding, embed_missing, encoder_of
from semsearch.index.manifest import load_manifest, read_manifest
from semsearch.index.passage_table import PassageTable
from semsearch.index.retrieval import Retriever
from semsearch.index.segment_writer import write_segment, write_vectors
from semsearch.index.segments.segment import Segment
from semsearch.models import REFERENCE, is_meant
from semsearch.models.encoders.base import Encoder
from semsearch.models.encoders.lazy import LazyEncoder
from semsearch.models.registry import DEFAULT_MODEL
from semsearch.storage.embedding_cache import EmbeddedTexts
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.storage.files.layout import IndexLayout

T = TypeVar("T")

BATCH = 64
"""Texts embedded at a time by `vectors_of`."""


@dataclass(frozen=True, slots=True)
class EmbeddingSource:
    """What embeds texts and questions, and optionally the index whose vectors are reused."""

    embedding: Embedding
    answering: Callable[[], Encoder]
    index: IndexLayout | None = None

    @classmethod
    def by_model(cls, name: str) -> EmbeddingSource:
        """Embed everything with the encoder of this name.

        Raises:
            ModelRefused: there is no such encoder.
        """
        maker = LazyEncoder.of(name)
        return cls(
            Embedding(maker.fingerprint, REFERENCE, lambda: maker.encoder), lambda: maker.encoder
        )

    @classmethod
    def by_index(cls, layout: IndexLayout) -> EmbeddingSource:
        """Embed as an index does, and reuse its vectors.

        Raises:
            StoredIndexError: there is no index, or it is damaged or of another version.
        """
        manifest, _ = load_manifest(layout)

        return cls(Embedding.of(layout, manifest), lambda: encoder_of(layout, manifest), layout)


def embedding_source(index: str | Path | None, model: str | None) -> EmbeddingSource:
    """Return the embedding source for an index, a model, or the default model.

    Raises:
        StoredIndexError: the index cannot be read, or has another encoder than `model`.
        ModelRefused: there is no such encoder.
    """
    if index is None:
        return EmbeddingSource.by_model(model or DEFAULT_MODEL)
    layout = IndexLayout(Path(index))
    manifest, _ = read_manifest(layout)
    if model and not is_meant(model, model=manifest.model, fingerprint=manifest.fingerprint):
        raise EncoderMismatch(
            f"the index in {layout.root} was built with {manifest.model}, not {model}; "
            "name one of the two"
        )
    return EmbeddingSource.by_index(layout)


@contextmanager
def scratch_index(
    entries: Iterable[Entry], source: EmbeddingSource, progress: Progress
) -> Iterator[ScratchIndex]:
    """Build a temporary index of some entries; it is removed when the context ends.

    Args:
        entries: at least one, ids unique.
        source: embeds them.
        progress: reports each step.

    Yields:
        The index, for one thread.

    Raises:
        StoredIndexError: the index of `source` cannot be read, or was rebuilt meanwhile.
        EncoderError: the encoder cannot be loaded.
    """
    with _embedded(entries, source, progress) as texts, ExitStack() as open_:
        files = GenerationLayout(Path(open_.enter_context(_temporary())))
        write_vectors(files, texts.passages, texts, progress)
        written = write_segment(files, texts.passages, texts, progress, engine=AUTO)
        segment = Segment.open(files, texts.dim, written.engine, written.phrase_engine)
        retriever = open_.enter_context(closing(Retriever(segment)))
        yield ScratchIndex(texts.passages.entries, segment, retriever, source.answering())


@contextmanager
def _embedded(
    entries: Iterable[Entry], source: EmbeddingSource, progress: Progress
) -> Iterator[_ReusedEmbeddings]:
    """Embed the definitions and sentences of entries; see `scratch_index`."""
    passages = PassageTable(entries, progress)
    with ExitStack() as open_:
        folder = Path(open_.enter_context(_temporary()))
        store = open_.enter_context(closing(EntryStore(folder / "store.db")))
        stored = None
        if source.index is not None:
            stored = open_.enter_context(closing(EntryReader(source.index.store))).texts
        texts = _ReusedEmbeddings(passages, store.texts, stored, source.embedding.key)
        for batch in embed_missing(texts, passages, source.embedding, progress):
            store.texts.save(batch)
        yield texts


def vectors_of(texts: Sequence[str], source: EmbeddingSource, progress: Progress) -> Vectors:
    """Return the vectors of some texts, (n, d); nothing is written.

    Raises:
        StoredIndexError: the index of `source` cannot be read.
        EncoderError: the encoder cannot be loaded.
    """
    by_hash = {text_hash(text): text for text in texts}
    vectors: dict[bytes, Vectors] = {}
    if source.index is not None:
        vectors = _stored_vectors(source.index, list(by_hash), source.embedding.key)
    missing = sorted(by_hash.keys() - vectors.keys(), key=lambda t: (len(by_hash[t]), t))
    if missing:
        encoder = source.embedding.load()
        chunks = [missing[start : start + BATCH] for start in range(0, len(missing), BATCH)]
        for some in track(chunks, progress, "embedding", len(chunks)):
            encoded = encoder.encode_entries([by_hash[text] for text in some])
            vectors |= zip(some, encoded.vectors, strict=True)
    return np.stack([vectors[text_hash(text)] for text in texts])


def _stored_vectors(layout: IndexLayout, texts: list[bytes], key: str) -> dict[bytes, Vectors]:
    """Return the vectors that an index has of some texts, by hash."""
    with closing(EntryReader(layout.store)) as reader, reader.unchanging():
        missing = reader.texts.unknown(texts, key, ())
        known = [text for text in texts if text not in missing]
        if not known:
            return {}
        rows = reader.texts.vectors(known, key, reader.texts.dim_of(known[0], key))
        return dict(zip(known, rows, strict=True))


def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="semsearch-")


@dataclass(frozen=True, slots=True)
class ScratchIndex:
    """Entries by position, glossary by glossary, with a retriever and an encoder."""

    entries: list[Entry]
    segment: Segment
    retriever: Retriever
    encoder: Encoder
    """For questions."""


class _ReusedEmbeddings:
    """Vectors and tokens of entries: some from an index's store, the others embedded here."""

    def __init__(
        self, passages: PassageTable, own: EmbeddedTexts, stored: EmbeddedTexts | None, key: str
    ) -> None:
        self.passages = passages
        self._own = own
        self._stored = stored
        self._key = key
        self._embedded_here: set[bytes] = set()

    def unknown(
        self, texts: Iterable[bytes], key: str, with_tokens: Collection[bytes]
    ) -> set[bytes]:
        """Return the texts that have to be embedded; see `EmbeddedTexts.unknown`."""
        wanted = set(texts)
        self._embedded_here = (
            self._stored.unknown(wanted, key, with_tokens) if self._stored else wanted
        )
        return self._embedded_here

    @cached_property
    def dim(self) -> int:
        """Length of every vector."""
        first = self.passages.hashes([0])[0]
        with _raise_if_rebuilt():
            return self._source_of(first).dim_of(first, self._key)

    def vectors(self, texts: Sequence[bytes]) -> Vectors:
        """Return the vectors of texts by hash, (n, d)."""
        dim = self.dim
        rows = self._read(texts, lambda source, some: list(source.vectors(some, self._key, dim)))
        return np.stack(rows) if rows else np.empty((0, dim), dtype=np.float32)

    def tokens(self, texts: Sequence[bytes]) -> list[Tokens]:
        """Return the tokens of definitions by hash."""
        return self._read(texts, lambda source, some: source.tokens(some, self._key))

    def _source_of(self, text_hash: bytes) -> EmbeddedTexts:
        return (
            self._own if self._stored is None or text_hash in self._embedded_here else self._stored
        )

    def _read(
        self, texts: Sequence[bytes], read: Callable[[EmbeddedTexts, list[bytes]], list[T]]
    ) -> list[T]:
        found: dict[bytes, T] = {}
        for source in filter(None, (self._own, self._stored)):
            some = [text for text in dict.fromkeys(texts) if self._source_of(text) is source]
            with _raise_if_rebuilt():
                found |= zip(some, read(source, some), strict=True) if some else ()
        return [found[text] for text in texts]


@contextmanager
def _raise_if_rebuilt() -> Iterator[None]:
    """Raise `IndexBusy` if an index has dropped texts that it had at the start."""
    try:
        yield
    except (KeyError, ValueError) as error:
        raise IndexBusy(
            "the index was rebuilt while its vectors were read; run this again"
        ) from error

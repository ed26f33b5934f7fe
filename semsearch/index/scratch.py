"""A workbench: entries laid out so that they can be compared and asked, without an index of their own.

Everything that is derived lies in a temporary folder and goes with it. What an index has embedded before is taken from its
store, which is only read; the rest is embedded here.
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
from semsearch.core.entries import Entry
from semsearch.core.errors import EncoderMismatch, IndexBusy
from semsearch.core.progress import Progress, track
from semsearch.index.ann.engine import AUTO, write_ann, write_phrase_ann
from semsearch.index.embedding import Embedding, embed_missing, encoder_of
from semsearch.index.files.entry_table import write_snapshot
from semsearch.index.files.phrases import write_phrases
from semsearch.index.files.postings import write_words
from semsearch.index.files.tokens import write_tokens
from semsearch.index.manifest import load_manifest, read_manifest
from semsearch.index.passage_table import PassageTable
from semsearch.index.retrieval import Retriever
from semsearch.index.segments.segment import Segment
from semsearch.models import REFERENCE, is_meant
from semsearch.models.encoders.base import Encoder
from semsearch.models.encoders.lazy import LazyEncoder
from semsearch.models.registry import DEFAULT_MODEL
from semsearch.storage.embedding_cache import EmbeddedTexts
from semsearch.storage.entry_store import EntryReader, EntryStore
from semsearch.storage.layout import GenerationLayout, IndexLayout
from semsearch.text.normalise import text_hash

T = TypeVar("T")

BATCH = 4096
"""Vectors copied at a time: 6 MB."""
AT_ONCE = 64
"""Texts embedded at a time where nothing is kept."""


@dataclass(frozen=True, slots=True)
class EmbeddingSource:
    """What embeds texts and questions, and the index whose vectors are used again, if there is one."""

    embedding: Embedding
    answering: Callable[[], Encoder]
    index: IndexLayout | None = None

    @classmethod
    def by_model(cls, name: str) -> EmbeddingSource:
        """Embed with the encoder of a name, from scratch.

        Raises:
            ModelRefused: there is no such encoder.
        """
        maker = LazyEncoder.of(name)
        return cls(
            Embedding(maker.fingerprint, REFERENCE, lambda: maker.encoder), lambda: maker.encoder
        )

    @classmethod
    def by_index(cls, layout: IndexLayout) -> EmbeddingSource:
        """Embed as an index does, and use its vectors again.

        Raises:
            StoredIndexError: there is no index, or it is damaged or of another version.
        """
        manifest, _ = load_manifest(layout)

        return cls(Embedding.of(layout, manifest), lambda: encoder_of(layout, manifest), layout)


def meaning_of(index: str | Path | None, model: str | None) -> EmbeddingSource:
    """Return what embeds: an index, a model, or the default model.

    Raises:
        StoredIndexError: the index cannot be read, or is of another encoder than the model.
        ModelRefused: there is no such encoder.
    """
    if index is None:
        return EmbeddingSource.by_model(model or DEFAULT_MODEL)
    layout = IndexLayout(Path(index))
    manifest, _ = read_manifest(layout)
    if model and not is_meant(model, model=manifest.model, fingerprint=manifest.fingerprint):
        raise EncoderMismatch(
            f"the index in {layout.root} was built with {manifest.model}, not {model}; name one of the two"
        )
    return EmbeddingSource.by_index(layout)


@contextmanager
def scratch_index(
    entries: Iterable[Entry], meaning: EmbeddingSource, progress: Progress
) -> Iterator[ScratchIndex]:
    """Lay entries out; what is derived of them is removed in the end.

    Args:
        entries: at least one, ids unique.
        meaning: what embeds them.
        progress: told about each step.

    Yields:
        Workbench: for one thread.

    Raises:
        StoredIndexError: the index of `meaning` cannot be read, or was built anew meanwhile.
        EncoderError: the encoder cannot be loaded.
    """
    with _embedded(entries, meaning, progress) as texts, ExitStack() as open_:
        files = GenerationLayout(Path(open_.enter_context(_temporary())))
        built, dim = texts.built, texts.dim
        with files.vectors.open("wb") as rows:
            for start in range(0, len(built.passage_rows), BATCH):
                some = texts.vectors(built.hashes(built.passage_rows[start : start + BATCH]))
                rows.write(some.astype("<f4").tobytes())
        write_phrases(files, built, texts.vectors, progress)
        write_tokens(
            files,
            built.glossaries(),
            lambda positions: texts.tokens(built.hashes_of_wholes(positions)),
            progress,
        )
        write_snapshot(files, built.passages(), [], progress=progress, total=len(built.entries))
        write_words(files, built.entries, progress)
        engine = write_ann(files, dim, AUTO, progress)
        phrase_engine = write_phrase_ann(files, dim, AUTO, progress)
        segment = Segment.open(files, dim, engine, phrase_engine)
        retriever = open_.enter_context(closing(Retriever(segment)))
        yield ScratchIndex(built.entries, segment, retriever, meaning.answering())


@contextmanager
def _embedded(
    entries: Iterable[Entry], meaning: EmbeddingSource, progress: Progress
) -> Iterator[_Embedded]:
    """Embed entries, whole definitions and sentences; see `scratch_index`."""
    built = PassageTable(entries, progress)
    with ExitStack() as open_:
        folder = Path(open_.enter_context(_temporary()))
        store = open_.enter_context(closing(EntryStore(folder / "store.db")))
        kept = None
        if meaning.index is not None:
            kept = open_.enter_context(closing(EntryReader(meaning.index.store))).texts
        texts = _Embedded(built, store.texts, kept, meaning.embedding.key)
        for batch in embed_missing(texts, built, meaning.embedding, progress):
            store.texts.save(batch)
        yield texts


def vectors_of(texts: Sequence[str], meaning: EmbeddingSource, progress: Progress) -> Vectors:
    """Return the vectors of some texts, (n, d); nothing is written.

    Raises:
        StoredIndexError: the index of `meaning` cannot be read.
        EncoderError: the encoder cannot be loaded.
    """
    by_hash = {text_hash(text): text for text in texts}
    found: dict[bytes, Vectors] = {}
    if meaning.index is not None:
        found = _kept(meaning.index, list(by_hash), meaning.embedding.key)
    missing = sorted(by_hash.keys() - found.keys(), key=lambda t: (len(by_hash[t]), t))
    if missing:
        encoder = meaning.embedding.load()
        chunks = [missing[start : start + AT_ONCE] for start in range(0, len(missing), AT_ONCE)]
        for some in track(chunks, progress, "embedding", len(chunks)):
            made = encoder.encode_entries([by_hash[text] for text in some])
            found |= zip(some, made.vectors, strict=True)
    return np.stack([found[text_hash(text)] for text in texts])


def _kept(layout: IndexLayout, texts: list[bytes], key: str) -> dict[bytes, Vectors]:
    """Return the vectors that an index has of some texts, by their hashes."""
    with closing(EntryReader(layout.store)) as reader, reader.unchanging():
        missing = reader.texts.unknown(texts, key, ())
        there = [text for text in texts if text not in missing]
        if not there:
            return {}
        vectors = reader.texts.vectors(there, key, reader.texts.dim_of(there[0], key))
        return dict(zip(there, vectors, strict=True))


def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="semsearch-")


@dataclass(frozen=True, slots=True)
class ScratchIndex:
    """Entries by position, glossary by glossary, and what finds and embeds."""

    entries: list[Entry]
    segment: Segment
    retriever: Retriever
    encoder: Encoder
    """For questions."""


class _Embedded:
    """Entries and what was made of their texts: what an index has kept, and what was embedded for them here."""

    def __init__(
        self, built: PassageTable, own: EmbeddedTexts, kept: EmbeddedTexts | None, key: str
    ) -> None:
        self.built = built
        self._own = own
        self._kept = kept
        self._key = key
        self._made: set[bytes] = set()

    def unknown(
        self, texts: Iterable[bytes], key: str, with_tokens: Collection[bytes]
    ) -> set[bytes]:
        """Return which texts have to be embedded; see `EmbeddedTexts.unknown`."""
        wanted = set(texts)
        self._made = self._kept.unknown(wanted, key, with_tokens) if self._kept else wanted
        return self._made

    @cached_property
    def dim(self) -> int:
        """Length of the vectors."""
        first = self.built.hashes([0])[0]
        with _still_there():
            return self._source(first).dim_of(first, self._key)

    def vectors(self, texts: Sequence[bytes]) -> Vectors:
        """Return the vectors of texts by their hashes, (n, d)."""
        dim = self.dim
        rows = self._read(texts, lambda source, some: list(source.vectors(some, self._key, dim)))
        return np.stack(rows) if rows else np.empty((0, dim), dtype=np.float32)

    def tokens(self, texts: Sequence[bytes]) -> list[Tokens]:
        """Return the tokens of whole definitions by their hashes."""
        return self._read(texts, lambda source, some: source.tokens(some, self._key))

    def _source(self, text: bytes) -> EmbeddedTexts:
        return self._own if self._kept is None or text in self._made else self._kept

    def _read(
        self, texts: Sequence[bytes], read: Callable[[EmbeddedTexts, list[bytes]], list[T]]
    ) -> list[T]:
        found: dict[bytes, T] = {}
        for source in filter(None, (self._own, self._kept)):
            some = [text for text in dict.fromkeys(texts) if self._source(text) is source]
            with _still_there():
                found |= zip(some, read(source, some), strict=True) if some else ()
        return [found[text] for text in texts]


@contextmanager
def _still_there() -> Iterator[None]:
    """Say so where an index has forgotten texts that it had when this began."""
    try:
        yield
    except (KeyError, ValueError) as error:
        raise IndexBusy(
            "the index was built anew while its vectors were read; run this again"
        ) from error

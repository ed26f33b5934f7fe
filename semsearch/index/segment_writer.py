"""Writes the files of a segment: vectors, phrases, tokens, entry table, postings, engines.

Every segment is written here: a generation, the live segment next to it, and a scratch index. The
order matters: the engines read the vectors and the first rows of the entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from semsearch.core.arrays import Tokens, Vectors
from semsearch.core.entries import Relation
from semsearch.core.index_info import EngineInfo
from semsearch.core.progress import Progress
from semsearch.index.ann.engine import write_ann, write_phrase_ann
from semsearch.index.files.asked_as import write_phrases
from semsearch.index.files.entry_table import write_entry_table
from semsearch.index.files.memory_map import write_rows
from semsearch.index.files.postings import write_postings
from semsearch.index.files.text_vectors import write_text_vectors
from semsearch.index.files.tokens import ReferenceTokens, write_tokens
from semsearch.index.passage_table import PassageTable
from semsearch.storage.embedding_cache import EmbeddedTexts
from semsearch.storage.files.generation_layout import GenerationLayout


class Embeddings(Protocol):
    """Vectors and tokens of texts, by the hash of the text."""

    @property
    def dim(self) -> int:
        """Length of every vector."""
        ...

    def vectors(self, texts: Sequence[bytes]) -> Vectors:
        """Return the vectors of texts in their order, (n, dim)."""
        ...

    def tokens(self, texts: Sequence[bytes]) -> Iterable[Tokens]:
        """Return the tokens of whole definitions in their order."""
        ...


@dataclass(frozen=True, slots=True)
class StoredEmbeddings:
    """The embeddings that the store holds under one key."""

    texts: EmbeddedTexts
    key: str
    dim: int

    def vectors(self, texts: Sequence[bytes]) -> Vectors:
        """Return the vectors of texts in their order; see `EmbeddedTexts.vectors`."""
        return self.texts.vectors(texts, self.key, self.dim)

    def tokens(self, texts: Sequence[bytes]) -> list[Tokens]:
        """Return the tokens of whole definitions in their order."""
        return self.texts.tokens(texts, self.key)


@dataclass(frozen=True, slots=True)
class ScoringReference:
    """What a live segment takes from its generation, so that scores of both can be compared."""

    tokens: ReferenceTokens
    mean_words: float


@dataclass(frozen=True, slots=True)
class WrittenSegment:
    """What a manifest states about a segment."""

    engine: EngineInfo
    phrase_engine: EngineInfo
    mean_words: float


def write_vectors(
    files: GenerationLayout, passages: PassageTable, embeddings: Embeddings, progress: Progress
) -> None:
    """Write one little-endian float32 row for each passage, before `write_segment`.

    Raises:
        KeyError: a text has not been embedded.
    """
    rows = passages.passage_rows
    progress.start("vectors", len(rows))
    write_rows(
        files.vectors,
        len(rows),
        lambda start, end: embeddings.vectors(passages.hashes(rows[start:end])).astype("<f4"),
        progress,
    )


def write_segment(
    files: GenerationLayout,
    passages: PassageTable,
    embeddings: Embeddings,
    progress: Progress,
    *,
    engine: str,
    relations: Iterable[Relation] = (),
    reference: ScoringReference | None = None,
) -> WrittenSegment:
    """Write all files of a segment except its vectors, its map and its manifest.

    Args:
        files: where to; `write_vectors` has written the vectors.
        passages: the entries, at least one, with their texts.
        embeddings: has the vector of every text and the tokens of every definition.
        progress: reports each step.
        engine: the engine that is wanted, one of `ann.engine.ENGINES`.
        relations: between the entries.
        reference: the generation of a live segment; None for a segment of its own.

    Raises:
        KeyError: a text has not been embedded.
    """
    write_text_vectors(
        files.name_vectors,
        files.first_names,
        passages.first_names,
        lambda start, end: embeddings.vectors(passages.name_hashes(start, end)),
    )
    write_phrases(files, passages, embeddings.vectors, progress)
    write_tokens(
        files,
        passages.glossaries(),
        lambda positions: embeddings.tokens(passages.definition_hashes(positions)),
        progress,
        reference=reference.tokens if reference else None,
    )
    total = len(passages.entries)
    write_entry_table(
        files,
        passages.by_entry(),
        relations,
        passages.common_questions,
        progress=progress,
        total=total,
    )
    mean_words = write_postings(
        files, passages.entries, progress, mean_words=reference.mean_words if reference else None
    )
    return WrittenSegment(
        write_ann(files, embeddings.dim, engine, progress),
        write_phrase_ann(files, embeddings.dim, engine, progress),
        mean_words,
    )

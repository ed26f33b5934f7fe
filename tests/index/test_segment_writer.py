"""Tests of the writer that every segment comes from."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from semsearch.core.arrays import Tokens, Vectors
from semsearch.core.progress import Silent
from semsearch.index.ann.engine import AUTO, FLAT
from semsearch.index.files.tokens import ReferenceTokens
from semsearch.index.passage_table import PassageTable
from semsearch.index.segment_writer import (
    ScoringReference,
    WrittenSegment,
    write_segment,
    write_vectors,
)
from semsearch.index.segments.segment import Segment
from semsearch.models.encoders.hashed import HashedEncoder
from semsearch.storage.files.generation_layout import GenerationLayout
from tests.conftest import ENTRIES


class _Embeddings:
    """Embeds the texts of a table when they are asked for."""

    def __init__(self, passages: PassageTable) -> None:
        hashes = passages.hashes(passages.rows)
        self._texts = {h: passages.text(row) for row, h in zip(passages.rows, hashes, strict=True)}
        self._encoder = HashedEncoder()
        self.dim = self._encoder.encode_entries(["a"]).vectors.shape[1]

    def vectors(self, texts: Sequence[bytes]) -> Vectors:
        return self._encoder.encode_entries([self._texts[text] for text in texts]).vectors

    def tokens(self, texts: Sequence[bytes]) -> Sequence[Tokens]:
        return self._encoder.encode_entries([self._texts[text] for text in texts]).tokens


def _write(
    files: GenerationLayout,
    passages: PassageTable,
    embeddings: _Embeddings,
    reference: ScoringReference | None = None,
) -> WrittenSegment:
    write_vectors(files, passages, embeddings, Silent())
    return write_segment(files, passages, embeddings, Silent(), engine=AUTO, reference=reference)


@pytest.fixture
def files(tmp_path: Path) -> GenerationLayout:
    """Give an empty folder."""
    return GenerationLayout(tmp_path)


def test_a_segment_has_every_entry_and_its_vectors(files: GenerationLayout) -> None:
    """What is written can be read again, in the order of the table."""
    passages = PassageTable(ENTRIES, Silent())
    embeddings = _Embeddings(passages)
    written = _write(files, passages, embeddings)
    segment = Segment.open(files, embeddings.dim, written.engine, written.phrase_engine)
    try:
        assert segment.entry_table.entries(range(len(segment))) == passages.entries
        rows = segment.rows.take(np.array(passages.passage_rows))
        np.testing.assert_array_equal(
            rows, embeddings.vectors(passages.hashes(passages.passage_rows))
        )
        assert segment.first_rows.tolist() == passages.first_rows.tolist()
        assert written.engine.name == FLAT
    finally:
        segment.close()


def test_a_live_segment_takes_axes_and_mean_length_from_its_reference(tmp_path: Path) -> None:
    """Scores of both segments are only comparable if both were written along the same axes."""
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    one, other = GenerationLayout(tmp_path / "one"), GenerationLayout(tmp_path / "other")
    passages = PassageTable(ENTRIES, Silent())
    embeddings = _Embeddings(passages)
    written = _write(one, passages, embeddings)
    segment = Segment.open(one, embeddings.dim, written.engine, written.phrase_engine)
    try:
        sizes = {name: len(range_) for name, range_ in segment.entry_table.glossaries().items()}
        reference = ScoringReference(ReferenceTokens(segment.tokens, sizes), written.mean_words)
        few = PassageTable(ENTRIES[:1], Silent())
        live = _write(other, few, _Embeddings(few), reference)
    finally:
        segment.close()
    assert live.mean_words == written.mean_words
    assert other.token_axes.read_bytes() == one.token_axes.read_bytes()


def test_a_text_without_a_vector_is_refused(files: GenerationLayout) -> None:
    """A missing vector is an error, never a row of zeros."""
    passages = PassageTable(ENTRIES, Silent())
    empty = _Embeddings(PassageTable([], Silent()))
    for write in (write_vectors, partial(write_segment, engine=FLAT)):
        with pytest.raises(KeyError):
            write(files, passages, empty, Silent())

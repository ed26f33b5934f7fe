"""Entries laid out to be compared and asked, without an index of their own."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from semsearch.core.errors import IndexBusy, IndexMissing, ModelRefused
from semsearch.core.progress import Silent
from semsearch.index.query_vectors import QueryVectors
from semsearch.index.scratch_index import (
    EmbeddingSource,
    embedding_source,
    scratch_index,
    vectors_of,
)
from semsearch.ingest.build import build_index
from semsearch.models.encoders.hashed import HashedEncoder
from semsearch.ranking.weights import DEFAULT
from semsearch.search.glossary import Glossary
from semsearch.storage.files.layout import IndexLayout
from tests.conftest import ENTRIES, entry

HASHED = EmbeddingSource.by_model("hashed")


def test_a_scratch_index_answers_as_an_index_would(glossary: Glossary) -> None:
    """The same entries in the same order, with the same scores."""
    asked = "what keeps the steam around a loaf?"
    with scratch_index(ENTRIES, HASHED, Silent()) as bench:
        encoded = bench.encoder.encode_questions([asked])
        (question,) = QueryVectors.all_of([asked], encoded)
        scope = bench.retriever.entry_table.everything
        found = bench.retriever.candidates(question, 5, scope, (), DEFAULT)
        terms = [bench.entries[one.position].term for one in found]
        similarities = [round(one.meaning, 5) for one in found]
    hits = glossary.ask(asked, k=5).hits
    assert terms == [hit.entry.term for hit in hits]
    assert similarities == pytest.approx([hit.similarity for hit in hits], abs=1e-4)


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No temporary file stays, also after an error."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with scratch_index(ENTRIES, HASHED, Silent()):
        assert list(tmp_path.iterdir())
    with pytest.raises(ZeroDivisionError), scratch_index(ENTRIES, HASHED, Silent()):
        _ = 1 / 0
    assert list(tmp_path.iterdir()) == []


def test_the_nearest_are_ranked_with_an_entry_first_for_itself() -> None:
    """As the engine holds them, nearest first; a lone entry has only itself."""
    with scratch_index(ENTRIES, HASHED, Silent()) as bench:
        everything = np.arange(len(bench.entries))
        ranked = bench.segment.searcher.ranked(bench.segment.searcher.at(everything), 3)
        assert ranked[:, 0].tolist() == everything.tolist()
        assert ranked.shape == (len(ENTRIES), 3)
    with scratch_index(ENTRIES[:1], HASHED, Silent()) as bench:
        assert bench.segment.searcher.ranked(
            bench.segment.searcher.at(np.array([0])), 3
        ).tolist() == [[0]]


def test_vectors_come_in_the_order_of_the_texts(hashed_index: Path) -> None:
    """Equal texts share one; those of an index are used, and are those that its encoder makes."""
    texts = ["a loaf", ENTRIES[1].definition, "a loaf", "x"]
    expected = HashedEncoder().encode_entries(texts).vectors
    for meaning in (HASHED, EmbeddingSource.by_index(IndexLayout(hashed_index))):
        assert np.allclose(vectors_of(texts, meaning, Silent()), expected, atol=1e-6)


def test_what_embeds_is_found_before_anything_is_done(tmp_path: Path) -> None:
    """A missing model is refused before any work is done."""
    with pytest.raises(ModelRefused):
        embedding_source(None, str(tmp_path / "no-model"))
    with pytest.raises(IndexMissing):
        embedding_source(tmp_path / "nothing", None)


def test_a_build_that_forgets_texts_meanwhile_is_said(tmp_path: Path) -> None:
    """Rather than a wrong vector: the run has to be repeated."""
    index = tmp_path / "index"
    build_index(ENTRIES, index, model="hashed")
    meaning = EmbeddingSource.by_index(IndexLayout(index))

    class Forgetting(Silent):
        """Empties the store of the index as soon as texts have been looked up in it."""

        def start(self, step: str, total: int) -> None:
            if step == "embedding":
                with closing(sqlite3.connect(IndexLayout(index).store)) as store:
                    store.execute("DELETE FROM embedding")
                    store.commit()

    more = [*ENTRIES, entry("Peel", "A long shovel.")]
    with (
        pytest.raises(IndexBusy, match="run this again"),
        scratch_index(more, meaning, Forgetting()),
    ):
        pass

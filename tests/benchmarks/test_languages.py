"""The measurement of glossaries in other languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.quality.languages import DATA, GLOSSARIES, measured
from semsearch.core.errors import EncoderUnavailable
from semsearch.importers import read_corpus
from semsearch.quality.evaluation.judgements import read_judgements
from tests.chat_server import Reply
from tests.embeddings_server import EmbeddingsStandIn, embedding


def test_each_glossary_has_thirty_entries_and_two_questions_for_each() -> None:
    """No question is asked twice."""
    for name in GLOSSARIES:
        terms = [entry.term for entry in read_corpus([DATA / f"{name}.md"]).entries]
        asked = read_judgements(DATA / f"{name}.jsonl")
        assert len(set(terms)) == 30
        assert sorted(one.terms[0] for one in asked) == sorted([*terms, *terms])
        assert len({one.query for one in asked}) == 60


def test_german_words_are_found_more_often_by_german_stems(tmp_path: Path) -> None:
    """By words and names alone, whatever the encoder."""
    found = {
        (one.glossary, one.analysed_as): one.acc_at_1
        for one in measured(tmp_path, "hashed")
        if one.way == "words and names"
    }
    assert found["verwaltung", "German"] >= found["verwaltung", "English"] + 0.05
    assert found["cocina", "Spanish"] >= found["cocina", "English"] - 0.05


@pytest.mark.process
def test_a_question_without_its_vector_is_no_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that refuses one stops the measurement; its answer would be that of words alone."""

    def fault(texts: list[str]) -> Reply | None:
        return Reply(400, b"no") if any(text.endswith("?") for text in texts) else None

    with embedding(EmbeddingsStandIn(fault=fault)) as (server, _):
        monkeypatch.setenv("SEMSEARCH_EMBEDDINGS_API", server.url)
        with pytest.raises(EncoderUnavailable, match="words"):
            measured(tmp_path, "api:m")

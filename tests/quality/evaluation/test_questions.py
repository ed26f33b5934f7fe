"""Questions: the right terms are looked up, and nothing is dropped in silence.

Covers `quality/evaluation/outcomes`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.entries import Source
from semsearch.core.errors import EncoderUnavailable, ImportFailed
from semsearch.ingest.build import build_index
from semsearch.quality.evaluation.judgements import Judgement
from semsearch.quality.evaluation.outcomes import Failure, collect
from semsearch.quality.evaluation.questions import prepare
from semsearch.search.glossary import Glossary
from tests.chat_server import Reply
from tests.conftest import ENTRIES
from tests.embeddings_server import EmbeddingsStandIn, embedding
from tests.quality.evaluation.support import outcome


def judged(
    query: str, *terms: str, glossary: str = "bakery", kind: str = "answerable", line: int = 1
) -> Judgement:
    """Make a judged question."""
    kind = kind if terms else "near"
    return Judgement(query, glossary, terms, kind, Source("bakery.jsonl", line), is_named=True)


def test_terms_stand_for_entries(glossary: Glossary) -> None:
    """Terms, ids, aliases and other spellings match; each entry counts once."""
    terms = ("Crumb", "bakery:leaven", "BANNETON", "dutch oven", "inner loaf")
    (question,), warnings = prepare(glossary, [judged("what?", *terms)])
    assert question.right == (
        "bakery:crumb",
        "bakery:leaven",
        "bakery:proofing-basket",
        "bakery:dutch-oven",
    )
    assert warnings == []


def test_a_term_that_the_glossary_lacks_is_reported_and_missed(glossary: Glossary) -> None:
    """The warning has the nearest name of the glossary; terms of others are unknown."""
    asked = [judged("crumb", "Crum"), judged("the body of a ship", "Hull", line=2)]
    questions, warnings = prepare(glossary, asked)
    assert warnings == [
        "bakery.jsonl:1: bakery has no term 'Crum' (did you mean 'Crumb'?), so it counts as a miss",
        "bakery.jsonl:2: bakery has no term 'Hull', so it counts as a miss",
    ]
    assert [o.rank for o in collect(glossary, questions)] == [None, None]


def test_a_question_that_stands_there_twice_counts_once(glossary: Glossary) -> None:
    """A repeat gives a warning; two different judgements are refused."""
    questions, warnings = prepare(
        glossary, [judged("crumb", "Crumb"), judged("crumb", "Crumb", line=2)]
    )
    assert len(questions) == 1
    assert warnings == [
        "bakery.jsonl:2: the question stands already at bakery.jsonl:1, so it counts once"
    ]
    with pytest.raises(ImportFailed, match=r"bakery.jsonl:2: .*already at bakery.jsonl:1, with"):
        prepare(glossary, [judged("crumb", "Crumb"), judged("crumb", "Hull", line=2)])
    other, _ = prepare(
        glossary, [judged("crumb", "Crumb"), judged("crumb", "Hull", glossary="harbour")]
    )
    assert [q.glossary for q in other] == ["bakery", "harbour"]
    assert other[0].key != other[1].key


def test_a_glossary_that_the_index_lacks_is_named_with_its_line(glossary: Glossary) -> None:
    """Together with those there are."""
    with pytest.raises(
        ImportFailed, match=r":3: .* no glossary 'tools' .*there are bakery, harbour; name"
    ):
        prepare(glossary, [judged("x", "Crumb", glossary="tools", line=3)])


@pytest.mark.model
def test_the_only_glossary_is_asked_whatever_the_file_is_called(seed: Glossary) -> None:
    """A line may still name another glossary."""
    stated = Judgement("x", "my-file", ("Epoch",), "answerable", Source("f", 1), is_named=False)
    questions, _ = prepare(seed, [stated])
    assert questions[0].glossary == "deep-learning"
    with pytest.raises(ImportFailed, match="no glossary 'my-file'"):
        prepare(seed, [judged("x", "Epoch", glossary="my-file")])


def test_an_outcome_holds_what_was_asked_and_shown(glossary: Glossary) -> None:
    """Ids and tiers in their order, the rank of the first right one, and a time."""
    questions, _ = prepare(
        glossary, [judged("inner loaf", "Leaven", "Crumb"), judged("quantum physics")]
    )
    found, hopeless = collect(glossary, questions)
    assert (found.rank, found.shown[0].id, found.shown[0].tier) == (1, "bakery:crumb", "exact")
    assert {hit.id.split(":")[0] for hit in found.shown} == {"bakery"}
    assert (found.is_right, found.failure, found.confidence) == (True, None, 0.99)
    assert 0 < found.seconds < 10
    assert (hopeless.rank, hopeless.is_right, hopeless.is_refused) == (None, False, True)
    assert collect(glossary, []) == []


def test_what_went_wrong_has_a_name() -> None:
    """Four ways to fail, and none."""
    made = [
        outcome(None),
        outcome(3),
        outcome(1, is_refused=True),
        outcome(kind="near"),
        outcome(1),
        outcome(kind="far", is_refused=True),
    ]
    assert [o.failure for o in made] == [
        Failure.MISSING,
        Failure.LOW,
        Failure.HIDDEN,
        Failure.ANSWERED,
        None,
        None,
    ]


@pytest.mark.process
def test_a_question_that_is_not_embedded_has_no_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An embeddings server without a vector for it stops the evaluation, which says what to do."""

    def fault(texts: list[str]) -> Reply | None:
        return Reply(400, b"no") if texts[0].startswith("what") else None

    with embedding(EmbeddingsStandIn(fault=fault)) as (server, _):
        monkeypatch.setenv("SEMSEARCH_EMBEDDINGS_API", server.url)
        build_index(ENTRIES, tmp_path / "index", model="api:m")
        with Glossary.open(tmp_path / "index") as glossary:
            asked = [judged("how does a loaf rise?", "Leaven"), judged("what rises?", "Leaven")]
            questions, _ = prepare(glossary, asked)
            assert len(collect(glossary, questions[:1])) == 1
            with pytest.raises(EncoderUnavailable, match=r"'what rises\?' was answered by words"):
                collect(glossary, questions)

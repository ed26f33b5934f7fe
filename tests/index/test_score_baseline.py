"""What a new generation answers to its own sentences, and what that is good for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.answers import Verdict
from semsearch.core.entries import Entry
from semsearch.index.score_baseline import TYPICAL
from semsearch.ingest.build import build_index
from semsearch.ranking.similarity_baseline import MIN_OWN_SAMPLES, baseline_of
from semsearch.ranking.weights import DEFAULT, weights_as_dict
from semsearch.search.glossary import Glossary
from tests.conftest import ENTRIES, entry


def _built(folder: Path, entries: list[Entry], model: str = "hashed") -> Glossary:
    build_index(entries, folder, model=model)
    return Glossary.open(folder)


def test_sentences_are_asked_without_their_own_entry(tmp_path: Path) -> None:
    """Each glossary and all together have a baseline, below what an own sentence reaches."""
    with _built(tmp_path, list(ENTRIES)) as glossary:
        apart, together = glossary.score_baseline("bakery"), glossary.score_baseline()
        assert apart != together != TYPICAL
        own = glossary.ask("It is fed with flour.", glossary="bakery")
        assert own.hits[0].entry.term == "Leaven"
        parts = own.hits[0].evidence.parts
        fused = sum(weight * getattr(parts, n) for n, weight in weights_as_dict(DEFAULT).items())
        assert apart.z_score(fused) > 0


def test_copies_are_no_baseline(tmp_path: Path) -> None:
    """Every entry twice, under another name, gives nearly the baseline of every entry once."""
    once = [e for e in ENTRIES if e.glossary == "bakery"]
    twice = [*once, *(replace(e, id=f"{e.id}-2", term=f"Other {e.term}") for e in once)]
    with _built(tmp_path / "1", once) as one, _built(tmp_path / "2", twice) as two:
        single, double = one.score_baseline(), two.score_baseline()
    assert double.mean < single.mean  # a copy would have made it some 2
    assert double.mean < 1.5


def test_few_scores_say_little() -> None:
    """One score of a hundred entries weighs a tenth: a deviation of nothing would make all sure."""
    found = baseline_of([0.2], 100, TYPICAL)
    assert found.mean == pytest.approx(
        0.2 / MIN_OWN_SAMPLES + TYPICAL.mean * (1 - 1 / MIN_OWN_SAMPLES)
    )
    assert found.deviation == pytest.approx(TYPICAL.deviation * (1 - 1 / MIN_OWN_SAMPLES))
    assert baseline_of([], 100, TYPICAL) == TYPICAL


@pytest.mark.model
@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_glossary_of_few_entries_knows_what_it_does_not_know(tmp_path: Path, count: int) -> None:
    """Nothing from elsewhere is a close match, and what fits still is."""
    some = [e for e in ENTRIES if e.term in ("Dutch Oven", "Leaven", "Crumb", "Hull")][:count]
    with _built(tmp_path, some, model="default") as glossary:
        for question in ("how do I reset my password", "when is the next election", "crime"):
            assert glossary.ask(question).verdict is Verdict.NONE
        assert glossary.ask("what makes new dough rise?").hits[0].entry.term == "Leaven"


def test_what_is_stated_is_what_is_compared(glossary: Glossary) -> None:
    """Asked again with its own confidence as the least, an answer stays a match."""
    for one in ("which pot keeps steam", "books", "the flour", "a share of it", "levaen", "ship"):
        sure = glossary.ask(one).confidence
        assert glossary.ask(one, min_confidence=sure).verdict is not Verdict.NONE
        if sure < 1:
            assert glossary.ask(one, min_confidence=sure + 1e-4).verdict is Verdict.NONE


def test_an_entry_of_one_word_is_asked_too(tmp_path: Path) -> None:
    """No sentence can pass for a question, so the typical baseline is taken."""
    with _built(tmp_path, [entry("Rye", "Grain")]) as glossary:
        assert glossary.score_baseline() == TYPICAL

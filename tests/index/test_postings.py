"""BM25: the scores are those of the formula, and shared words are cut out by their stems."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from semsearch.core.entries import Details, Entry
from semsearch.core.positions import PositionFilter
from semsearch.core.progress import Silent
from semsearch.index.files.postings import (
    MAX_POSTINGS,
    PostingsIndex,
    write_postings,
)
from semsearch.index.retrieval import NO_NUMBERS
from semsearch.index.segments.multi import MultiPostings
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.text.stems import question_stems, shared_words, stem, stem_places, words_with_stems
from tests.conftest import entry

ENTRIES = (
    entry("Sponge", "A sponge of flour and water, flour first."),
    entry("Roux", "Flour cooked in butter."),
    entry("Mast", "A pole that carries the sails of a ship, ships have several.", "harbour"),
)


@pytest.fixture
def words(tmp_path: Path) -> MultiPostings:
    """Give the words of three entries."""
    return _words(tmp_path, ENTRIES)


def _words(folder: Path, entries: Sequence[Entry]) -> MultiPostings:
    files = GenerationLayout(folder)
    write_postings(files, entries, Silent())
    return MultiPostings([PostingsIndex(files)], [len(entries)], NO_NUMBERS)


def _scope(*positions: int) -> PositionFilter:
    return PositionFilter.of([range(*positions)])


def test_the_words_of_phrases_find_an_entry(tmp_path: Path) -> None:
    """A question like an earlier one shares words with the phrase, not with the definition."""
    asked = Details.of({"asked_as": ("what makes a sauce thick",)})
    entries = [replace(ENTRIES[1], details=asked), ENTRIES[0]]
    found = _words(tmp_path, entries).find("thick sauce", _scope(0, 2))
    assert found.best(10).tolist() == [0]


def test_the_words_of_extra_fields_find_an_entry(tmp_path: Path) -> None:
    """Those of their texts; the names of fields are the same for all entries."""
    owned = Details(extra=(("Custodian", "Marguerite"),))
    words = _words(tmp_path, [replace(ENTRIES[1], details=owned), ENTRIES[0]])
    assert words.find("marguerite", _scope(0, 2)).best(10).tolist() == [0]
    assert words.find("custodian", _scope(0, 2)).best(10).tolist() == []


def test_a_score_is_that_of_the_formula(words: MultiPostings) -> None:
    """Okapi BM25 with k1 1.2 and b .75, idf ln(1 + (N - n + .5) / (n + .5)), counted by hand."""
    lengths = [9, 5, 13]  # words of the names and the definition
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    expected = []
    for uses, length in zip([2, 1, 0], lengths, strict=True):
        norm = 1.2 * (1 - 0.75 + 0.75 * length / (sum(lengths) / 3))
        expected.append(idf * uses * 2.2 / (uses + norm))
    np.testing.assert_allclose(
        words.find("flours", _scope(3)).scores(np.arange(3)), expected, rtol=1e-5
    )


def test_the_worth_of_a_word_is_that_within_the_glossary_asked(words: MultiPostings) -> None:
    """In the first glossary both entries use the word, so it is worth little there."""
    alone = words.find("flour", _scope(2)).scores(np.arange(2))
    together = words.find("flour", _scope(3)).scores(np.arange(3))
    assert alone.shape == (2,)
    assert 0 < alone[0] < together[0]
    assert words.find("flour", _scope(2, 3)).scores(np.array([2])).tolist() == [0.0]


def test_words_that_nobody_uses_score_nothing(words: MultiPostings) -> None:
    """Quotes, operators and an empty stem have no score either."""
    for question in ("zebra", 'flour"', "NOT", "_", "x y"):
        scores = words.find(question, _scope(3)).scores(np.arange(3))
        assert scores.shape == (3,)
        assert (scores > 0).any() == ("flour" in question)


def test_the_best_by_words_are_those_of_the_highest_scores(words: MultiPostings) -> None:
    """All that share a word, or the k best; none for none."""
    found = words.find("flour in butter", _scope(3))
    assert found.best(5).tolist() == [0, 1]
    assert found.best(1).tolist() == [int(found.scores(np.arange(3)).argmax())] == [1]
    assert words.find("flour", _scope(2, 3)).best(5).tolist() == []
    assert words.find("", _scope(3)).best(5).tolist() == []


@pytest.mark.process
def test_a_word_of_many_entries_proposes_none_but_counts(tmp_path: Path) -> None:
    """A rare word beside it finds its entries, which get the worth of both."""
    many = [entry(f"Board {n}", "A shelf.") for n in range(MAX_POSTINGS)]
    many.append(entry("Plank", "An oaken shelf."))
    words = _words(tmp_path, many)
    everything = _scope(len(many))
    found = words.find("oaken shelf", everything)
    assert found.best(9).tolist() == [MAX_POSTINGS]
    alone = words.find("oaken", everything).scores(np.array([MAX_POSTINGS]))
    assert found.scores(np.array([MAX_POSTINGS])) > alone
    assert words.find("shelf", everything).best(9).tolist() == []
    assert (words.find("shelf", everything).scores(np.arange(3)) > 0).all()


def test_words_are_known_in_any_form_and_counted_as_they_are_written(words: MultiPostings) -> None:
    """Stop words are not asked about, and words with digits cannot be meant."""
    assert words.unknown("which ship sails with flours", _scope(3)) == []
    assert words.unknown("a zebra on a Shipp's saill", _scope(3)) == ["zebra", "Shipp", "saill"]
    assert words.unknown("+", _scope(3)) == ["+"] or words.unknown("+", _scope(3)) == []
    assert words.unknown("flour", _scope(0)) == ["flour"]
    assert [words.uses(word) for word in ("flour", "ships", "sponge", "zebra")] == [3, 1, 2, 0]
    assert words.alike("s", 5) == ["sails", "ships"]
    assert words.alike("z", 5) == []


def test_shared_words_are_found_by_stem_and_cut_out_by_offset() -> None:
    """Plural and singular are one word, and case does not count."""
    definition = ENTRIES[2].definition
    asked = question_stems("which SHIPS carry a sail?")
    spans = shared_words(asked, definition, stem_places(definition))
    assert [span.text for span in spans] == ["carries", "sails", "ship", "ships"]
    assert all(definition[span.start : span.end] == span.text for span in spans)


def test_a_stem_does_not_depend_on_case_or_accents() -> None:
    """Alike in entries and questions."""
    assert stem("Caf\u00e9s") == stem("cafe")
    assert stem("CNNs") == stem("cnn")
    assert question_stems("network networks NETWORK") == ("network",)


def test_words_with_vowel_signs_are_not_cut() -> None:
    """Entries and questions cut words alike, in any script."""
    text = "\u0915\u093e\u092e \u0915\u093f\u092e"
    found = words_with_stems(text)
    assert [text[start:end] for _, start, end in found] == text.split()
    assert tuple(stem for stem, _, _ in found) == question_stems(text)
    assert len(set(question_stems(text))) == 2

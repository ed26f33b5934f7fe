"""Phrases by which people ask.

Kept apart from definitions, compared with a question, found by either engine.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from semsearch.core.arrays import Vectors
from semsearch.core.checksums import text_hash
from semsearch.core.entries import Details, Entry
from semsearch.core.positions import PositionFilter
from semsearch.core.progress import Silent
from semsearch.index.ann.engine import FLAT, GRAPH, write_phrase_ann
from semsearch.index.files.asked_as import NO_PHRASE, AskedAsPhrases, write_phrases
from semsearch.index.passage_table import PassageTable
from semsearch.index.segments.multi import MultiAskedAsPhrases
from semsearch.models.encoders.hashed import HashedEncoder
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.text.passages import embedded_names, passages_of

COUNTS = [2, 0, 3, 1, 0, 64] * 20
NO_NUMBERS = np.empty(0, dtype=np.int64)


def asked(number: int, count: int) -> Entry:
    """Make an entry with so many phrases."""
    phrases = tuple(f"what is number {number} for the {i}th time" for i in range(count))
    return Entry(
        f"g:{number}",
        f"T{number}",
        f"It is {number}.",
        "g",
        details=Details.of({"asked_as": phrases}),
    )


ENTRIES = [asked(number, count) for number, count in enumerate(COUNTS)]


def phrases_in(folder: Path, engine: str, entries: list[Entry]) -> AskedAsPhrases:
    """Write the phrases of entries, with an engine of this name, and open them."""
    files, encoder = GenerationLayout(folder), HashedEncoder()
    built = PassageTable(entries, Silent())
    text_of = {text_hash(built.text(row)): built.text(row) for row in built.phrase_rows}

    def vectors(hashes: list[bytes]) -> Vectors:
        return encoder.encode_entries([text_of[one] for one in hashes]).vectors

    write_phrases(files, built, vectors, Silent())
    return AskedAsPhrases(
        files, encoder.dim, write_phrase_ann(files, encoder.dim, engine, Silent())
    )


def vector(text: str) -> Vectors:
    """Return the vector of a question."""
    found: Vectors = HashedEncoder().encode_entries([text]).vectors[0]
    return found


def test_phrases_follow_all_passages_and_names() -> None:
    """Rows of passages are as without phrases; phrases come last, entry by entry."""
    two, none, three = asked(1, 2), asked(2, 0), asked(3, 1)
    built = PassageTable([two, none, three], Silent())
    assert [p.text for p in passages_of(two)] == ["It is 1."]
    assert (list(built.passage_rows), list(built.phrase_rows)) == ([0, 1, 2], [6, 7, 8])
    assert built.first_phrases.tolist() == [0, 2, 2, 3]
    texts = [built.text(row) for row in built.rows]
    assert texts == [
        "It is 1.",
        "It is 2.",
        "It is 3.",
        *(name for one in (two, none, three) for name in embedded_names(one)),
        *two.details.asked_as,
        "what is number 3 for the 0th time",
    ]
    assert built.hashes(built.rows) == [text_hash(text) for text in texts]


@pytest.mark.parametrize("engine", [FLAT, GRAPH])
def test_an_entry_is_found_by_a_phrase_alone(tmp_path: Path, engine: str) -> None:
    """The search is over all entries, a range, and some; entries without phrases never match."""
    phrases = phrases_in(tmp_path, engine, ENTRIES)
    everything = range(len(ENTRIES))
    for at in (0, 5, 63, 119):
        question = vector(ENTRIES[at].details.asked_as[-1])
        assert at in phrases.nearest(question, 10, everything, None)
        assert at in phrases.nearest(question, 10, range(at, at + 1), None)
        assert at not in phrases.nearest(question, 10, range(at), None)
        assert phrases.nearest(question, 10, everything, np.array([at])).tolist() == [at]
    assert not len(phrases.nearest(vector("number"), 10, range(1, 2), None))


def test_the_best_phrase_of_each_entry_is_told(tmp_path: Path) -> None:
    """The result has its place within the entry and its cosine; without phrases 0 and none."""
    phrases = phrases_in(tmp_path, FLAT, ENTRIES)
    question = vector(ENTRIES[5].details.asked_as[40])
    positions = np.array([5, 1, 2, 0])
    scores, best = phrases.best(question, positions)
    assert best[0] == 40
    assert best[1] == NO_PHRASE
    assert scores[1] == 0
    for score, which, at in zip(scores, best, positions, strict=True):
        own = [vector(phrase) @ question for phrase in ENTRIES[at].details.asked_as]
        if own:
            assert score == pytest.approx(max(own), abs=0.01)
            assert own[which] == pytest.approx(max(own), abs=0.01)


def test_a_phrase_is_known_again_whatever_its_case_and_marks(tmp_path: Path) -> None:
    """The whole phrase must be equal, not a part of it."""
    phrases = phrases_in(tmp_path, FLAT, ENTRIES)
    assert phrases.equal_to("WHAT is number 3, for the 0th time?").tolist() == [3]
    assert not len(phrases.equal_to("number 3"))


def test_no_entry_has_a_phrase(tmp_path: Path) -> None:
    """Without phrases every engine finds nothing."""
    phrases = phrases_in(tmp_path, GRAPH, [asked(1, 0)])
    question = vector("number")
    assert len(phrases) == 0
    assert not len(phrases.nearest(question, 10, range(1), None))
    scores, best = phrases.best(question, np.array([0]))
    assert (scores.tolist(), best.tolist()) == ([0], [NO_PHRASE])


def test_the_phrases_of_hidden_entries_hide_nobody(tmp_path: Path) -> None:
    """However many they are, as many others are found as are wanted."""
    twins = [
        Entry(
            f"g:{i}",
            f"T{i}",
            "It is.",
            "g",
            details=Details.of({"asked_as": ("same question", f"other {i}")}),
        )
        for i in range(300)
    ]
    phrases = phrases_in(tmp_path, FLAT, twins)
    hidden = np.arange(250)
    segments = MultiAskedAsPhrases([phrases], [300], hidden)
    everything = PositionFilter.of([range(300)], frozenset(hidden.tolist()))
    assert segments.nearest(vector("same question"), 20, everything).tolist()[:20] == list(
        range(250, 270)
    )
    assert segments.equal_to("Same question?", everything).tolist() == list(range(250, 300))
    assert MultiAskedAsPhrases([phrases], [300], NO_NUMBERS).equal_to(
        "other 7", everything
    ).tolist() == [7]

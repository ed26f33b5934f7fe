"""Entries that know how people ask for them.

Found by a phrase, shown with it, and else as they are without.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.answers import Tier, Verdict
from semsearch.core.entries import Details, Entry
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.search.evidence import MIN_PHRASE_COSINE
from semsearch.search.glossary import Glossary
from tests.conftest import ENTRIES

QUESTION = "Wobbly jelly grandmother zebra?"
"""Words that no definition has."""


def asking(entry: Entry, *phrases: str) -> Entry:
    """Return an entry with phrases."""
    return replace(entry, details=Details.of({"asked_as": phrases}))


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Build an index in which one entry has phrases."""
    entries = [
        asking(ENTRIES[2], "wobbly jelly grandmother zebra", "pot"),
        *ENTRIES[:2],
        *ENTRIES[3:],
    ]
    build_index(entries, tmp_path, model="hashed", common_questions=False)
    return tmp_path


@pytest.fixture
def opened(index: Path) -> Iterator[Glossary]:
    """Open it."""
    with Glossary.open(index) as glossary:
        yield glossary


def test_an_entry_is_found_by_what_somebody_asked(opened: Glossary) -> None:
    """The phrase matches in any case and with any marks; its words occur nowhere else.

    It is not taken for misspelt and nearly certain.
    """
    answer = opened.ask(QUESTION)
    first, second = answer.hits[:2]
    assert (first.entry.id, first.matched_by) == ("bakery:dutch-oven", Tier.MEANING)
    assert (first.evidence.phrase, answer.repaired) == ("wobbly jelly grandmother zebra", None)
    assert first.evidence.parts.asked == pytest.approx(1, abs=0.01)
    assert (answer.verdict, answer.confidence > 0.9) == (Verdict.STRONG, True)
    assert (second.evidence.phrase, second.evidence.parts.asked) == (None, 0)
    assert first.evidence.sentence is not None
    assert first.evidence.sentence.text in first.entry.definition


def test_a_short_question_that_somebody_asked_is_no_bare_word(
    opened: Glossary, index: Path
) -> None:
    """The low confidence of short questions does not apply to one that equals a phrase."""
    with Editor(index) as editor:
        editor.change("bakery:crumb", details={"asked_as": ("zebra grandmother",)})
    assert opened.ask("Zebra grandmother!").confidence > 0.9


def test_a_phrase_that_is_not_near_says_nothing(opened: Glossary) -> None:
    """Neither the score nor the evidence of a hit has it."""
    hits = opened.ask("the body of a ship, without masts").hits
    assert "bakery:dutch-oven" in {hit.entry.id for hit in hits}
    for hit in hits:
        assert hit.evidence.parts.asked <= MIN_PHRASE_COSINE
        assert hit.evidence.phrase is None


def test_a_phrase_is_found_as_soon_as_it_is_there(opened: Glossary, index: Path) -> None:
    """A live edit adds the phrase and another one removes it."""
    question = "purple monkey dishwasher"
    with Editor(index) as editor:
        editor.change("harbour:hull", details={"asked_as": (question,)})
        hit = opened.ask(question).hits[0]
        assert (hit.entry.id, hit.evidence.phrase) == ("harbour:hull", question)
        assert opened.ask(QUESTION).hits[0].entry.id == "bakery:dutch-oven"
        editor.change("harbour:hull", details={"asked_as": ()})
        assert all(hit.evidence.phrase is None for hit in opened.ask(question).hits)
        editor.change("bakery:dutch-oven", details={"asked_as": ()})
        assert all(hit.evidence.phrase is None for hit in opened.ask(QUESTION).hits)


def test_phrases_of_one_glossary_are_asked_in_it_alone(opened: Glossary) -> None:
    """A question to one glossary matches no phrase of another."""
    hits = opened.ask(QUESTION, glossary="harbour").hits
    assert {hit.entry.glossary for hit in hits} == {"harbour"}
    assert {hit.evidence.phrase for hit in hits} == {None}
    assert opened.ask(QUESTION, glossary="bakery", language="en").hits[0].evidence.phrase


def test_what_is_not_asked_is_as_without_phrases(opened: Glossary, glossary: Glossary) -> None:
    """Related terms and definitions."""
    for entry in ENTRIES:
        ours, plain = opened.related(entry.id).similar, glossary.related(entry.id).similar
        assert [(n.entry.id, n.similarity) for n in ours] == [
            (n.entry.id, n.similarity) for n in plain
        ]
    assert opened.ask("dutch oven").hits[0].entry.definition == ENTRIES[2].definition
    assert opened.atlas().part().total == glossary.atlas().part().total


def test_a_rebuild_embeds_new_phrases_only(index: Path) -> None:
    """A rebuild drops the vectors of removed phrases."""
    with Editor(index) as editor:
        entries = [editor.entry(entry.id).entry for entry in ENTRIES]
    assert build_index(entries, index, model="hashed", common_questions=False).embedded == 0
    entries[0] = asking(entries[0], "sour", "a starter")
    report = build_index(entries, index, model="hashed", common_questions=False)
    assert (report.embedded, report.changes.changed) == (2, (ENTRIES[0].id,))


def test_a_word_of_a_phrase_is_no_typing_error(opened: Glossary) -> None:
    """Words of phrases are known in any form; an unused word may be an error."""
    assert opened.ask("zebras in a pot").repaired is None
    assert opened.ask("zebras of grandmothers").repaired is None
    assert opened.ask("fermmented dough").repaired == "fermented dough"

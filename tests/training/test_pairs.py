"""Pairs hide the term in the question and show the definition of the other source."""

from __future__ import annotations

from training.matching import MatchedSense
from training.pairs import MAX_WORDS, as_entry, of_entry, of_match, random_of
from training.senses import Sense, TrainingPair


def sense(id_: str, source: str, definition: str, *examples: str) -> Sense:
    """Return a meaning of "leaven"."""
    names = ("leaven", "starter")
    return Sense(
        id=id_, source=source, names=names, part="n", definition=definition, examples=examples
    )


def made(number: int) -> list[TrainingPair]:
    """Return the pairs of a match whose chances depend on a number."""
    ours = sense(
        f"web-{number}",
        "webster",
        "A sour dough that makes others rise",
        "a leaven of the best rye",
    )
    theirs = sense(f"wn-{number}", "wordnet", "a leavened culture")
    return [*of_match(MatchedSense(ours, theirs, 0.9))]


def test_a_definition_asks_for_the_one_of_the_other_dictionary() -> None:
    """One that has a form of the name is no question, and every pair knows meaning and names."""
    crossed = [pair for n in range(20) for pair in made(n) if pair.kind == "cross"]
    assert {pair.query for pair in crossed} == {"a sour dough that makes others rise"}
    assert {pair.document for pair in crossed} == {
        "A leavened culture.",
        "Leaven: a leavened culture.",
        "A leaven is a leavened culture.",
    }
    assert {(p.source, p.terms) for p in crossed} == {("webster>wordnet", ("leaven", "starter"))}
    assert [pair.sense for pair in crossed] == [f"wn-{n}" for n in range(20)]


def test_all_kinds_are_made_and_a_meaning_always_gives_the_same() -> None:
    """Examples hide the word; terms are asked for and asked with."""
    pairs = [pair for n in range(200) for pair in made(n)]
    assert {pair.kind for pair in pairs} == {"cross", "question", "terms", "example"}
    assert {p.query for p in pairs if p.kind == "example"} == {"a something of the best rye"}
    assert {p.document for p in pairs if p.kind == "terms" and p.query[0] == "a"} == {
        "leaven, starter"
    }
    assert made(7) == made(7)


def test_a_sentence_asks_for_the_rest_of_its_entry() -> None:
    """The rest may have the term in front, and never has the sentence."""
    text = "Leaven is a culture of yeast and flour. A good leaven doubles within four hours of feeding."
    pairs = [
        p for n in range(50) for p in of_entry(sense(f"x:{n}", "x", text)) if p.kind == "inner"
    ]
    assert {pair.document for pair in pairs} == {
        "Leaven is a culture of yeast and flour.",
        "Leaven: Leaven is a culture of yeast and flour.",
        "A good leaven doubles within four hours of feeding.",
        "Leaven: A good leaven doubles within four hours of feeding.",
    }
    assert not [pair for pair in pairs if "leaven" in pair.query.lower()]


def test_an_entry_of_a_sentence_has_no_rest() -> None:
    """It asks for itself at most; an empty one for nothing."""
    one = "A culture of yeast and flour that raises dough."
    kinds = {p.kind for n in range(99) for p in of_entry(sense(f"x:{n}", "x", one))}
    assert kinds == {"technical", "terms"}
    assert [*of_entry(sense("x", "x", ""))] == []


def test_long_entries_end_with_a_sentence() -> None:
    """A long entry is cut after a sentence, if it has one."""
    long = sense("x", "x", "It rises and falls. " * 100)
    found = as_entry("leaven", long, random_of("x"))
    assert len(found.split()) <= MAX_WORDS
    assert found.endswith("falls.")

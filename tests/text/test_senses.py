"""How likely an entry means what a concept of its name means."""

from __future__ import annotations

import pytest

from semsearch.core.entries import Entry
from semsearch.text.senses import MIN_PROBABILITY, CommonConcept, EntrySense

RADIUS = CommonConcept(
    "radius",
    (),
    "Distance from the centre of a circle to its edge.",
    ("how far it is from the middle of a wheel to the rim", "half of a diameter"),
)


def probability(definition: str, term: str = "Radius", concept: CommonConcept = RADIUS) -> float:
    """Return how likely an entry means a concept."""
    return EntrySense(Entry("words:x", term, definition, "words")).probability(concept)


def test_the_sense_is_likelier_the_more_is_shared() -> None:
    """Topics alone, a rare word, several words."""
    found = [
        probability("A bone of the arm on the side of the thumb."),
        probability("A straight piece of a figure."),
        probability("A line between the centre and any point of a circle."),
    ]
    assert found == sorted(found)
    assert found[0] < 0.2 < MIN_PROBABILITY < found[-1]


def test_words_of_every_field_count_nothing() -> None:
    """Nearly all concepts have such words, so they tell no sense."""
    with_common = probability("What people use to make a thing go from one place to another.")
    assert with_common < 0.1


def test_a_long_definition_shares_words_by_chance() -> None:
    """The same shared words say less in it."""
    short = "The edge of a circle."
    long = f"{short} " + " ".join(f"{word}ness" for word in ("bleak", "stark", "dim", "drab") * 5)
    assert probability(long) < probability(short)


@pytest.mark.parametrize("term", ["RADIUS", "Radius"])
def test_an_acronym_is_no_clear_name(term: str) -> None:
    """And neither is a word of the language."""
    assert probability("", term) < 0.1


def test_a_definition_may_say_the_clear_name() -> None:
    """The expansion of an acronym tells its sense."""
    text = "Data acquisition with supervisory control, for plants."
    name = "acquisition with supervisory control"
    definition = "Systems that collect data of distributed plants and let operators supervise them."
    said = probability(text, "SCADA", CommonConcept("SCADA", (name,), definition, ()))
    unsaid = probability(text, "SCADA", CommonConcept("SCADA", (), definition, ()))
    assert said > unsaid

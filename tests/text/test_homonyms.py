"""Names that stand for things of two fields: an entry has the questions of its own, or none.

The definitions were contrived for this test. Covers `text/senses.py`.
"""

from __future__ import annotations

import pytest

from semsearch.core.entries import Entry
from semsearch.text.common_questions import bundled

OTHER_SENSES = {
    "Bootstrap": "A loop of leather at the back of a riding boot by which it is pulled on.",
    "Bounce rate": "How high a rubber ball comes back from a hard floor.",
    "Brute force": "The raw strength with which wrestlers push an opponent from the ring.",
    "Carbon sink": "A basin in a kitchen made of black composite.",
    "Circuit breaker": "A short lockdown of a few weeks that slows the spread of a virus.",
    "Cold storage": "A hall in which apples are kept at two degrees until spring.",
    "Confusion matrix": "A tissue that forms where two bones grow together wrongly.",
    "Dead letter": "A piece of mail that can neither be delivered nor returned to its sender.",
    "Decision tree": "A tall oak on a village green under which the elders met.",
    "Dropout": "The slotted end of a bicycle fork that holds the axle of the wheel.",
    "Foreign key": "A metal tool for a lock, bought abroad.",
    "Garbage collection": "The weekly emptying of household bins by a lorry of the city.",
    "Honeypot": "A clay jar in which a beekeeper stores honey for the winter.",
    "Hot spare": "A wheel kept inflated on the service car for a rider with a puncture.",
    "Learning rate": "How quickly new workers at a plant reach the normal pace of assembly.",
    "Load balancer": "A linkage that shares the weight of a trailer between its two axles.",
    "Natural key": "A door opener made from a piece of driftwood.",
    "Natural selection": "A shelf of a shop with food that is grown without chemicals.",
    "Race condition": "The state of a horse that is trained and fit to run on the day.",
    "Random forest": "A stand of trees that grew from wind-blown seed.",
    "Smoke test": "A check of a chimney in which coloured fumes show where it leaks.",
    "Sticky session": "A workshop at which children bake caramel.",
}
"""Definitions of a field that the questions of the name are not about."""

MISTAKEN = {
    "Batch size": "The number of loaves that a bakery shapes and bakes together.",
    "Black hole": "A dungeon in a fort where prisoners were kept in the dark.",
    "Blind spot": "The place of a house front where no window is.",
    "Class action": "What pupils do together in a lesson, such as singing a song.",
    "Elevator pitch": "The slope at which a lift for skiers climbs.",
    "Firewall": "The steel bulkhead between the engine and the cabin of an aircraft.",
    "Heat sink": "A washbasin with a tap for hot water.",
    "Kill switch": "A red cord clipped to the driver of a boat that stops the engine.",
}
"""Definitions of another field that are taken for the one of the name, all with a name of several
ordinary words and a word of the field. In glossaries of others one in twenty is."""

SAME_SENSE = {
    "Bridge": "A card game for two pairs of players who bid for tricks.",
    "Cherry picker": "A lorry with a hydraulic arm and a basket for workers at street lamps.",
    "Dead man's switch": "A lever in a train that stops it when the driver lets go.",
    "Dominant": "The fifth note of a scale, which leads back to the first.",
    "Staurolite": "A red brown to black, mostly opaque mineral.",
    "Transformer": "Two coils on an iron core that change the voltage of alternating current.",
}


def questions(term: str, definition: str) -> tuple[str, ...]:
    """Return the common questions of an entry."""
    return bundled().of(Entry("words:x", term, definition, "words"))


@pytest.mark.parametrize(("term", "definition"), OTHER_SENSES.items(), ids=OTHER_SENSES)
def test_a_word_of_every_field_tells_no_sense(term: str, definition: str) -> None:
    """Such words are shared by chance."""
    assert questions(term, definition) == ()


@pytest.mark.parametrize(("term", "definition"), SAME_SENSE.items(), ids=SAME_SENSE)
def test_words_of_the_field_tell_the_sense(term: str, definition: str) -> None:
    """And for a name that is no ordinary word any shared word will do."""
    assert len(questions(term, definition)) >= 4


def test_few_are_mistaken() -> None:
    """The rule is one of likelihood; what it mistakes is known."""
    mistaken = {term for term, definition in MISTAKEN.items() if questions(term, definition)}
    assert len(mistaken) < 0.3 * len(MISTAKEN | OTHER_SENSES)

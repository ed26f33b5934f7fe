"""Definitions become what people ask, without losing what they say."""

from __future__ import annotations

from random import Random

import pytest

from training.questions import MAX_WORDS, plain, question, sentence


def forms(make: str, text: str, part: str = "n") -> set[str]:
    """Return every form that a hundred different chances give."""
    made = (question(text, part, Random(seed)) for seed in range(200))  # noqa: S311
    return set(made) if make == "question" else {sentence(text, Random(s)) for s in range(200)}  # noqa: S311


@pytest.mark.parametrize(
    ("definition", "part", "asked"),
    [
        ("A person who bakes bread", "n", "who bakes bread?"),
        ("a device that measures heat", "n", "which device measures heat?"),
        ("an instrument used to measure heat", "n", "how do you measure heat?"),
        ("the act of feeding a leaven", "n", "what do you call feeding a leaven?"),
        ("a culture of yeast", "n", "what do you call a culture of yeast?"),
        ("make dough rise slowly", "v", "what is it called when you make dough rise slowly?"),
        ("lifted by gas", "a", "what do you call something that is lifted by gas?"),
        ("with great care", "r", "what is the word for doing something with great care?"),
        ("a culture of wild yeast raising dough", "n", "culture wild yeast raising dough"),
    ],
)
def test_definitions_become_questions_of_their_part_of_speech(
    definition: str, part: str, asked: str
) -> None:
    """Each form is among those that chance gives, and all keep the words of content."""
    assert asked in forms("question", definition, part)


def test_hidden_names_at_the_beginning_go_with_their_verb() -> None:
    """What follows "it is" is what it is; what follows "it" is what it does."""
    assert "what do you call a culture of yeast?" in forms("sentence", "It is a culture of yeast.")
    assert "something that raises dough" in forms("sentence", "The it raises dough.")
    assert forms("sentence", "Feed it daily.") == {"feed it daily"}


def test_a_definition_loses_its_stop_and_may_lose_its_label() -> None:
    """A label may be told in words; acronyms keep their capitals."""
    found = {plain("(baking) A leaven; a starter.", Random(seed)) for seed in range(100)}  # noqa: S311
    assert "in baking, A leaven; a starter" in found
    assert "a leaven" in found
    assert plain("DNS of a host.", Random(0)) == "DNS of a host"  # noqa: S311


def test_long_definitions_are_cut() -> None:
    """No question is longer than people write; an empty text stays one."""
    long = "word " * 500
    assert all(len(asked.split()) <= MAX_WORDS for asked in forms("question", long))
    assert plain("", Random(0)) == ""  # noqa: S311


def test_a_sentence_without_a_verb_of_its_own_is_asked_for() -> None:
    """One with a verb stays a statement, and a long one takes no longer than it should."""
    assert "what do you call a culture of yeast that rises?" in forms(
        "sentence", "A culture of yeast that rises."
    )
    assert forms("sentence", "A culture must rise.") == {"a culture must rise"}
    assert sentence("A " + "very " * 40 + "long!", Random(1)).startswith("a very")  # noqa: S311

"""Definitions that lead back to where they began."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.quality.lint.support import found, linted, table


@pytest.mark.parametrize(
    ("term", "definition", "is_found"),
    [
        ("Dough kneading", "The process of kneading dough.", True),
        ("Proofed", "The state of being proofed", True),
        ("Kneader", "Something that kneads", False),  # another word of that stem is in no name
        ("Dough kneading", "The process of kneading dough by hand.", False),
        ("Dough", "What flour and water make.", False),
        ("Of", "It is.", False),  # no word that says anything, and none of the name
        ("CNN", "Convolutional Neural Network", False),
    ],
)
def test_what_says_only_its_name_refers_to_itself(
    tmp_path: Path, term: str, definition: str, is_found: bool
) -> None:
    """One word more is enough; words that say nothing in particular are not counted."""
    report = linted(tmp_path, table(f"{term},{definition}"), "self-reference")
    assert found(report) == [(term, 2)] * is_found


@pytest.mark.parametrize(
    ("leaven", "starter", "is_found"),
    [
        ("A starter that is fed with flour.", "A leaven which is kept for years.", True),
        ("Leaven is a starter.", "A starter is a kind of leaven, fed with flour.", True),
        ("Another word for starter.", "The same as leaven.", True),
        ("A starter that is fed with flour.", "Flour and water that ferment.", False),
        # explained by each other further on, after each has said what it is
        ("Fermented dough made of a starter.", "A pot of flour that becomes leaven.", False),
        # the name is only the beginning of another one
        ("A starter jar of glass.", "A leaven spoon of wood.", False),
        ("A starter. It is fed.", "Flour. Not a leaven.", False),  # beyond the first sentence
    ],
)
def test_a_circle_is_one_only_where_first_sentences_rest_on_it(
    tmp_path: Path, leaven: str, starter: str, is_found: bool
) -> None:
    """It is told of once, at its first entry, with the others."""
    text = table(f'Leaven,"{leaven}"', f'Starter,"{starter}"')
    report = linted(tmp_path, text, "circular-definition")
    assert found(report) == [("Leaven", 2)] * is_found
    if is_found:
        (one,) = report.findings
        assert one.others == ("bakery:starter",)
        assert one.message.endswith("'Leaven' > 'Starter' > 'Leaven'")


def test_circles_of_three_are_found_and_longer_ones_only_if_asked_for(tmp_path: Path) -> None:
    """`steps` says how many entries a circle may have."""
    rows = ["Alpha,A bravo.", "Bravo,A charlie.", "Charlie,An alpha."]
    report = linted(tmp_path, table(*rows), "circular-definition")
    assert [one.others for one in report.findings] == [("bakery:bravo", "bakery:charlie")]
    rows[2:] = ["Charlie,A delta.", "Delta,An alpha."]
    assert linted(tmp_path, table(*rows), "circular-definition").findings == ()

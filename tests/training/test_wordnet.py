"""Synsets are read as wndb(5WN) describes them."""

from __future__ import annotations

from pathlib import Path

from training.senses import Sense
from training.wordnet import read_senses

HEAD = "  1 A line of the licence.\n"
NOUN = (
    "00000100 03 n 02 leaven 0 sourdough_starter 1 001 @ 00000200 n 0000 | a culture that raises "
    'dough; it is kept warm; "feed the leaven"; "a leaven of rye" - A. Baker  \n'
)
PERSON = "00000300 18 n 01 Ada_Baker 0 001 @i 00000100 n 0000 | a person who never was  \n"
ADJECTIVE = '00000400 00 s 01 risen(p) 0 000 | (baking) lifted by gas; "well risen"  \n'


def test_synsets_have_names_definition_and_examples(tmp_path: Path) -> None:
    """Blanks and markers of words, quoted usages and who wrote them are told apart.

    Persons are no words.
    """
    for name, text in {
        "noun": HEAD + NOUN + PERSON,
        "verb": "",
        "adj": ADJECTIVE,
        "adv": "",
    }.items():
        (tmp_path / f"data.{name}").write_text(text)
    assert [*read_senses(tmp_path)] == [
        Sense(
            id="wn-n00000100",
            source="wordnet",
            names=("leaven", "sourdough starter"),
            part="n",
            definition="a culture that raises dough; it is kept warm",
            examples=("feed the leaven", "a leaven of rye"),
        ),
        Sense(
            id="wn-a00000400",
            source="wordnet",
            names=("risen",),
            part="a",
            definition="(baking) lifted by gas",
            examples=("well risen",),
        ),
    ]

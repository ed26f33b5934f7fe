"""Of GCIDE only the paragraphs of Webster's dictionary of 1913 are read, each meaning by itself."""

from __future__ import annotations

from collections import Counter

from semsearch.importers.dictionaries.dictd import Article
from training.senses import Sense
from training.webster import read_senses

LEAVEN = """\
Leaven \\Leav"en\\, n. [OE. levain (see {Lift}),
   fr. L. levare.]
   1. (Baking) A piece of sour dough that makes other dough
      rise; as, a leaven of rye; -- called also {sourdough
      starter}.
      [1913 Webster]

            The leaven had been kept warm.        --A Baker.
      [1913 Webster]

   2. Anything that changes the whole slowly. [R.]
      [1913 Webster]

   3. a substance that makes dough lighter
      [1913 Webster]

   4. A newer meaning, written by others.
      [PJC]

   5. An older meaning that they changed.
      [1913 Webster +PJC]

   6. A baker's fee. [Obs.]
      [1913 Webster]

   A paragraph whose writer nobody noted.
"""


def read(text: str, left: Counter[str] | None = None) -> list[Sense]:
    """Return the meanings of one article."""
    return [*read_senses([Article(("Leaven",), text)], Counter() if left is None else left)]


def test_meanings_have_names_part_of_speech_and_examples() -> None:
    """Numbers, domains, labels, citations and etymologies are left out."""
    first, second = read(LEAVEN)
    assert first == Sense(
        id="web-0-0",
        source="webster",
        names=("Leaven", "sourdough starter"),
        part="n",
        definition="A piece of sour dough that makes other dough rise",
        examples=("a leaven of rye",),
    )
    assert second.definition == "Anything that changes the whole slowly."


def test_what_others_wrote_or_nobody_marked_is_counted_and_left_out() -> None:
    """So are obsolete meanings, and those in small letters, as GCIDE's other sources write them."""
    left: Counter[str] = Counter()
    read(LEAVEN, left)
    assert left == {
        "PJC": 1,
        "1913 Webster +PJC": 1,
        "": 1,
        "obsolete": 1,
        "not in Webster's style": 1,
    }


def test_lettered_meanings_stand_apart_and_derived_words_go() -> None:
    """One paragraph may define several things; what stands behind a dash defines another word."""
    text = """\
Proof \\Proof\\, a.
   (a) Firm against heat. (b) (Baking) Risen enough to bake. -- {Proof"ly}, adv.
   [1913 Webster]
"""
    assert [(s.part, s.definition) for s in read(text)] == [
        ("a", "Firm against heat."),
        ("a", "Risen enough to bake."),
    ]


def test_accents_are_read_and_unreadable_letters_leave_a_meaning_out() -> None:
    """GCIDE writes accents in brackets; a question mark stands for what nobody could type."""
    text = """\
Bake \\Bake\\, v. t.
   1. To make a g[^a]teau in an oven.
      [1913 Webster]

   2. To do as the ? did.
      [1913 Webster]
"""
    assert [s.definition for s in read(text)] == ["To make a gateau in an oven."]


def test_an_article_without_text_has_no_meaning() -> None:
    """An empty article has no meaning either."""
    assert read('Leaven \\Leav"en\\, n.\n   [1913 Webster]\n') == []
    assert read("") == []

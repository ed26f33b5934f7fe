"""What of a definition is embedded, and where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.text.passages import MAX_SENTENCES, passages_of, prose, text_of
from tests.conftest import entry

PAGE = (
    "An oven keeps heat. Bread is baked in it.\n\nHow it helps\n\nSteam makes a crust of it.\n\n"
    "See also\n\n- The page of all ovens\n- Steam\n\nHistory\n\nThe first ovens were pits in the ground."
)


def test_the_whole_comes_first_and_then_each_sentence() -> None:
    """Each sentence has its offsets in the definition.

    Headings and link lists are left out.
    """
    oven = entry("Oven", PAGE)
    whole, *sentences = passages_of(oven)
    assert whole.text == text_of(oven)
    assert whole.text == (
        "An oven keeps heat. Bread is baked in it.\n\nSteam makes a crust of it.\n\n"
        "The first ovens were pits in the ground."
    )
    assert (whole.start, whole.end) == (0, len(PAGE))
    short = entry("Oven", "It keeps heat.\n\nSee also\n\n- Steam\n- Heat")
    (only,) = passages_of(short)
    assert (only.text, only.end) == ("It keeps heat.", len("It keeps heat."))
    assert [s.text for s in sentences] == [
        "An oven keeps heat.",
        "Bread is baked in it.",
        "Steam makes a crust of it.",
        "The first ovens were pits in the ground.",
    ]
    assert all(PAGE[s.start : s.end] == s.text for s in sentences)


@pytest.mark.parametrize(
    "definition",
    [
        "Heat",
        "How it helps\n\nIt keeps the heat in the oven",
        "It bakes bread.\n\n- one kind of it\n- another one",
        "See also\n\nLeaven",
        "It bakes.\n\nA last line",
    ],
)
def test_what_may_be_the_definition_itself_is_kept(definition: str) -> None:
    """A first or last paragraph, a list, and a text of nothing else."""
    assert text_of(entry("Oven", definition)) == definition


def test_a_long_page_gives_only_so_many_sentences() -> None:
    """The whole is embedded beside them."""
    assert len(passages_of(entry("Oven", "It is quite hot. " * 200))) == 1 + MAX_SENTENCES


def test_what_follows_the_links_is_read_again() -> None:
    """A list below "See also" goes, the next paragraph of words does not."""
    page = "It bakes.\n\nSee also\n\n- Oven\n- Rye bread\n\nIn some lands it is baked twice, for long keeping."
    assert [p.text for p in prose(page)] == [
        "It bakes.",
        "In some lands it is baked twice, for long keeping.",
    ]


def test_a_script_without_blanks_has_no_headings_but_short_ones() -> None:
    """A paragraph of Thai is one word by its blanks, and says something."""
    thai = "เตาอบเก็บความร้อนไว้\n\nขนมปังอบในเตาอบที่ร้อนจัดทุกเช้า\n\nไอน้ำทำให้เปลือกกรอบ"
    assert len(prose(thai)) == 3


@given(st.text(alphabet="ab.\n -", max_size=80))
def test_paragraphs_stand_where_they_say(text: str) -> None:
    """Offsets are right whatever the blank lines, and some paragraph is always left."""
    found = prose(text)
    assert found
    assert all(text[p.start : p.end] == p.text for p in found)

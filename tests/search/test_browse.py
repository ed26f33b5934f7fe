"""The alphabet of a glossary: what stands where, in pages of any size, whatever a term begins with.

Covers `index/files/alphabet`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from semsearch.core.entries import Entry
from semsearch.core.errors import GlossaryNotFound
from semsearch.index.files.alphabet import key_of
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.drafts import Draft
from semsearch.search.browse import Alphabet, letter_of
from semsearch.search.glossary import Glossary

TERMS = (
    ("zebra", "Z"),
    ("Émigré", "E"),
    ("eager", "E"),
    ("Eager", "E"),
    ("ﬁne print", "F"),
    ("ßharp", "S"),
    ("3-D", "#"),
    ("10 GbE", "#"),
    ("!important", "I"),
    ("!!!", "#"),
    ("🥚", "#"),
    ("\U0001d54f-height", "X"),
    ("я", "Я"),
    ("Яблоко", "Я"),
    ("ладья", "Л"),
    ("מצקת", "מ"),
    ("かな", "か"),
    ("漢字", "漢"),
    ("一", "漢"),
    ("𠀋", "漢"),
    ("한국어", "ㅎ"),
    ("가방", "ㄱ"),
    ("김치", "ㄱ"),
    ("힣", "ㅎ"),
)
"""Terms, and the letter that each stands under."""


def _entries(terms: tuple[str, ...], glossary: str = "signs") -> list[Entry]:
    return [
        Entry(f"{glossary}:{i}", t, f"Sign {i} of some.", glossary) for i, t in enumerate(terms)
    ]


@pytest.fixture(scope="module")
def signs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Glossary]:
    """Give an index of terms in many scripts, beside another glossary."""
    index = tmp_path_factory.mktemp("signs") / "index"
    others = _entries(("aa", "eager", "zz", "漢"), "others")
    build_index([*_entries(tuple(t for t, _ in TERMS)), *others], index, model="hashed")
    with Glossary.open(index) as opened:
        yield opened


def _all(alphabet: Alphabet, letter: str | None, limit: int) -> list[Entry]:
    """Read page after page."""
    found: list[Entry] = []
    after = None
    while True:
        page = alphabet.page(letter=letter, after=after, limit=limit)
        found += page.entries
        if page.next is None:
            return found
        assert len(page.entries) == limit
        after = page.next


def test_each_term_has_a_letter(signs: Glossary) -> None:
    """Case, accents and forms do not matter.

    Marks and digits have one together, Chinese one, Hangul its initials.
    """
    for i, (_, letter) in enumerate(TERMS):
        assert letter_of(signs.entry(f"signs:{i}")) == letter


def test_the_letters_of_a_glossary(signs: Glossary) -> None:
    """Letters come in order, each once; the one of digits and marks is the last."""
    expected = ["E", "F", "I", "S", "X", "Z", "Л", "Я", "מ", "か", "漢", "ㄱ", "ㅎ", "#"]
    assert signs.alphabet("signs").letters() == expected
    assert signs.alphabet("others").letters() == ["A", "E", "Z", "漢"]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 24, 100])
def test_pages_have_every_entry_once(signs: Glossary, limit: int) -> None:
    """Pages of any size keep the order, also those of one letter."""
    alphabet = signs.alphabet("signs")
    every = _all(alphabet, None, limit)
    assert [key_of(entry) for entry in every] == sorted(map(key_of, every))
    assert sorted(entry.id for entry in every) == sorted(f"signs:{i}" for i in range(len(TERMS)))
    for letter in alphabet.letters():
        own = [entry for entry in every if letter_of(entry) == letter]
        assert _all(alphabet, letter, limit) == own


def test_no_entry_stands_under_a_letter_that_is_none(signs: Glossary) -> None:
    """An unused letter, several letters and impossible ones have no entries."""
    for letter in ("Q", "EA", "e", "", "\ud800", "x" * 5000):
        page = signs.alphabet("signs").page(letter=letter)
        assert (page.entries, page.next) == ((), None)


def test_beside_an_entry_stand_its_neighbours(signs: Glossary) -> None:
    """Neighbours lead through the whole glossary, forwards and back, also where terms are alike."""
    alphabet = signs.alphabet("signs")
    every = list(alphabet.page(limit=100).entries)
    for before, entry, after in zip([None, *every], every, [*every[1:], None], strict=False):
        beside = alphabet.adjacent(entry)
        assert (beside.previous, beside.next) == (before, after)


def test_an_alphabet_follows_edits(tmp_path: Path) -> None:
    """What is added, renamed and deleted stands where it would after a build."""
    build_index(_entries(("b", "d", "f", "h", "b")), tmp_path, model="hashed")
    with Glossary.open(tmp_path) as glossary, Editor(tmp_path, who="ann") as editor:
        for term in ("a", "e", "b", "漢"):
            editor.add("signs", Draft(term, f"The sign {term} of some."))
        editor.put("signs:1", Draft("z", "Was called d."))
        editor.delete("signs:2")
        alphabet = glossary.alphabet("signs")
        every = _all(alphabet, None, 2)
        assert [entry.term for entry in every] == ["a", "b", "b", "b", "e", "h", "z", "漢"]
        assert len({entry.id for entry in every}) == 8
        assert alphabet.letters() == ["A", "B", "E", "H", "Z", "漢"]
        assert len(_all(alphabet, "B", 1)) == 3
        walked = [every[0]]
        while following := alphabet.adjacent(walked[-1]).next:
            walked.append(following)
        assert walked == every


def test_pages_go_on_where_an_entry_has_gone(tmp_path: Path) -> None:
    """What was read before it is not read again."""
    build_index(_entries(("a", "b", "c", "d")), tmp_path, model="hashed")
    with Glossary.open(tmp_path) as glossary, Editor(tmp_path, who="ann") as editor:
        page = glossary.alphabet("signs").page(limit=2)
        editor.delete("signs:1")
        rest = glossary.alphabet("signs").page(after=page.next).entries
        assert [entry.term for entry in rest] == ["c", "d"]


def test_a_glossary_that_is_not_there_has_no_alphabet(signs: Glossary) -> None:
    """It is named."""
    with pytest.raises(GlossaryNotFound, match="nothing"):
        signs.alphabet("nothing")

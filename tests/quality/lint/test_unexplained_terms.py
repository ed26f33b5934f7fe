"""Words and acronyms that definitions use and nobody explains."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.quality.lint.support import found, linted, table

USES = (
    "Made with wild yeast.",
    "Gas of the wild yeast.",
    "Opened by wild yeast in it.",
    "In wild yeast.",
)


def rows(*definitions: str) -> str:
    """Return a table of entries with these definitions."""
    return table(*(f"Entry {chr(65 + n)},{text}" for n, text in enumerate(definitions)))


def test_a_phrase_is_ranked_by_those_who_use_it(tmp_path: Path) -> None:
    """The most used first; the finding stands at the first user and names the others."""
    stone = ("On the baking stone.", "From a baking stone.", "With a baking stone.")
    more = (*stone, "By the baking stone and wild yeast.")
    report = linted(tmp_path, rows(*USES, *more), "undefined-term")
    assert [one.subject for one in report.findings] == ["wild yeast", "baking stone"]
    assert report.findings[0].entry == "bakery:entry-a"
    assert report.findings[0].others == tuple(f"bakery:entry-{n}" for n in "bcdh")
    assert report.findings[0].message == "'wild yeast' is used in 5 definitions and is no entry"


@pytest.mark.parametrize(
    "definitions",
    [
        USES[:3],  # too few
        tuple(
            f"It can {verb} wild yeast the way it is." for verb in ("feed", "kill", "wake", "find")
        ),
        tuple(f"It has the first {noun} of them." for noun in ("part",) * 4),
        tuple(f"By the wild {noun} of it." for noun in ("yeast", "rice", "boar", "oat")),
        tuple(f"It is made of the 12 3 {n}." for n in range(4)),
        tuple(f"A level of baking corresponding to level {n}." for n in range(4)),
        tuple(f"As the bread law Art. {n} has it." for n in range(4)),
    ],
)
def test_what_is_no_phrase_of_several_definitions_is_none(
    tmp_path: Path, definitions: tuple[str, ...]
) -> None:
    """Rare terms, objects of verbs, sorting words, words of many companions, participles.

    Abbreviations too.
    """
    assert linted(tmp_path, rows(*definitions), "undefined-term").findings == ()


def test_what_an_entry_names_in_any_form_is_defined(tmp_path: Path) -> None:
    """Plural, alias, and phrases that end or begin with an entry."""
    for last in (
        "Wild Yeasts,Fungi.,",
        "Fungus,A thing.,Wild yeast",
        "Yeast,Fungi.,",
        "Wild,Free.,",
    ):
        text = table(
            *(f"Entry {n},{use}," for n, use in enumerate(USES)),
            last,
            columns="term,definition,aliases",
        )
        assert linted(tmp_path, text, "undefined-term").findings == (), last


def test_acronyms_are_found_in_plural_and_only_where_they_are_words(tmp_path: Path) -> None:
    """Code, file names, words in capitals and household words are no acronyms."""
    text = rows(
        "The DDT of dough. ID and USB.",
        "Two DDTs; NOT one and not two. Use RX_A or X1.",
        "ABC.md and ABC(x) and V8.",
        "ABC-like things have ABC_Y. V8 too. ID and USB.",
        "By RISC Zero.",
        "Of RISC Zero.",
    )
    assert found(linted(tmp_path, text, "undefined-acronym")) == [("DDT", 2)]


@pytest.mark.parametrize(
    "explained",
    [
        "A desired dough temperature (DDT).",
        "A desired dough temperature (or DDT).",
        "DDT (desired dough temperature) is it.",
        "DDT stands for what one wants.",
        "DDT: the temperature one wants.",
        '"Called DDT, the Desired Dough Temperature."',
    ],
)
def test_acronyms_that_are_spelled_out_somewhere_are_explained(
    tmp_path: Path, explained: str
) -> None:
    """The long form may stand before or after them, in any entry of the glossary."""
    assert (
        linted(tmp_path, rows("By DDT.", "To DDT.", explained), "undefined-acronym").findings == ()
    )


def test_initials_of_a_term_explain_an_acronym(tmp_path: Path) -> None:
    """A question for DDT finds the entry."""
    text = table("A,By DDT.", "B,To DDT.", "Desired Dough Temperature,What one wants.")
    assert linted(tmp_path, text, "undefined-acronym").findings == ()


def test_an_acronym_inside_of_a_term_is_known(tmp_path: Path) -> None:
    """A question for the acronym finds the entry."""
    text = table("A,By DDT.", "B,To DDT.", "DDT Chart,A table.", "C,At DDTs.")
    assert linted(tmp_path, text, "undefined-acronym").findings == ()


def test_each_glossary_has_its_own_words(tmp_path: Path) -> None:
    """Two uses in one glossary and two in another are not four."""
    (tmp_path / "corpus").mkdir()
    for name, uses in (("one", USES[:2]), ("two", USES[2:])):
        (tmp_path / "corpus" / f"{name}.csv").write_text(rows(*uses))
    from semsearch.quality.lint import LintConfig, lint  # noqa: PLC0415

    config = LintConfig().only(["undefined-term"])
    assert lint([tmp_path / "corpus"], config=config).findings == ()

"""Articles in the layout of FOLDOC become definitions."""

from __future__ import annotations

import pytest

from benchmarks.quality.foldoc import definition_of, shortened
from semsearch.importers.dictionaries.dictd import Article, read_articles
from tests.importers.test_dictd import DATA


def definition(body: str) -> str:
    """Return the definition of an article with this text below its headword."""
    return definition_of(Article(("leaven",), f"leaven\n\n{body}\n\n"))


def test_only_the_definition_of_an_article_is_kept() -> None:
    """No headwords, domain, pronunciation, braces, addresses, notes or date."""
    starter, creme, proof = read_articles(DATA / "plain" / "bakery.index")
    assert definition_of(starter) == (
        '(Or "sourdough-starter") A culture of wild yeast that raises a dough. Starters are fed, and '
        "each starter is kept; see . Feed it every day."
    )
    assert definition_of(creme) == "A filling. custard."
    assert definition_of(proof) == "rise"


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("", ""),
        ("(1994-11-01)", ""),
        ("(Apr 1994)", ""),
        ("[{Jargon File}]", ""),
        ('["Bread", A. Baker, 1990].', ""),
        ("{(http://bakery.example/~a(b)/)}.", ""),
        ("/lev'n/ or /leevn/ (From French) Yeast.", "(From French) Yeast."),
        ("/lev'n/ 1. <dough> Yeast.", "Yeast."),
        ("/usr/bin holds it.", "/usr/bin holds it."),
        ("// a comment /", "// a comment /"),
        ("1.5 parts of <b>yeast</b> (1994)", "1.5 parts of <b>yeast</b> (1994)"),
        ("{Home (http://a.example)}, {news:a.bread}.", "Home , ."),
    ],
)
def test_what_defines_nothing_is_left_out(body: str, kept: str) -> None:
    """Text that only looks like a note is kept."""
    assert definition(body) == kept


def test_a_question_is_cut_behind_its_last_whole_word() -> None:
    """A question has at most 1,000 characters; a shorter one stays as it is."""
    fits = "a" * 495 + " " + "b" * 504
    assert shortened(fits) == fits
    assert shortened(fits + " c") == fits
    assert shortened(fits + "b c") == "a" * 495

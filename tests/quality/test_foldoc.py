"""Articles in the layout of FOLDOC become definitions, and no name of the term stays in them."""

from __future__ import annotations

import pytest

from tests.quality.dictd import Article, read_articles
from tests.quality.foldoc import definition_of, masked, names_left, shortened
from tests.quality.test_dictd import DATA


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
    """And what only looks like it is kept."""
    assert definition(body) == kept


@pytest.mark.parametrize(
    ("text", "names", "left"),
    [
        ("A Web-Server, or webserver, serves.", ["Web server"], "A it, or it, serves."),
        ("APIs and an api's API-first", ["API"], "it and an it's it-first"),
        ("Caches, caching and the cache.", ["Cache"], "it, caching and the it."),
        ("E-mail, e_mail and email", ["Email"], "it, it and it"),
        ("C, C++ and C#", ["C"], "it, C++ and C#"),
        ("C, C++ and C#", ["C++"], "C, it and C#"),
        ("Java is not JavaScript.", ["Java"], "it is not JavaScript."),
        ("An HTTP cookie is a cookie.", ["Cookie", "HTTP cookie"], "An it is a it."),
        ("curves of Bezier", ["Bézier", "Curve"], "it of it"),
        ("It is it.", ["IT", "", "!"], "It is it."),
        ("Nothing here.", [], "Nothing here."),
        ("", ["Java"], ""),
    ],
)
def test_every_name_becomes_it(text: str, names: list[str], left: str) -> None:
    """In any case, number and hyphenation; longer names and other words are not touched."""
    assert masked(text, names) == left
    assert names_left(left, names) == []


def test_a_name_that_is_left_is_found() -> None:
    """As it is or in the plural, but a capital S makes another acronym of one."""
    assert names_left("The web-servers, a Cache", ["Web server", "cache", "web"]) == [
        "cache",
        "web",
        "web server",
    ]
    assert names_left("DNS names", ["DN"]) == []
    assert names_left("DNs", ["DN"]) == ["dn"]


def test_a_question_is_cut_behind_its_last_whole_word() -> None:
    """At most 1,000 characters; what fits is not touched."""
    fits = "a" * 495 + " " + "b" * 504
    assert shortened(fits) == fits
    assert shortened(fits + " c") == fits
    assert shortened(fits + "b c") == "a" * 495

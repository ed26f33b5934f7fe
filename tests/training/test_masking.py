"""No name of a term stays in a text that hides it."""

from __future__ import annotations

import pytest

from training.masking import gives_away, masked, names_left


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
    """Case, number and hyphenation do not count; longer names and other words stay."""
    assert masked(text, names) == left
    assert names_left(left, names) == []


def test_a_name_that_is_left_is_found() -> None:
    """Singular and plural are found; a capital S makes another acronym."""
    assert names_left("The web-servers, a Cache", ["Web server", "cache", "web"]) == [
        "cache",
        "web",
        "web server",
    ]
    assert names_left("DNS names", ["DN"]) == []
    assert names_left("DNs", ["DN"]) == ["dn"]


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("the act of baking", ["bake"], True),
        ("the act of baking", ["sourdough bake"], False),
        ("a warm sourdough starter", ["sourdough starter"], True),
        ("a warm sourdough", ["sourdough starter"], False),
        ("", ["bake"], False),
        ("to raise dough", [], False),
    ],
)
def test_words_of_the_stem_of_a_name_give_it_away(
    text: str, names: list[str], expected: bool
) -> None:
    """A name of several words is given away only by the whole name."""
    assert gives_away(text, names) is expected


def test_another_word_may_stand_for_a_name() -> None:
    """Examples of usage read better with a thing than with a pronoun."""
    assert masked("feed the leaven", ["leaven"], "something") == "feed the something"

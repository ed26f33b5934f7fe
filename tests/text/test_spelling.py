"""What a mistyped name or word may stand for, and what is left as it is."""

from __future__ import annotations

import random
import string
from collections import defaultdict

import pytest
from rapidfuzz.distance import OSA

from semsearch.core.positions import PositionFilter
from semsearch.text.spelling import KnownName, NameSpeller, Vocabulary, likelihood, repair
from tests.cpu_time import cpu_time_at_most

WORDS = {"connection": 9, "connections": 1, "prevent": 3, "library": 2, "attacks": 4, "forces": 5}


def _names(*keys: str, are_many: bool = False) -> NameSpeller:
    groups: dict[tuple[int, str, str], list[KnownName]] = defaultdict(list)
    for at, key in enumerate(keys):
        name = KnownName(key, key, at, 1.0)
        for group in ((len(key), "", ""), (len(key), key[0], ""), (len(key), "", key[-1])):
            groups[group].append(name)
    return NameSpeller(lambda *group: groups.get(group, []), are_many=are_many)


def _scope(*positions: int) -> PositionFilter:
    return PositionFilter.of([range(*positions)])


def _vocabulary(uses: dict[str, int]) -> Vocabulary:
    groups: dict[tuple[str, int], list[str]] = defaultdict(list)
    for word in uses:
        groups[word[0], len(word)].append(word)
    return Vocabulary(lambda word: uses.get(word, 0), lambda *group: groups.get(group, []))


def _no_word(word: str) -> bool:
    return False


def test_a_slip_of_the_finger_is_likelier_than_any_other_letter() -> None:
    """Swapped or missing letters are likeliest, since there is only one way to make them."""
    swapped, missing = likelihood("cahce", "cache"), likelihood("cche", "cache")
    beside, twice, any_letter = (likelihood(t, "cache") for t in ("cachw", "cacche", "cachp"))
    assert swapped > missing > beside == twice > any_letter > likelihood("cxchp", "cache", 2)


def test_the_first_letter_is_seldom_wrong() -> None:
    """The same error counts less there."""
    for typed, at_first in (("cahce", "acche"), ("cche", "ache"), ("czche", "dache")):
        assert likelihood(typed, "cache") > 0
        assert likelihood(at_first, "cache") < likelihood("cahce", "cache") / 2


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("sdl", ["sql", "ssl"]),  # no key is beside, neither first letter is wrong
        ("sslx", ["ssl"]),
        ("sl", ["ssl", "sql"]),
        ("ql", ["sql"]),
        ("ssl", ["sql"]),  # a name itself is no error
        ("", []),
        ("q", []),
        ("cascading stlye shete", ["cascading style sheet"]),
        ("cscdng stlye sht", []),
    ],
)
def test_names_are_found_by_their_errors(typed: str, expected: list[str]) -> None:
    """One for every four letters, at least one and at most three."""
    names = _names("ssl", "sql", "cascading style sheet")
    found = [guess.name.key for guess in names.near(typed, _scope(3))]
    assert sorted(found) == sorted(expected)


def test_among_many_names_an_end_must_be_right() -> None:
    """With many names, one with any number of errors must have its first or last letter right."""
    few = _names("abcdefghijklmnop", "zbcdefghijklmnoq")
    many = _names("abcdefghijklmnop", "zbcdefghijklmnoq", are_many=True)
    typed = "abcdefghhijklmnp"
    assert [g.name.position for g in few.near(typed, _scope(2))] == [0]
    assert [g.name.position for g in many.near(typed, _scope(2))] == [0]
    assert [g.name.position for g in few.near("zbcdefghijklmnox", _scope(2))] == [1, 0]
    assert [g.name.position for g in many.near("zbcdefghijklmnox", _scope(2))] == [1]


def test_only_names_within_the_glossary_are_found() -> None:
    """Names are limited to a range of positions; its end is excluded."""
    names = _names("ssl", "sal", "sol")
    assert [g.name.key for g in names.near("sbl", _scope(1, 2))] == ["sal"]
    assert names.near("sbl", _scope(0)) == []


def test_no_name_one_letter_away_is_missed() -> None:
    """The lists by first and last letter give what comparing with every name gives."""
    rng = random.Random(7)  # noqa: S311 - a draw, no secret
    keys = list(dict.fromkeys("".join(rng.choices("abc", k=rng.randint(3, 7))) for _ in range(600)))
    names = _names(*keys)
    for typed in keys[:60]:
        expected = {k for k in keys if OSA.distance(typed, k) == 1}
        assert {g.name.key for g in names.near(typed, _scope(len(keys)))} == expected


def test_words_are_put_right_in_their_own_capitals() -> None:
    """Each where it stands; everything else stays."""
    question = "How to prevnt ATACKS on a Conection, e.g. prevnt?"
    unknown = ["prevnt", "ATACKS", "Conection"]
    assert repair(question, unknown, _vocabulary(WORDS), _no_word) == (
        "How to prevent ATTACKS on a Connection, e.g. prevent?"
    )


@pytest.mark.parametrize(
    "word",
    [
        "forges",
        "xonnection",
        "libr",
        "l1brary",
        "onnection",
        "librrrary",
        "liberally",
        "\u56f3\u66f8",
    ],
)
def test_words_that_may_be_right_or_anything_stay(word: str) -> None:
    """Known elsewhere, wrong in the first letter, short, with digits, or two letters away."""
    vocabulary = _vocabulary(WORDS)
    assert repair(f"a {word}", [word], vocabulary, lambda known: known == "forges") == f"a {word}"


def test_the_first_half_of_a_contraction_is_no_word() -> None:
    """A word is cut at its apostrophe: needn't."""
    vocabulary = _vocabulary({"needs": 9})
    for question in ("you needn't", "you needn\u2019t"):
        assert repair(question, ["needn"], vocabulary, _no_word) == question
    assert repair("you needn", ["needn"], vocabulary, _no_word) == "you needs"


def test_the_commoner_of_two_words_as_near_is_meant() -> None:
    """How often the glossary uses them decides, and never which was read first."""
    for uses in ({"sharing": 9, "shaming": 1}, {"shaming": 1, "sharing": 9}):
        assert _vocabulary(uses).meant("shafing") == "sharing"
    assert _vocabulary({}).meant("shafing") is None
    assert _vocabulary({"nfts": 1, "nets": 5}).meant("nfts") is None


def test_a_hundred_thousand_names_are_searched_in_milliseconds() -> None:
    """Most of them are never looked at."""
    rng = random.Random(1)  # noqa: S311 - a draw, no secret
    keys = [
        "".join(rng.choices(string.ascii_lowercase, k=rng.randint(3, 12))) for _ in range(100_000)
    ]
    names, vocabulary = _names(*keys), _vocabulary(dict.fromkeys(keys, 1))
    names.near("warm", _scope(1))
    with cpu_time_at_most(2):
        for key in keys[:20]:
            names.near(key, _scope(len(keys)))
            vocabulary.meant(key)

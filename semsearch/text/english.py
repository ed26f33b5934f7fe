"""English word list with inflection rules, so that real words are never "repaired".

The list is SCOWL's up to size 60 (`english_words.LICENCE.txt`): 65,000 British and American words
with their inflections. Rules add the words that technical English forms freely: "tokenise" from
"token", "preprocessed" from "processed".
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_VERB = re.compile(r"(.{3,}?)i[sz](?:e|es|ed|ing|er|ers|able|ation|ations)\Z")
"""A verb that is made of another word, in either spelling, and what is made of the verb."""
_ADDED = re.compile(r"(.{4,}?)(?:able|less|like|ly|ness|s)\Z")
"""Endings that go with any word as it is. Those of verbs are not among them: the list has the
inflections of its verbs, and "embeding" is no word."""
_PREFIXES = (
    "anti", "auto", "co", "counter", "cross", "cyber", "de", "dis", "down", "geo", "hyper", "inter", "macro", "meta",
    "micro", "mid", "mini", "mis", "mono", "multi", "nano", "non", "out", "over", "photo", "post", "pre", "proto",
    "pseudo", "re", "self", "semi", "sub", "super", "tele", "trans", "ultra", "un", "under", "up",
)  # fmt: skip
_MIN_BASE = 4
"""Letters of a word that a prefix may be added to: shorter ones make anything a word."""
_MIN_BASE_OF_TWO = 7
"""The same for a prefix of two letters: else "colender", a typing error, is a lender."""


@lru_cache(maxsize=1 << 13)
def is_english(word: str) -> bool:
    """Return whether a folded word is one of the language, in any inflection."""
    if is_listed(word) or _is_formed(word):
        return True
    prefixes = (one for one in _PREFIXES if word.startswith(one))
    return any(_is_base(word[len(one) :], prefix=one) for one in prefixes)


def _is_base(rest: str, *, prefix: str) -> bool:
    """Return whether what follows a prefix is a word long enough to have one."""
    shortest = _MIN_BASE_OF_TWO if len(prefix) == 2 else _MIN_BASE
    return len(rest) >= shortest and (is_listed(rest) or _is_formed(rest))


def _is_formed(word: str) -> bool:
    """Return whether a word is a listed one with an ending of its own."""
    if made := _VERB.match(word):
        return any(is_listed(made[1] + end) for end in ("", "e", "y", "ise"))
    added = _ADDED.match(word)
    return added is not None and is_listed(added[1])


def is_listed(word: str) -> bool:
    """Return whether a folded word stands in the list.

    It is looked up by bisection in the sorted lines: a set of them takes 20 ms and 6 MB to make.
    """
    listed = _lines()
    wanted = word.encode()
    low, high = 0, len(listed)
    while low < high:
        start = listed.rfind(b"\n", 0, (low + high) // 2) + 1
        end = listed.find(b"\n", start)
        line = listed[start:end]
        if line == wanted:
            return True
        low, high = (end + 1, high) if line < wanted else (low, start)
    return False


@lru_cache(maxsize=1)
def _lines() -> bytes:
    return Path(__file__).with_name("english_words.txt").read_bytes()

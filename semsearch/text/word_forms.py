"""Word forms: singular and American spelling of a folded English word, for comparison.

It need not be good English, since names and questions pass through the same function; it must only
not make two words one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from semsearch.text.english import is_listed

_PLURALS = (
    ("ies", re.compile(r"\wies$"), "y"),
    ("es", re.compile(r"(?:\w{4}s|ss|^bus|^gas|^bias|x|[tz]z|ch|sh)es$"), ""),
    ("e", re.compile(r"(?:\w{4}s|ch)e$"), ""),  # "databases" and "caches" lost theirs above
    ("s", re.compile(r"(?:\w\w[^aius]|\w[^i]a|^[^aeiouy][^aehiloruy]u)s$"), ""),  # not "bus"
)
"""Plural endings: what they are, where they count, and what stands in their place.

Short words keep theirs, since they would become other words: "iOS", "use", "cases" as "CAS"."""
_ACRONYMS = re.compile(r"[A-Z0-9]{2,}s\Z")
_MIN_SPELT = 5
"""Letters of a word that is spelt differently here and there."""
_MAX_SHOUTED = 5
"""A word in capitals of at most so many letters ("HTTPS") ends in an S that is no plural; a longer
one ("NETWORKS") is a word in capitals."""

_IN_LATIN = (
    (re.compile(r"(\w*(?:lys|gnos|cris|emphas|oas|synops|nemes|metastas))es\Z"), "is"),
    (re.compile(r"((?:anti|hypo|paren|photosyn|pros|syn)?thes)es\Z"), "is"),
    (re.compile(r"(\w*(?:matri|heli))ces\Z"), "x"),
    (re.compile(r"(append)ices\Z"), "ix"),
    (re.compile(r"(\w*(?:vert|ind|vort)|ap|cod|cort)ices\Z"), "ex"),
    (re.compile(r"(\w{4,})ae\Z"), "a"),
    (re.compile(r"(\w{3,}[dehlnrsty]|wo)men\Z"), "man"),
)
"""Plurals that are no English ones, also at the end of longer words ("submatrices"): what stays of
them, and what is added to it."""


def _pairs(words: str, ending: str, instead: str) -> Iterable[tuple[str, str]]:
    return ((word, word.removesuffix(ending) + instead) for word in words.split())


_IRREGULAR = {
    "axes": "axis", "children": "child", "feet": "foot", "geese": "goose", "lice": "louse", "men": "man",
    "mice": "mouse", "oxen": "ox", "people": "person", "teeth": "tooth", "genera": "genus", "corpora": "corpus",
    "schemata": "schema", "stigmata": "stigma", "stomata": "stoma", "lemmata": "lemma",
    **dict(_pairs("calories cookies hoodies movies prairies rookies selfies smoothies zombies", "s", "")),
    **dict(_pairs("automata criteria phenomena polyhedra tetrahedra", "a", "on")),
    **dict(_pairs(
        "addenda bacteria compendia consortia continua curricula data errata equilibria extrema maxima media memoranda "
        "millennia minima momenta optima quanta referenda septa spectra strata substrata symposia", "a", "um"
    )),
    **dict(_pairs(
        "alumni bacilli cacti calculi foci fungi loci moduli nuclei radii stimuli syllabi termini thesauri tori",
        "i", "us",
    )),
    **dict(_pairs("calves elves halves hooves leaves loaves scarves selves sheaves shelves thieves wolves", "ves", "f")),
    **dict(_pairs("knives lives wives", "ves", "fe")),
}  # fmt: skip


_BRITISH = (
    (re.compile(r"(?<=\w\w)is(?=(?:e[drs]?|ers|ing|able|ations?)\Z)"), "iz"),
    (re.compile(r"(?<=\w\w)ys(?=(?:e[dr]?|ing)\Z)"), "yz"),
    (re.compile(r"(?<=\w{3})our(?=(?:s|ed|ing|al|able|hoods?)?\Z)"), "or"),
    (re.compile(r"(?<=\w{3})ll(?=(?:ed|ing|ers?)\Z)"), "l"),
    (re.compile(r"(?<=\w\w)ogue(?=s?\Z)"), "og"),
    (re.compile(r"(?<=[cf]en)ce(?=s?\Z)"), "se"),
    (re.compile(r"(?<=\bcen)tre(?=[ds]?\Z)"), "ter"),
)
"""British spellings and what stands for them in American ones."""


@lru_cache(maxsize=1 << 15)
def word_form(word: str, written: str = "") -> str:
    """Return the form of a folded word: in the singular, and in American spelling.

    Args:
        word: the folded word.
        written: as it was written, if known: capitals tell the plural "LSTMs" from "HTTPS".
    """
    if _ACRONYMS.match(written):
        return word[:-1]
    is_shouted = written.isupper() and len(word) <= _MAX_SHOUTED
    irregular = _IRREGULAR.get(word) or _from_latin(word)
    if irregular:
        return word if is_shouted else irregular
    word = american(word)
    for ending, pattern, instead in _PLURALS:
        if pattern.search(word):
            if ending == "s" and is_shouted:
                return word
            return word[: -len(ending)] + instead
    return word


def american(word: str) -> str:
    """Return a folded word in American spelling: "memorized" for "memorised"; "raised" stays."""
    if len(word) <= _MIN_SPELT:
        return word
    spelt = word
    for pattern, instead in _BRITISH:
        spelt = pattern.sub(instead, spelt)
    is_one = spelt == word or is_listed(spelt) or not is_listed(word)
    return spelt if is_one else word


def _from_latin(word: str) -> str | None:
    if word.endswith(("ces", "ses", "ae", "men")):
        for pattern, ending in _IN_LATIN:
            if found := pattern.match(word):
                return found[1] + ending
    return None

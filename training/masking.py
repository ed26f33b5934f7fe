"""Hides the names of a term in a text, so that a question does not give the answer away.

Every name of the term becomes "it", which says nothing and leaves the sentences whole. Names are
found in any case, number and hyphenation, whatever stands between their words, and in parts of
compounds ("server-side"); other words of the same stem ("caching") are not names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from semsearch.text.names import form_of
from semsearch.text.normalise import WORD, fold
from semsearch.text.stems import stem

MASK = "it"

_TOKEN = re.compile(WORD.pattern.replace(r"\w", r"[^\W_]") + "[+#]*")
"""A word without underscores, since names are compared without; "C++" is not "C"."""
_CAPITAL_S = re.compile(r"\b[A-Z0-9]+S\b")
_APART = 1
"""Most additional words of a spelling of a name: "e-mail" for "email"."""


def masked(text: str, names: Iterable[str], mask: str = MASK) -> str:
    """Return a text with every name replaced, the longest first where they overlap."""
    labels = [name for name in names if fold(name) not in {"", fold(MASK)}]
    keys = {fold(label) for label in labels}
    forms = {form_of(fold(label), label) for label in labels} | {form_of(key) for key in keys}
    longest = max((len(key.split()) for key in keys), default=0) + _APART
    tokens = [*_TOKEN.finditer(text)]
    kept, written, at = [], 0, 0
    while at < len(tokens):
        for last in range(min(at + longest, len(tokens)) - 1, at - 1, -1):
            piece = text[tokens[at].start() : tokens[last].end()]
            if fold(piece) in keys or {form_of(fold(piece), piece), form_of(fold(piece))} & forms:
                kept += [text[written : tokens[at].start()], mask]
                written, at = tokens[last].end(), last
                break
        at += 1
    return "".join([*kept, text[written:]])


def names_left(text: str, names: Iterable[str]) -> list[str]:
    """Return the names that a text still contains, found by another method than `masked`.

    That is as runs of folded words, as they are or with an s, which is none of a plural in "DNS".
    """
    words = f" {fold(text)} "
    plurals = f" {fold(_CAPITAL_S.sub('', text))} "
    keys = {fold(name) for name in names} - {"", fold(MASK)}
    return sorted(key for key in keys if f" {key} " in words or f" {key}s " in plurals)


def gives_away(text: str, names: Iterable[str]) -> bool:
    """Whether a text contains a word of the same stem as a one-word name, or a longer name."""
    labels = [fold(name) for name in names]
    stems = {stem(label) for label in labels if label and " " not in label}
    return any(stem(word) in stems for word in WORD.findall(text)) or bool(names_left(text, labels))

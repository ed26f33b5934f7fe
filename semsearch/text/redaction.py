"""Takes out of a question what may point at a person: e-mail addresses, URLs, numbers.

"why does ann@example.org get error 40417?" becomes "why does [e-mail] get error [number]?". Names
of people are not recognised. A number of one or two digits stays ("layer 2"), since it points at
nobody. A word with three digits or more goes as a whole ("DE89370400440532013000", "AB-1234").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

E_MAIL = "[e-mail]"
ADDRESS = "[address]"
NUMBER = "[number]"

MASKS = re.compile("|".join(map(re.escape, (E_MAIL, ADDRESS, NUMBER))))
"""What stands for whatever was taken out."""

MIN_DIGITS = 3
"""Digits from which on a number is taken out."""

_E_MAIL = re.compile(r"\S@\S")
_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]*:(?://|\\\\)|www\."  # a scheme, or what people leave it out before
    r"|[a-z0-9-]+\.[a-z0-9.-]*[a-z](?::\d+)?/\S"  # a host with a path
    r"|\[?(?:[0-9a-f]{0,4}:){3,}",  # an address of IPv6 or of a network card
    re.IGNORECASE,
)
_OPENING = "([{<\"'“‘„«"
_CLOSING = ")]}>\"'”’“».,;:?!…"
_ONLY_DIGITS = re.compile(rf"[\d()+/.,:#–-]*\d[\d()+/.,:#–-]*[{re.escape(_CLOSING)}]*")
"""A word that may be a further part of a number, as in "0221 123 45 67"."""


def redact(question: str) -> str:
    """Return a question without e-mail addresses, URLs and numbers; white space becomes blanks."""
    return " ".join(_redacted(question.split()))


def is_redacted(question: str) -> bool:
    """Return whether something was taken out of a question."""
    return MASKS.search(question) is not None


def _redacted(words: list[str]) -> Iterator[str]:
    at = 0
    while at < len(words):
        end = at + 1
        if _digits(words[at]):
            while end < len(words) and _ONLY_DIGITS.fullmatch(words[end]):
                end += 1
        yield from _without(words[at:end])
        at = end


def _without(words: list[str]) -> list[str]:
    """Return a word, and those that continue its number, or what replaces them."""
    first = words[0].lstrip(_OPENING)
    last = words[-1].rstrip(_CLOSING)
    before = words[0][: len(words[0]) - len(first)]
    after = words[-1][len(last) :]
    if ":::" in after:  # it would be taken for an address the next time
        after = ""
    for pattern, mark in ((_E_MAIL, E_MAIL), (_ADDRESS, ADDRESS)):
        if pattern.search(first):
            rest = _without(words[1:]) if len(words) > 1 else []
            end = "" if rest else after
            return [f"{before}{mark}{end}", *rest]
    if sum(map(_digits, words)) >= MIN_DIGITS:
        return [f"{before}{NUMBER}{after}"]
    return words


def _digits(word: str) -> int:
    return sum(map(str.isdecimal, word))

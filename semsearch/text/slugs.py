"""Makes the readable part of an id: `C++` and `C#` become `c-plus-plus` and `c-sharp`, not `c`."""

from __future__ import annotations

import re
import unicodedata

_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[- ][A-Za-z0-9]+)*")
_SPOKEN = {
    "+": "plus",
    "#": "sharp",
    "&": "and",
    "@": "at",
    "*": "star",
    "%": "percent",
    "=": "equals",
}
"""Signs that distinguish names, as they are pronounced."""


def slug(name: str) -> str:
    """Turn a name into lower-case words joined by dashes.

    Letters, digits and combining marks of every script stay; signs that people pronounce (`+`, `#`,
    a dot in front) become words; everything else becomes a dash. A name without a letter or digit
    is spelled by the Unicode names of its signs, so `→` is `rightwards-arrow`.

    Args:
        name: a term, an id or the name of a glossary.

    Returns:
        The slug; a slug stays as it is. It is empty if nothing is left.
    """
    if _PLAIN.fullmatch(name):  # most names
        return name.lower().replace(" ", "-")
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).strip().lower())
    dotted = f"dot {text[1:]}" if text[:1] == "." and text[1:2].isalnum() else text
    words = "".join(_keep(sign) for sign in dotted)
    if not any(sign.isalnum() for sign in words):
        words = "-".join(unicodedata.name(sign, "").lower().replace(" ", "-") for sign in text)
    return "-".join(filter(None, words.split("-")))


def _keep(sign: str) -> str:
    if sign.isalnum() or unicodedata.category(sign).startswith("M"):
        return sign
    return f"-{_SPOKEN[sign]}-" if sign in _SPOKEN else "-"

"""Splits texts that list names or phrases."""

from __future__ import annotations

import re

from semsearch.importers.html.to_text import AMPERSAND

_BULLET = re.compile(r"^[ \t]*[-*•–][ \t]+", re.MULTILINE)  # noqa: RUF001
_WRAPPED = re.compile(r",[ \t]*\n")
_HELD = "\ufdd0"
"""Stands for `&amp;` while a text is split; a noncharacter, which no text has."""


def split_aliases(value: object) -> list[str]:
    """Return a list of names; a text is split at line ends, `;` and `|`, or at `,` if it has none.

    A line that ends with a comma goes on in the next one. Bullets before names are none of theirs.
    The semicolon inside of `R&amp;D` separates nothing.
    """
    if isinstance(value, str):
        text = AMPERSAND.sub(_HELD, value.strip()).replace("|", ";")
        if "\n" in text:
            text = _WRAPPED.sub(", ", _BULLET.sub("", text)).replace("\n", ";")
        parts = text.split(";" if ";" in text else ",")
        return texts_of([part.replace(_HELD, "&amp;") for part in parts])
    return texts_of(value)


def split_phrases(value: object) -> list[str]:
    """Return a list of phrases; a text is split at line ends, or a single line at `;` and `|`."""
    if isinstance(value, str):
        return texts_of(value.split("\n") if "\n" in value else value.replace("|", ";").split(";"))
    return texts_of(value)


def texts_of(value: object) -> list[str]:
    """Return the texts of a list, without blanks around them and without empty ones."""
    several = value if isinstance(value, list) else []
    return [one.strip() for one in several if isinstance(one, str) and one.strip()]

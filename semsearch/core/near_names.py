"""What to say of a name that is not known: what was meant, or which there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

MAX_LISTED = 50
"""Most names in a message."""
MAX_BEGINNING = 3
"""Most names that begin with what was typed; one that resembles it comes after them."""


def did_you_mean(names: Sequence[str]) -> str:
    """Return the rest of a message: "; did you mean 'x' or 'y'?", or nothing without a name."""
    if not names:
        return ""
    *first, last = map(repr, dict.fromkeys(names))
    return f"; did you mean {', '.join(first)} or {last}?" if first else f"; did you mean {last}?"


def near_or_known(name: str, known: Iterable[str]) -> str:
    """Return the rest of a message: "; did you mean 'x'?" or "; there are x, y and z".

    Args:
        name: the unknown name.
        known: the names that would do.
    """
    names = list(known)
    if near := get_close_matches(name.lower(), {one.lower(): one for one in names}, n=1):
        found = next(one for one in names if one.lower() == near[0])
        return did_you_mean([found])
    shown = ", ".join(names[:MAX_LISTED])
    more = len(names) - MAX_LISTED
    return f"; there are {shown} and {more:,} more" if more > 0 else f"; there are {shown}"

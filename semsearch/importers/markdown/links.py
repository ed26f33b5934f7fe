"""Where an author's link leads: to another entry of the same glossary, or elsewhere.

Only the form of an address is looked at; whether an entry of that name exists is known when
all of them have been read (`semsearch.index.relations`). A page of a folder is linked to as a
neighbour (`pan.md`, `../pan/`, `/pan/`) or below the name of the folder (`/docs/kitchen/pan`); any other
path leads to another part of the same site, where `/docs/css` is not the entry "CSS". A term
of a file is linked to by its anchor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from urllib.parse import SplitResult, unquote, urlsplit

Target = Callable[[str], str]
"""From an address to the name of the entry it leads to; empty if it leads elsewhere."""

_ANCHOR = "term-"
"""What Sphinx and the glossary of Kubernetes put before the name in an anchor."""
_SUFFIX = re.compile(r"\.(?:md|markdown|html?)$", re.IGNORECASE)


def nowhere(address: str) -> str:
    """Follow no link."""
    del address
    return ""


def from_page(sections: Collection[str]) -> Target:
    """Follow the links of a page.

    Args:
        sections: the names below which the pages of its glossary lie, in lower case.

    Returns:
        What follows links: the part of a path below such a name, or a path of one part.
    """

    def target(address: str) -> str:
        place = _split(address)
        if place is None:
            return ""
        if place.fragment.startswith(_ANCHOR):
            return unquote(place.fragment.removeprefix(_ANCHOR))
        parts = [part for part in unquote(place.path).split("/") if part not in ("", ".", "..")]
        parts[-1:] = [_SUFFIX.sub("", part) for part in parts[-1:]]
        if parts[-1:] in (["index"], ["_index"]):
            parts.pop()
        below = [i for i, part in enumerate(parts, 1) if part.casefold() in sections]
        if below:
            return "/".join(parts[below[-1] :])
        return parts[0] if len(parts) == 1 else ""

    return target


def from_file(name: str) -> Target:
    """Follow the links of a file of many terms, which lead to its own anchors.

    Args:
        name: the name of the file.
    """

    def target(address: str) -> str:
        place = _split(address)
        if place is None or unquote(place.path).rpartition("/")[2] not in ("", name):
            return ""
        return unquote(place.fragment.removeprefix(_ANCHOR))

    return target


def _split(address: str) -> SplitResult | None:
    """Take an address apart; None if it leads to another site or is none."""
    try:
        place = urlsplit(address)
    except ValueError:  # an open bracket where a host should be
        return None
    return None if place.scheme or place.netloc else place

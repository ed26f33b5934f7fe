"""Decides which entry a Markdown link refers to, by the form of its address.

Whether the entry exists is only known after all files are read (`index/relations.py`). Pages link
to a page of the same folder (`pan.md`, `../pan/`, `/pan/`) or below the folder's name
(`/docs/kitchen/pan`). Any other path leads to another part of the site, where `/docs/css` is not
the entry "CSS". Terms inside one file are linked to by their anchors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from urllib.parse import SplitResult, unquote, urlsplit

Target = Callable[[str], str]
"""Return the name of the entry that an address leads to; empty if it leads elsewhere."""

_ANCHOR = "term-"
"""Prefix of anchors in Sphinx and in the glossary of Kubernetes."""
_SUFFIX = re.compile(r"\.(?:md|markdown|html?)$", re.IGNORECASE)


def nowhere(address: str) -> str:
    """Resolve no link."""
    del address
    return ""


def from_page(sections: Collection[str]) -> Target:
    """Resolve the links of a page.

    Args:
        sections: the names below which the pages of the glossary lie, in lower case.

    Returns:
        A function that returns the part of a path below such a name, or a path of one part.
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
        ends = [i for i, part in enumerate(parts, 1) if part.casefold() in sections]
        if ends:
            return "/".join(parts[ends[-1] :])
        return parts[0] if len(parts) == 1 else ""

    return target


def from_file(name: str) -> Target:
    """Resolve the links of a file with several terms, which lead to its own anchors.

    Args:
        name: of the file.
    """

    def target(address: str) -> str:
        place = _split(address)
        if place is None or unquote(place.path).rpartition("/")[2] not in ("", name):
            return ""
        return unquote(place.fragment.removeprefix(_ANCHOR))

    return target


def _split(address: str) -> SplitResult | None:
    """Split an address; None if it leads to another site or is invalid."""
    try:
        place = urlsplit(address)
    except ValueError:  # such as an unclosed bracket in the host
        return None
    return None if place.scheme or place.netloc else place

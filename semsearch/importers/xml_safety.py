"""What an XML file declares in front of its root, looked at before any parser gets the file.

Entities that lead to other files or addresses are refused, and so are those made of one another or used so often that the
text would grow beyond bounds. What is left are plain abbreviations, as ontologies use them for
addresses.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from semsearch.core.errors import ImportFailed

if TYPE_CHECKING:
    from lxml import etree

MAX_GROWTH = 16 * 2**20
"""Characters that all entities of a file may stand for together."""

MAX_DEPTH = 256
"""Elements within one another; lxml refuses more too."""

_TAG = re.compile(r"<(/?)[A-Za-z_:][^<>]*?(/?)>")
_DECLARED = re.compile(r"<!ENTITY\s+(%\s*)?([^\s%\"']+)\s*(?:\"([^\"]*)\"|'([^']*)'|([^>]*))", re.S)
_USED = re.compile(r"&([^;&#\s<]{1,200});")
_DOCTYPE = re.compile(r"<!DOCTYPE\s", re.IGNORECASE)


def check_xml(text: str, path: Path) -> None:
    """Refuse a file whose entities are a danger, or whose elements stand in one another without end.

    Args:
        text: the whole file.
        path: the file, for the message.

    Raises:
        ImportFailed: an entity leads elsewhere, is made of others, or unfolds to too much; it is nested too deeply.
    """
    _check_depth(text, path)
    if not _DOCTYPE.search(text):
        return
    lengths: dict[str, int] = {}
    for found in _DECLARED.finditer(text):
        is_parameter, name, double, single, elsewhere = found.groups()
        line = text.count("\n", 0, found.start()) + 1
        value = double if double is not None else single
        if is_parameter or value is None or elsewhere:
            reason = f"the entity {name[:60]!r} leads to another file, which is not read"
            raise ImportFailed(f"{reason}; write out what it stands for", path, line)
        if _USED.search(value):
            reason = f"the entity {name[:60]!r} is made of other entities"
            raise ImportFailed(f"{reason}; write out what they stand for", path, line)
        lengths[name] = len(value)
    uses = Counter(found[1] for found in _USED.finditer(text))
    if sum(uses[name] * length for name, length in lengths.items()) > MAX_GROWTH:
        reason = f"its entities stand for more than {MAX_GROWTH // 2**20} MiB of text"
        raise ImportFailed(f"{reason}; write it out, or split it", path)


def _check_depth(text: str, path: Path) -> None:
    depth = 0
    for tag in _TAG.finditer(text):
        depth += -1 if tag[1] else not tag[2]
        if depth > MAX_DEPTH:
            line = text.count("\n", 0, tag.start()) + 1
            raise ImportFailed("nested too deeply to be a glossary", path, line)


def line_of(element: etree._Element) -> int:
    """Return the line that an element begins in; 1 where the parser does not know."""
    line = element.sourceline
    return line if isinstance(line, int) and line > 0 else 1

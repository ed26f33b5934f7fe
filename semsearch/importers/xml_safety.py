"""Checks the entities and the depth of an XML file before any parser reads it.

Refused are entities that refer to other files or addresses, that consist of other entities, or that
are used so often that the text would grow beyond a limit. The rest are plain abbreviations, which
ontologies use for addresses.
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
"""Most characters that all entities of a file may expand to."""

MAX_DEPTH = 256
"""Most nested elements; lxml refuses more, too."""

_TAG = re.compile(r"<(/?)[A-Za-z_:][^<>]*?(/?)>")
_DECLARED = re.compile(r"<!ENTITY\s+(%\s*)?([^\s%\"']+)\s*(?:\"([^\"]*)\"|'([^']*)'|([^>]*))", re.S)
_USED = re.compile(r"&([^;&#\s<]{1,200});")
_DOCTYPE = re.compile(r"<!DOCTYPE\s", re.IGNORECASE)


def check_xml(text: str, path: Path) -> None:
    """Refuse a file with dangerous entities or too deeply nested elements.

    Args:
        text: the whole file.
        path: the file, for the message.

    Raises:
        ImportFailed: an entity refers to another file, consists of other entities, or expands too
            much; or elements are nested too deeply.
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
    """Return the line on which an element begins; 1 if the parser does not know it."""
    line = element.sourceline
    return line if isinstance(line, int) and line > 0 else 1

"""Definition lists of HTML in Markdown: `<dl>` at the margin with more terms than headings."""

from __future__ import annotations

import re
from pathlib import Path

from semsearch.importers.records import Item

_OPEN = re.compile(r"[ ]{0,3}<dl\b", re.IGNORECASE)
_CLOSE = re.compile(r"</dl\s{0,9}>", re.IGNORECASE)
_TERM = re.compile(r"<dt\b", re.IGNORECASE)
_HEADING = re.compile(r"^#{1,6}[ \t]+\S", re.MULTILINE)
_FENCE = re.compile(r"[ ]{0,3}(```|~~~)")


def popped_html_lists(text: str, path: Path, language: str) -> tuple[str, list[Item]]:
    """Take definition lists of HTML out of a text.

    Args:
        text: the Markdown.
        path: its file.
        language: of the entries, if the user named it.

    Returns:
        The text with blank lines in their place, and their entries.
    """
    if len(_TERM.findall(text)) <= len(_HEADING.findall(text)):
        return text, []
    lines = text.split("\n")
    inside = _lines_of_lists(lines)
    if not inside:
        return text, []
    from semsearch.importers.html.reader import entries_of_lists  # noqa: PLC0415 - lxml, seldom

    source = "\n".join(line if n in inside else "" for n, line in enumerate(lines))
    items = list(entries_of_lists(source, path, language))
    left = "\n".join("" if n in inside else line for n, line in enumerate(lines))
    return left, items


def _lines_of_lists(lines: list[str]) -> set[int]:
    found: set[int] = set()
    fence = ""
    is_list = False
    for place, line in enumerate(lines):
        if not is_list and (mark := _FENCE.match(line)):
            fence = "" if mark[1] == fence else fence or mark[1]
        is_list = is_list or (not fence and _OPEN.match(line) is not None)
        if is_list:
            found.add(place)
            is_list = _CLOSE.search(line) is None
    return set() if is_list else found

"""Definitions as in contracts and laws: `"Agreement" means ...`, `„Ware“ bezeichnet ...`.

Such a paragraph begins with a term in quotation marks, perhaps behind the number of its clause,
and a verb that defines. Paragraphs below it continue the definition up to the next term, or to a
clause with a number. Word numbers clauses as items of a list: these continue the text above them
only if it is not at its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from semsearch.core.entries import Note, Source
from semsearch.importers.fields import beginning_of_list
from semsearch.importers.records import Record

_NUMBER = r"(?:\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z]{1,3})[.)]?[ \t]+)?"
_QUOTED = r"[\"“”„«»][^\"“”„«»\n]{1,100}[\"“”„«»]"
_TERM = re.compile(
    rf"{_NUMBER}(?P<names>{_QUOTED}(?:(?:,|[ \t](?:or|and|oder|und|ou|et))[ \t]+(?:each[ \t])?{_QUOTED}){{0,5}})"
    r"(?P<remark>[ \t]\([^()\n]{1,100}\))?,?[ \t]*"
    r"(?:(?:(?:shall|will)[ \t])?means?\b|(?=(?:(?:shall|will)[ \t])?"
    r"(?:ha(?:s|ve)|refers?|includes?|is|are|bedeutet|bezeichnet|meint|ist|sind|désigne|signifie)\b))"
    r"[\s,:]*(?P<text>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_NAME = re.compile(r"[\"“”„«»][ \t]*([^\"“”„«»\n]+?)[ \t]*[\"“”„«»]")
_GOES_ON = re.compile(r"(?:[:;,]|\b(?:and|or|und|oder|et|ou))\Z")
_CLAUSE = re.compile(r"\d{1,3}(?:\.\d{1,3})*\.?[ \t]+\S")
_BEGINS = re.compile(rf"{_NUMBER}{_QUOTED}|{_CLAUSE.pattern}|\([a-z]{{1,4}}\)[ \t]")
_MIN_TERMS = 2
_MAX_DISTANCE = 5
"""Paragraphs between two such terms, on average."""


def are_quoted_terms(paragraphs: Iterable[str]) -> bool:
    """Return whether paragraphs near each other define terms in quotation marks."""
    found = [
        (place, match["names"])
        for place, text in enumerate(paragraphs)
        if (match := _TERM.match(text.strip()))
    ]
    if len({names for _, names in found}) < _MIN_TERMS:
        return False
    return found[-1][0] - found[0][0] < _MAX_DISTANCE * len(found)


def paragraphs_of(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield the line and the text of each paragraph; terms, clauses and items begin one, too."""
    lines: list[str] = []
    first = 1
    for number, line in enumerate([*text.split("\n"), ""], 1):
        stripped = line.strip()
        if lines and (not stripped or _BEGINS.match(stripped)):
            yield first, " ".join(lines), False
            lines = []
        if stripped:
            first = number if not lines else first
            lines.append(stripped)


def read_quoted_terms(
    paragraphs: Iterable[tuple[int, str, bool]], file: str
) -> Iterator[Record | Note]:
    """Read the definitions of terms in quotation marks.

    Args:
        paragraphs: the line and the text of each, and whether it is an item of a list.
        file: the file they are from.

    Yields:
        Record | Note: an entry for each term, and a note on paragraphs that belong to none.
    """
    entry: Record | None = None
    unread: list[tuple[int, str]] = []
    for line, paragraph, is_item in paragraphs:
        found = _TERM.match(paragraph.strip())
        if found is not None:
            if entry is not None:
                yield entry
            term, *others = (name.strip(" ,") for name in _NAME.findall(found["names"]))
            text = (found["remark"] or "").strip() + " " + found["text"]
            entry = Record(term, text.strip(), Source(file, line), tuple(others))
        elif entry is not None and (
            _GOES_ON.search(entry.definition) if is_item else not _CLAUSE.match(paragraph)
        ):
            text = f"\n- {paragraph}" if is_item else f"\n\n{paragraph}"
            entry = replace(entry, definition=entry.definition + text)
        else:
            if entry is not None:
                yield entry
                entry = None
            unread.append((line, paragraph))
    if entry is not None:
        yield entry
    if unread:
        shown = beginning_of_list([text for _, text in unread])
        text = f"text that belongs to no term is not read: {shown}"
        yield Note(Source(file, unread[0][0]), text)

"""Writes a dictionary for dictd (dictd(8)): articles in NAME.dict, headwords in NAME.index.

Headwords that begin with `00-database` state the title, and that the text is UTF-8 in which all
characters count.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from semsearch.core.entries import Entry
from semsearch.exporters.context import ExportContext, parts_of
from semsearch.importers.dictionaries.dictd import DIGITS, words_of

_WIDTH = 74
_NO_LINKS = str.maketrans("{}", "()")
"""Braces would link to other articles."""
_HELD = frozenset({"aliases"})


def write(context: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the text, then the sorted index."""
    index: list[tuple[str, int, int]] = []
    yield ".dict", _articles(context, index)
    yield ".index", (_line(*one) for one in sorted(index, key=_order))


def _articles(context: ExportContext, index: list[tuple[str, int, int]]) -> Iterator[bytes]:
    at = 0
    about = {"utf8": "\n", "allchars": "\n", "short": f"{context.glossary}\n"}
    for name, text in about.items():
        index.append((f"00-database-{name}", at, len(text.encode())))
        yield text.encode()
        at += len(text.encode())
    for entry in context.entries():
        article = _article(entry).encode()
        names = dict.fromkeys((entry.term, *entry.aliases))
        index += [(name, at, len(article)) for name in names]
        yield article
        at += len(article)


def _article(entry: Entry) -> str:
    """Return the term, and below it the definition, wrapped and indented for terminals."""
    wrapped = (
        textwrap.fill(
            paragraph,
            _WIDTH,
            initial_indent="     ",
            subsequent_indent="     ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for paragraph in entry.definition.translate(_NO_LINKS).split("\n\n")
    )
    return f"{entry.term}\n" + "\n\n".join(wrapped) + "\n"


def _order(line: tuple[str, int, int]) -> tuple[bytes, int]:
    return line[0].lower().encode(), line[1]


def _line(name: str, start: int, length: int) -> bytes:
    return f"{name}\t{_number(start)}\t{_number(length)}\n".encode()


def _number(value: int) -> str:
    """Return a number in base 64, highest digit first."""
    digits = DIGITS[value % 64]
    while value := value // 64:
        digits = DIGITS[value % 64] + digits
    return digits


def lost(entry: Entry, context: ExportContext) -> Iterator[str]:
    """Yield the parts that an article cannot hold, and entries that need an id."""
    yield from context.lost_without_ids(entry)
    yield from (name for name in parts_of(entry) if name not in _HELD)
    if words_of(_article(entry), (entry.term, *entry.aliases)) != entry.definition:
        yield "definition"

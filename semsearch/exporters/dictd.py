"""A dictionary of dictd, as dictd(8) describes it: articles in NAME.dict, headwords with their places in NAME.index.

The headwords that begin with `00-database` tell dictd that it is UTF-8 in which every sign counts, and what it is called.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from semsearch.core.entries import Entry
from semsearch.exporters.context import ExportContext, parts_of
from semsearch.importers.dictd import DIGITS, words_of

_WIDTH = 74
_NO_LINKS = str.maketrans("{}", "()")
"""Braces lead to other articles."""
_HELD = frozenset({"aliases"})


def write(material: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the text, and then the index, which is sorted."""
    index: list[tuple[str, int, int]] = []
    yield ".dict", _articles(material, index)
    yield ".index", (_line(*one) for one in sorted(index, key=_order))


def _articles(material: ExportContext, index: list[tuple[str, int, int]]) -> Iterator[bytes]:
    at = 0
    about = {"utf8": "\n", "allchars": "\n", "short": f"{material.glossary}\n"}
    for name, text in about.items():
        index.append((f"00-database-{name}", at, len(text.encode())))
        yield text.encode()
        at += len(text.encode())
    for entry in material.entries():
        article = _article(entry).encode()
        names = dict.fromkeys((entry.term, *entry.aliases))
        index += [(name, at, len(article)) for name in names]
        yield article
        at += len(article)


def _article(entry: Entry) -> str:
    """Return the term and below it the definition, broken and indented for a terminal."""
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
    """Write a number to base 64, highest digit first."""
    digits = DIGITS[value % 64]
    while value := value // 64:
        digits = DIGITS[value % 64] + digits
    return digits


def lost(entry: Entry, material: ExportContext) -> Iterator[str]:
    """Yield the parts that an article has no place for, a definition that flows otherwise, and entries that need an id."""
    yield from material.lost_without_ids(entry)
    yield from (name for name in parts_of(entry) if name not in _HELD)
    if words_of(_article(entry), (entry.term, *entry.aliases)) != entry.definition:
        yield "definition"

"""Writes a StarDict dictionary: NAME.ifo, .idx, .dict and .syn (doc/StarDictFileFormat).

Headwords are sorted by their bytes with ASCII letters in lower case, then by their bytes. Articles
are plain text.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from semsearch.core.entries import Entry
from semsearch.exporters.context import LANGUAGE, ExportContext, parts_of
from semsearch.importers.formats.detection import STARDICT

_MAX_BYTES = 255
"""Of a headword."""
_HELD = frozenset({"aliases", "language"})


def write(context: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the text, the index, the synonyms, and the description with their sizes."""
    places: list[tuple[bytes, int, int, int]] = []
    names: list[tuple[bytes, int]] = []
    yield ".dict", _articles(context, places, names)
    places.sort(key=lambda place: (_order(place[0]), place[3]))
    index = b"".join(
        word + b"\0" + struct.pack(">II", start, size) for word, start, size, _ in places
    )
    yield ".idx", iter([index])
    now = {place[3]: number for number, place in enumerate(places)}
    names.sort(key=lambda name: (_order(name[0]), now[name[1]]))
    yield ".syn", (word + b"\0" + struct.pack(">I", now[at]) for word, at in names)
    about = {
        "version": "2.4.2",
        "bookname": context.glossary,
        "wordcount": len(places),
        "synwordcount": len(names),
        "idxfilesize": len(index),
        "sametypesequence": "m",
        "lang": _language(context),
    }
    lines = "".join(f"{name}={value}\n" for name, value in about.items() if value)
    yield ".ifo", iter([f"{STARDICT}\n{lines}".encode()])


def _articles(
    context: ExportContext,
    places: list[tuple[bytes, int, int, int]],
    names: list[tuple[bytes, int]],
) -> Iterator[bytes]:
    at = 0
    for number, entry in enumerate(context.entries()):
        article = entry.definition.encode()
        places.append((_headword(entry.term), at, len(article), number))
        names += [
            (word, number)
            for alias in entry.aliases
            if (word := alias.encode()) == _headword(alias)
        ]
        yield article
        at += len(article)


def _headword(name: str) -> bytes:
    """Return a name, truncated after a whole character if it is too long."""
    return name.encode()[:_MAX_BYTES].decode(errors="ignore").encode()


def _order(word: bytes) -> tuple[bytes, bytes]:
    return word.lower(), word  # `bytes.lower` changes ASCII letters only


def _language(context: ExportContext) -> str:
    """Return the language of all entries; empty if there are several, or for the default."""
    (first, *others) = context.languages or {LANGUAGE}
    return "" if others or first == LANGUAGE else first


def lost(entry: Entry, context: ExportContext) -> Iterator[str]:
    """Yield the parts that a dictionary cannot hold, too long names, entries that need an id."""
    yield from context.lost_without_ids(entry)
    yield from (name for name in parts_of(entry) if name not in _HELD)
    if entry.language != LANGUAGE and entry.language != _language(context):
        yield "language"
    if _headword(entry.term) != entry.term.encode():
        yield "term"
    if any(_headword(alias) != alias.encode() for alias in entry.aliases):
        yield "aliases"

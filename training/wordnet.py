"""Synsets of WordNet, from the data files of its database (wndb(5WN)).

A line of data.POS is one synset: its offset, the number of its file, its type, how many words it has to
base 16, the words each with a number, how many pointers it has, each as sign, offset, type and place, and after
a bar the gloss: definitions and quoted examples, set apart by semicolons. The licence stands above, in lines that
begin with blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from semsearch.errors import ImportFailed
from training.types import Sense

SOURCE = "wordnet"
_FILES = ("noun", "verb", "adj", "adv")
_PARTS = {"n": "n", "v": "v", "a": "a", "s": "a", "r": "r"}
_MARKER = re.compile(r"\((?:a|p|ip)\)$")
"""Where an adjective may stand; no part of the word."""
_EXAMPLE = re.compile(r'"([^"]+)"(?:\s*-+\s*[^;"]+)?')
"""A usage in quotation marks, and who wrote it."""
_INSTANCE = "@i"
_TAXON = re.compile(
    r"(?:genus|family|order|class|subfamily|suborder|subclass|phylum|division)_[A-Z]"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A synset as it is written: words with underscores, pointers as (sign, offset), the whole gloss."""

    offset: str
    type: str
    words: tuple[str, ...]
    pointers: tuple[tuple[str, str], ...]
    gloss: str


def read_lines(file: Path) -> Iterator[Line]:
    """Yield the synsets of a data file.

    Raises:
        ImportFailed: it cannot be read, or a line is no synset; the message has the line.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ImportFailed(
            f"cannot be read ({error}); fetch Debian's wordnet-base", file
        ) from error
    for number, line in enumerate(lines, 1):
        if not line.startswith("  "):
            try:
                yield _line(line)
            except (ValueError, IndexError) as error:
                raise ImportFailed(f"is no synset ({error})", file, number) from error


def _line(line: str) -> Line:
    data, bar, gloss = line.partition(" | ")
    if not bar:
        raise ValueError("it has no definition")
    offset, _, kind, count, *rest = data.split()
    end = 2 * int(count, 16)
    pointers = rest[end + 1 : end + 1 + 4 * int(rest[end])]
    signs = tuple(zip(pointers[::4], pointers[1::4], strict=True))
    return Line(offset, kind, tuple(rest[:end:2]), signs, gloss)


def read_senses(folder: Path) -> Iterator[Sense]:
    """Yield the synsets of the data files in a folder, in the order of the files.

    Left out are instances (persons, places, ships) and the groups of biology: a name is no word that is looked for by its
    meaning.
    """
    for name in _FILES:
        for line in read_lines(folder / f"data.{name}"):
            if sense := _sense(line):
                yield sense


def _sense(line: Line) -> Sense | None:
    is_instance = any(sign == _INSTANCE for sign, _ in line.pointers)
    if is_instance or any(_TAXON.match(word) for word in line.words):
        return None
    examples = tuple(match[1].strip() for match in _EXAMPLE.finditer(line.gloss))
    definition = " ".join(_EXAMPLE.sub("", line.gloss).split()).strip(" ;:,")
    definition = re.sub(r"(?:\s*;)+", ";", definition)
    names = tuple(dict.fromkeys(_MARKER.sub("", word).replace("_", " ") for word in line.words))
    part = _PARTS[line.type]
    return Sense(
        id=f"wn-{part}{line.offset}",
        source=SOURCE,
        names=names,
        part=part,
        definition=definition,
        examples=examples,
    )

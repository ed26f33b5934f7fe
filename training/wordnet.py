"""Meanings of WordNet's words, from its data files (`semsearch.importers.dictionaries.wordnet`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from semsearch.importers.dictionaries.wordnet import Line, read_lines
from training.senses import Sense

SOURCE = "wordnet"
_FILES = ("noun", "verb", "adj", "adv")
_PARTS = {"n": "n", "v": "v", "a": "a", "s": "a", "r": "r"}
_INSTANCE = "@i"
_TAXON = re.compile(
    r"(?:genus|family|order|class|subfamily|suborder|subclass|phylum|division)_[A-Z]"
)


def read_senses(folder: Path) -> Iterator[Sense]:
    """Yield the synsets of the data files in a folder, in the order of the files.

    Left out are instances (persons, places, ships) and the groups of biology: a name is no word
    that is looked for by its meaning.
    """
    for name in _FILES:
        for line in read_lines(folder / f"data.{name}"):
            if sense := _sense(line):
                yield sense


def _sense(line: Line) -> Sense | None:
    is_instance = any(sign == _INSTANCE for sign, _, _ in line.pointers)
    if is_instance or any(_TAXON.match(word) for word in line.words):
        return None
    part = _PARTS[line.type]
    return Sense(
        id=f"wn-{part}{line.offset}",
        source=SOURCE,
        names=line.names,
        part=part,
        definition=line.definition,
        examples=line.examples,
    )

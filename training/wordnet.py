"""Meanings of WordNet, from the data files of its database (wndb(5WN)).

A line of data.POS is one synset: its offset, the number of its file, its type, how many words it has to
base 16, the words each with a number, its relations, and after a bar the gloss: definitions and quoted
examples, set apart by semicolons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

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


def read_senses(folder: Path) -> Iterator[Sense]:
    """Yield the synsets of the data files in a folder, in the order of the files.

    Left out are instances (persons, places, ships) and the groups of biology: a name is no word that is looked for by its
    meaning.
    """
    for name in _FILES:
        with (folder / f"data.{name}").open(encoding="utf-8") as file:
            for line in file:
                if line[0].isdigit() and (sense := _sense(line)):
                    yield sense


def _sense(line: str) -> Sense | None:
    head, _, gloss = line.partition(" | ")
    fields = head.split()
    words = fields[4 : 4 + 2 * int(fields[3], 16) : 2]
    if _INSTANCE in fields or any(_TAXON.match(word) for word in words):
        return None
    examples = tuple(match[1].strip() for match in _EXAMPLE.finditer(gloss))
    definition = " ".join(_EXAMPLE.sub("", gloss).split()).strip(" ;:,")
    definition = re.sub(r"(?:\s*;)+", ";", definition)
    names = tuple(dict.fromkeys(_MARKER.sub("", word).replace("_", " ") for word in words))
    part = _PARTS[fields[2]]
    return Sense(
        id=f"wn-{part}{fields[0]}",
        source=SOURCE,
        names=names,
        part=part,
        definition=definition,
        examples=examples,
    )

"""Reader of WordNet's database files, data.POS: one entry for each synset (wndb(5WN)).

A line is a synset: its offset, the number of its lexicographer file, its type, the number of words
in base 16, the words with a number each, the number of pointers, each pointer as symbol, offset,
part of speech and place, and after a bar the gloss: definitions and quoted examples separated by
semicolons. The licence comes first, in lines that begin with blanks. The id is WordNet's: part of
speech and offset.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from semsearch.core.entries import Details, Source
from semsearch.core.errors import ImportFailed
from semsearch.importers.files.text_files import read_text
from semsearch.importers.records import Item, ReadOptions, Record

_MARKER = re.compile(r"\((?:a|p|ip)\)$")
"""Syntactic marker of an adjective; not part of the word."""
_EXAMPLE = re.compile(r'"([^"]+)"(?:\s*-+\s*[^;"]+)?')
"""An example in quotation marks, and its author."""
_SEPARATORS = re.compile(r"(?:\s*;)+")
_BROADER, _NARROWER, _SEE_ALSO = ("@", "@i"), ("~", "~i"), ("^",)

_TOPICS = [
    "adj.all",
    "adj.pert",
    "adv.all",
    "noun.Tops",
    "noun.act",
    "noun.animal",
    "noun.artifact",
    "noun.attribute",
    "noun.body",
    "noun.cognition",
    "noun.communication",
    "noun.event",
    "noun.feeling",
    "noun.food",
    "noun.group",
    "noun.location",
    "noun.motive",
    "noun.object",
    "noun.person",
    "noun.phenomenon",
    "noun.plant",
    "noun.possession",
    "noun.process",
    "noun.quantity",
    "noun.relation",
    "noun.shape",
    "noun.state",
    "noun.substance",
    "noun.time",
    "verb.body",
    "verb.change",
    "verb.cognition",
    "verb.communication",
    "verb.competition",
    "verb.consumption",
    "verb.contact",
    "verb.creation",
    "verb.emotion",
    "verb.motion",
    "verb.perception",
    "verb.possession",
    "verb.social",
    "verb.stative",
    "verb.weather",
    "adj.ppl",
]
"""Names of the lexicographer files by number (lexnames(5WN))."""


@dataclass(frozen=True, slots=True)
class Line:
    """A synset as written: words, pointers as (symbol, offset, part), and the whole gloss."""

    offset: str
    type: str
    topic: str
    words: tuple[str, ...]
    pointers: tuple[tuple[str, str, str], ...]
    gloss: str
    number: int

    @property
    def names(self) -> tuple[str, ...]:
        """The words in normal spelling, each once."""
        words = (_MARKER.sub("", word).replace("_", " ") for word in self.words)
        return tuple(dict.fromkeys(words))

    @property
    def definition(self) -> str:
        """The gloss without its examples."""
        text = " ".join(_EXAMPLE.sub("", self.gloss).split()).strip(" ;:,")
        return _SEPARATORS.sub(";", text)

    @property
    def examples(self) -> tuple[str, ...]:
        """The examples in the gloss."""
        return tuple(match[1].strip() for match in _EXAMPLE.finditer(self.gloss))


def read(path: Path, _: ReadOptions) -> Iterator[Item]:
    """Read a data file."""
    file = str(path)
    for line in read_lines(path):
        source = Source(file, line.number)
        names = line.names or ("",)
        id_ = _id(line.type, line.offset)
        links = _targets(line, _SEE_ALSO)
        yield Record(names[0], line.definition, source, names[1:], id_, "en", links, _details(line))


def read_lines(file: Path) -> Iterator[Line]:
    """Yield the synsets of a data file.

    Raises:
        ImportFailed: it cannot be read, or a line is not a synset; the message has the line.
    """
    text = read_text(file).removesuffix("\n")
    for number, line in enumerate(text.split("\n") if text else (), 1):
        if not line.startswith("  "):
            try:
                yield _line(line, number)
            except (ValueError, IndexError) as error:
                reason = (
                    "is no synset: offset, words and pointers, a bar and a definition are expected"
                )
                raise ImportFailed(reason, file, number) from error


def _line(line: str, number: int) -> Line:
    data, bar, gloss = line.partition(" | ")
    if not bar:
        raise ValueError("it has no definition")
    offset, topic, kind, count, *rest = data.split()
    end = 2 * int(count, 16)
    pointers = rest[end + 1 : end + 1 + 4 * int(rest[end])]
    signs = tuple(zip(pointers[::4], pointers[1::4], pointers[2::4], strict=True))
    return Line(offset, kind, topic, tuple(rest[:end:2]), signs, gloss, number)


def _details(line: Line) -> Details:
    number = int(line.topic) if line.topic.isdecimal() and len(line.topic) == 2 else len(_TOPICS)
    known = (*_BROADER, *_NARROWER, *_SEE_ALSO)
    others = tuple(sign for sign, _, _ in line.pointers if sign not in known)
    return Details(
        category=_TOPICS[number] if number < len(_TOPICS) else "",
        examples=line.examples,
        broader=_targets(line, _BROADER),
        narrower=_targets(line, _NARROWER),
        related=_targets(line, others),
    )


def _targets(line: Line, signs: tuple[str, ...]) -> tuple[str, ...]:
    found = (_id(part, offset) for sign, offset, part in line.pointers if sign in signs)
    return tuple(dict.fromkeys(found))


def _id(part: str, offset: str) -> str:
    """Return the id of a synset; satellite adjectives have the ids of adjectives."""
    return f"{'a' if part == 's' else part}{offset}"

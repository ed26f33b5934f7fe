"""Corpora of any size: real dictionaries first, then variations of their definitions.

The first entries are WordNet's 117,659 synsets in the order of their hashes, so a smaller corpus is
a sample of them. Then come FOLDOC, the Jargon File, VERA and the meanings of Webster's in GCIDE.
The rest is made of these R definitions: variation v has the first half of the words of definition v
mod R, the second half of those of another one, and a name made of both names. No two variations
have the same text. Halves keep the words, their frequencies and most of their order; since many
definitions begin or end alike, they are harder to tell apart than in a real glossary. A corpus is
the beginning of every larger one.

    python -m benchmarks.speed.dictionaries DICT 1000000 FOLDER
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.quality.foldoc import definition_of
from semsearch.importers.dictionaries.dictd import read_articles
from semsearch.importers.dictionaries.wordnet import read_lines
from semsearch.importers.records_to_entries import MAX_DEFINITION
from training import jargon, webster
from training.senses import Sense

PART = 200_000
"""Entries of one file: an importer refuses files of more than 64 MiB."""

SHORTEST, LONGEST = 6, 40
"""Words of a definition that is varied. Halves of a shorter one mean nothing, and halves of a long
article are no definition."""

STEP = 15_485_863
"""A prime. The distance of the two definitions of a variation is a multiple of it."""

_WORDNET = ("noun", "verb", "adj", "adv")


@dataclass(frozen=True, slots=True)
class Definition:
    """One entry of a dictionary."""

    term: str
    text: str
    aliases: tuple[str, ...] = ()


class TooFewDefinitions(Exception):
    """The dictionaries do not suffice for so many entries."""


def wordnet(folder: Path) -> list[Definition]:
    """Read all synsets, without the examples, in the order of their hashes.

    Raises:
        ImportFailed: a file cannot be read.
    """
    keyed = []
    for part in _WORDNET:
        for line in read_lines(folder / f"data.{part}"):
            words = tuple(word.partition("(")[0].replace("_", " ") for word in line.words)
            text = line.gloss.partition('; "')[0].strip()
            found = Definition(words[0], text, words[1:])
            key = hashlib.sha256(f"{part} {line.offset}".encode()).digest()
            keyed.append((key, found))
    return [found for _, found in sorted(keyed, key=lambda pair: pair[0])]


def others(folder: Path) -> Iterator[Definition]:
    """Yield the articles and meanings of the other dictionaries.

    Raises:
        ImportFailed: a file cannot be read.
    """
    for article in read_articles(folder / "foldoc.index"):
        if text := definition_of(article):
            yield Definition(article.headwords[0], text, article.headwords[1:])
    yield from map(_of_sense, jargon.read_senses(read_articles(folder / "jargon.index")))
    for article in read_articles(folder / "vera.index", errors="replace"):
        term, _, text = article.text.partition("\n")
        if text.strip():
            yield Definition(term.strip(), " ".join(text.split()))
    articles = read_articles(folder / "gcide.index", errors="replace")
    yield from map(_of_sense, webster.read_senses(articles, Counter()))


def _of_sense(sense: Sense) -> Definition:
    return Definition(sense.names[0], sense.definition, sense.names[1:])


def variations(real: Sequence[Definition]) -> Iterator[Definition]:
    """Yield definitions made of two real ones each, as long as there are others."""
    usable = [d for d in real if SHORTEST <= len(d.text.split()) <= LONGEST]
    seen = {d.text for d in usable}
    for turn in range(1, len(usable)):
        for at, first in enumerate(usable):
            second = usable[(at + turn * STEP) % len(usable)]
            ours, theirs = first.text.split(), second.text.split()
            text = " ".join([*ours[: len(ours) // 2], *theirs[len(theirs) // 2 :]])
            if text not in seen:
                seen.add(text)
                yield Definition(f"{first.term} {second.term}", text)


def entries(folder: Path) -> Iterator[Definition]:
    """Yield the whole corpus, in the order that the module states.

    Args:
        folder: has `wordnet/data.noun` and so on, and `foldoc.index`, `jargon.index`, `vera.index`
            and `gcide.index` with their texts. What is not reached is not read.

    Raises:
        ImportFailed: a file cannot be read.
    """
    synsets = wordnet(folder / "wordnet")
    yield from synsets
    # an importer refuses longer ones: the Jargon File has an essay
    rest = [one for one in others(folder) if len(one.text) <= MAX_DEFINITION]
    yield from rest
    yield from variations([*synsets, *rest])


def write(found: Iterator[Definition], count: int, folder: Path) -> None:
    """Write the first definitions as JSON Lines, `PART` a file, unless the folder exists.

    Raises:
        TooFewDefinitions: there are not so many.
    """
    if folder.exists():
        return
    new = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(
        new, ignore_errors=True
    )  # renamed when it is whole, so a run that broke off is done again
    new.mkdir(parents=True)
    numbered = enumerate(islice(found, count))
    written = 0
    while some := list(islice(numbered, PART)):
        lines = (_line(number, one) for number, one in some)
        (new / f"part-{written // PART:03}.jsonl").write_text("".join(lines), encoding="utf-8")
        written += len(some)
    if written < count:
        raise TooFewDefinitions(f"{written:,} entries can be made, not {count:,}")
    new.replace(folder)


def _line(number: int, one: Definition) -> str:
    record = {"id": f"e{number}", "term": one.term, "definition": one.text}
    return json.dumps({**record, "aliases": list(one.aliases)}) + "\n"


def main() -> None:
    """Write the files of a corpus."""
    dictionaries, count, folder = sys.argv[1:]
    write(entries(Path(dictionaries)), int(count), Path(folder))


if __name__ == "__main__":
    main()

"""The nouns of WordNet as a tree of kinds, and the nearness of two nouns in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from semsearch.importers.dictionaries.wordnet import Line, read_lines

_HYPERNYMS = ("@", "@i")
"""Pointers from a synset to its kind, or to what it is an instance of."""


@dataclass(frozen=True, slots=True)
class Synset:
    """Words of one meaning.

    `parent` is the first synset of which it is a kind; the root has none.
    """

    offset: str
    words: tuple[str, ...]
    definition: str
    parent: str | None


def read_nouns(folder: Path) -> dict[str, Synset]:
    """Read the nouns by their offsets, in the order of the file.

    See `semsearch.importers.dictionaries.wordnet.read_lines`.
    """
    return {line.offset: _synset(line) for line in read_lines(folder / "data.noun")}


def _synset(line: Line) -> Synset:
    words = tuple(word.replace("_", " ") for word in line.words)
    above = (offset for sign, offset, _ in line.pointers if sign in _HYPERNYMS)
    definition, _, _ = line.gloss.partition('; "')
    return Synset(line.offset, words, definition.strip(), next(above, None))


def path_to_root(synset: Synset, nouns: dict[str, Synset]) -> list[str]:
    """Return the offsets from a synset up to the root, both included."""
    return [one.offset for one in _upwards(synset, nouns)]


def _upwards(synset: Synset, nouns: dict[str, Synset]) -> Iterator[Synset]:
    at: Synset | None = synset
    while at is not None:
        yield at
        at = nouns.get(at.parent) if at.parent else None


def wu_palmer(one: Synset, other: Synset, nouns: dict[str, Synset]) -> float:
    """Return how near two synsets are in the tree, 0 to 1.

    Twice the depth of what both are a kind of, by the sum of their own; the root has depth 1 (Wu
    and Palmer, 1994, https://doi.org/10.3115/981732.981751).
    """
    mine, theirs = (path_to_root(synset, nouns) for synset in (one, other))
    common = next((place for place, offset in enumerate(mine) if offset in set(theirs)), None)
    return 0.0 if common is None else 2 * (len(mine) - common) / (len(mine) + len(theirs))

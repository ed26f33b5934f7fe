"""Reading the nouns of WordNet, as Debian's `wordnet-base` holds them.

The format is described in wndb(5WN). A line of data.noun is a synset: its offset, the file of its
lexicographer, its kind, how many words it has (in hexadecimal), each word with a number, how many
pointers it has, each as sign, offset, kind and place, and after a bar the definition with its examples. The
licence stands above, in lines that begin with blanks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from semsearch.errors import ImportFailed

_HYPERNYMS = ("@", "@i")
"""What a synset is a kind, or an instance, of."""


@dataclass(frozen=True, slots=True)
class Synset:
    """Words of one meaning. `parent` is the first synset that it is a kind of; the root has none."""

    offset: str
    words: tuple[str, ...]
    definition: str
    parent: str | None


def read_nouns(folder: Path) -> dict[str, Synset]:
    """Read the nouns by their offsets, in the order of the file.

    Raises:
        ImportFailed: data.noun cannot be read, or a line is no synset; the message has the line.
    """
    file = folder / "data.noun"
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = f"cannot be read ({error}); `make general` fetches Debian's wordnet-base"
        raise ImportFailed(reason, file) from error
    found = {}
    for number, line in enumerate(lines, 1):
        if line.startswith("  "):
            continue
        try:
            synset = _synset(line)
        except (ValueError, IndexError) as error:
            raise ImportFailed(f"is no synset ({error})", file, number) from error
        found[synset.offset] = synset
    return found


def _synset(line: str) -> Synset:
    data, bar, gloss = line.partition(" | ")
    if not bar:
        raise ValueError("it has no definition")
    offset, _, _, count, *rest = data.split()
    end = 2 * int(count, 16)
    words = tuple(word.replace("_", " ") for word in rest[:end:2])
    pointers = rest[end + 1 : end + 1 + 4 * int(rest[end])]
    above = (
        to for sign, to in zip(pointers[::4], pointers[1::4], strict=True) if sign in _HYPERNYMS
    )
    definition, _, _ = gloss.partition('; "')
    return Synset(offset, words, definition.strip(), next(above, None))


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

    Twice the depth of what both are a kind of, by the sum of their own; the root has depth 1 (Wu and
    Palmer, 1994, https://doi.org/10.3115/981732.981751).
    """
    mine, theirs = (path_to_root(synset, nouns) for synset in (one, other))
    common = next((place for place, offset in enumerate(mine) if offset in set(theirs)), None)
    return 0.0 if common is None else 2 * (len(mine) - common) / (len(mine) + len(theirs))

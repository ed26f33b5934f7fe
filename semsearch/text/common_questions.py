"""How people ask for common concepts, so that entries nobody wrote phrases for are found by them.

`concepts/*.jsonl` holds concepts of many fields, written for this project: an object a line with
`term`, `aliases`, `definition` and `questions`, by which people ask who do not know the term. An
English entry has the questions of a concept if it has a name of it and is defined in the same
sense (`senses.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from semsearch.core.arrays import Numbers
from semsearch.core.checksums import hash64
from semsearch.core.entries import Entry
from semsearch.text.names import without_qualifier
from semsearch.text.normalise import fold
from semsearch.text.senses import MIN_PROBABILITY, CommonConcept, EntrySense, forms_of
from semsearch.text.word_languages import ENGLISH, base_language
from semsearch.text.word_topics import DIGEST_BYTES

FOLDER = Path(__file__).with_name("concepts")
RULE = 4
"""Number of the rule by which an entry gets questions; another rule is another digest."""

PLACES = "places.bin"
"""The file beside the concepts that says where each name stands."""
_PLACE_BITS = 32

MAX_CONCEPTS = 2
"""Concepts whose questions one entry has, the likeliest ones: several fields may have written down
the same one."""

MAX_READ = 64
"""Concepts that are compared with an entry."""


class QuestionSource(Protocol):
    """Says which common questions an entry has."""

    @property
    def digest(self) -> str:
        """What an index states to have been built with."""

    def of(self, entry: Entry) -> tuple[str, ...]:
        """Return the common questions of an entry."""


class CommonQuestions:
    """The concepts of a folder. Thread-safe.

    Nothing is read but the places of names, which lie in a file and are mapped, so that an edit is
    not held up and processes share them. A concept is read when an entry has its name.
    """

    def __init__(self, folder: Path) -> None:
        """Take a folder with `PLACES`, which `write_places` has written; nothing may change."""
        self._files = _files(folder)
        content = np.memmap(folder / PLACES, np.uint8, mode="r")
        self.digest = f"{RULE}-{content[:DIGEST_BYTES].tobytes().hex()}"
        """The rule and a hash of all concepts, so that an index can say what it was built with."""
        self._places: Numbers = content[DIGEST_BYTES:].view("<i8").reshape(2, -1)
        """The hash of the form of each name, ascending, and where its concept stands."""

    def texts(self, count: int) -> list[str]:
        """Return about so many questions and definitions, drawn evenly from all concepts."""
        every: list[str] = []
        for file in self._files:
            for line in file.read_text("utf-8").splitlines():
                stated = json.loads(line)
                every += [*stated["questions"], stated["definition"]]
        return every[:: max(1, len(every) // count)]

    def of(self, entry: Entry) -> tuple[str, ...]:
        """Return the questions by which people ask for an entry; asked-as phrases are left out."""
        concepts = self.concepts_of(entry)
        if not concepts:
            return ()
        known = {fold(phrase) for phrase in entry.details.asked_as}
        questions = {fold(one): one for concept in concepts for one in concept.questions}
        return tuple(one for key, one in questions.items() if key not in known)

    def concepts_of(self, entry: Entry) -> list[CommonConcept]:
        """Return the concepts that an entry defines, at most `MAX_CONCEPTS`."""
        if base_language(entry.language) not in ("", ENGLISH):
            return []
        sense = EntrySense(entry)
        found = {one: sense.probability(one) for one in self._named(sense)}
        likely = [one for one, probability in found.items() if probability >= MIN_PROBABILITY]
        return sorted(likely, key=lambda one: -found[one])[:MAX_CONCEPTS]

    def _named(self, sense: EntrySense) -> Iterator[CommonConcept]:
        """Yield the concepts that have a name of an entry, with or without its qualifier."""
        hashes, places = self._places
        found: set[int] = set()
        for form in sense.labels:
            wanted = hash64(form)
            first, last = hashes.searchsorted(wanted), hashes.searchsorted(wanted, side="right")
            found.update(places[first:last].tolist())
        for place in sorted(found)[:MAX_READ]:
            concept = self._read(place)
            if concept is not None and not sense.labels.keys().isdisjoint(
                forms_of((*concept.names, *concept.bare_names))
            ):
                yield concept

    def _read(self, place: int) -> CommonConcept | None:
        """Return the concept at a place; None if its file is another one by now.

        A package may be replaced under a running service, which has the former places.
        """
        try:
            with self._files[place >> _PLACE_BITS].open("rb") as file:
                file.seek(place & ((1 << _PLACE_BITS) - 1))
                stated = json.loads(file.readline())
            return CommonConcept(
                stated["term"],
                tuple(stated["aliases"]),
                stated["definition"],
                tuple(stated["questions"]),
            )
        except (OSError, ValueError, LookupError, TypeError):
            return None


def places_of(folder: Path) -> bytes:
    """Return the content of `PLACES` for the concepts of a folder.

    It is the SHA-256 of their files, the hashes of the forms of all names, with and without
    qualifiers, ascending, and for each of them the number of its file times 2^32 plus the byte at
    which the line of its concept begins; the numbers as little-endian 64-bit integers.
    """
    digest = hashlib.sha256()
    rows: list[tuple[int, int]] = []
    for number, file in enumerate(_files(folder)):
        start = number << _PLACE_BITS
        for line in file.read_bytes().splitlines(keepends=True):
            digest.update(line)
            stated = json.loads(line)
            names = (stated["term"], *stated["aliases"])
            forms = forms_of((*names, *map(without_qualifier, names)))
            rows += ((hash64(form), start) for form in forms)
            start += len(line)
    places = np.array(sorted(set(rows)), dtype="<i8").reshape(-1, 2)
    return digest.digest() + places.T.tobytes()


def write_places(folder: Path) -> None:
    """Write `PLACES` of a folder; see `python -m tools.write_concepts`."""
    (folder / PLACES).write_bytes(places_of(folder))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


@lru_cache(maxsize=1)
def bundled() -> CommonQuestions:
    """Return the questions of this version."""
    return CommonQuestions(FOLDER)

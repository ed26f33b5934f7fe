"""How people ask for common concepts, so that entries nobody wrote phrases for are found by them.

`concepts/*.jsonl` holds concepts of many fields, written for this project: an object a line with
`term`, `aliases`, `definition` and `questions`, by which people ask who do not know the term. An
English entry has the questions of a concept if it has a name of it and is defined in the same
sense: "lime" in a glossary of rocks is not LIME, which explains models. The sense is the same if
the definition shares enough words with definition and questions of the concept, its names left out.
docs/measurements.md says how often that is right.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from semsearch.core.arrays import Numbers
from semsearch.core.checksums import hash64
from semsearch.core.entries import Entry
from semsearch.text.english import is_english
from semsearch.text.names import NameKind, form_of, names_of, without_qualifier
from semsearch.text.normalise import fold
from semsearch.text.stems import question_stems, stem
from semsearch.text.word_languages import ENGLISH, base_language

FOLDER = Path(__file__).with_name("concepts")
RULE = 3
"""Number of the rule by which an entry gets questions; another rule is another digest."""

PLACES = "places.bin"
"""The file beside the concepts that says where each name stands."""
_DIGEST_BYTES = 32
_PLACE_BITS = 32

MAX_CONCEPTS = 2
"""Concepts whose questions one entry has, those of most shared words: several fields may have
written down the same one."""

MAX_NAMES = 64
"""Names of an entry by which concepts are looked up: the first ones."""

MAX_READ = 64
"""Concepts that are compared with an entry."""

MIN_SHARED = 3
"""Content words that a definition must share with a concept to mean the same. No fewer will do
where a concept has the name only without its qualifier: "margin" for "margin (futures)"."""

MIN_SHARED_WITH_ONLY_CONCEPT = 2
"""The same where no other concept has their name, which is no acronym."""

MIN_SHARED_OF_CLEAR_NAMES = 1
"""The same where they share a name that hardly stands for anything else: one of several words, or
one that is neither a word of the language nor an acronym. The definition may say it, too. If
the name has an ordinary word ("kill switch"), the shared word is none of `_WEAK`."""

_ACRONYM = re.compile(r"[A-Z0-9]{1,5}s?\Z")

_STATED = frozenset({NameKind.TERM, NameKind.ALIAS, NameKind.ACRONYM})
"""Names by which an entry is looked up; initials that nobody wrote stand for too many concepts."""

_FREQUENT = frozenset(
    map(
        stem,
        """
        another ask back between change come different down each end every first get give go half
        hand keep line look make many need never new next nothing number part people per put right
        run say second set show since single still take three time turn two value want without work
        year
        """.split(),  # noqa: SIM905 - a line for each word would bury the code
    )
)
"""Stems that stand in the text of so many concepts that sharing them says nothing."""

_WEAK = frozenset(
    map(
        stem,
        """
        black blue brown green grey orange pink purple red white yellow bright dark pale
        big broad deep giant high huge large little long low narrow short small tall thick thin
        tiny tight wide
        cold cool dry fresh hard heavy hot light loose old rough round sharp smooth soft sweet warm
        wet young
        clean dirty empty fast fine full loud quick quiet slow steep strong weak
        alone begin bring carry catch close cut drop fall fill finish grow halt hang hide hit jump
        leave lift lose meet open pass pick pull push reach send shake share sit stand start stay
        stop throw together touch walk
        button check come day hour kept made minute month morning night place thing week went
        """.split(),  # noqa: SIM905
    )
)
"""Stems of colours, sizes, temperatures, movements, times and the like, which are said of things of
all fields: one alone tells no sense."""


@dataclass(frozen=True, slots=True)
class CommonConcept:
    """A concept with the questions by which people ask for it."""

    term: str
    aliases: tuple[str, ...]
    definition: str
    questions: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The term and its aliases."""
        return (self.term, *self.aliases)

    @property
    def bare_names(self) -> tuple[str, ...]:
        """Its names without qualifiers."""
        return tuple(map(without_qualifier, self.names))


class _Sense:
    """What an entry says of its sense, to be compared with several concepts."""

    def __init__(self, entry: Entry) -> None:
        stated = [name for name in names_of(entry) if name.kind in _STATED][:MAX_NAMES]
        self.labels = {name.form: name.label for name in stated}
        """What is written for each form of a name that concepts are looked up by."""
        self._said = f" {fold(entry.definition)} "
        own = _stems(entry.term, *entry.aliases[:MAX_NAMES])
        self._words = _stems(entry.definition) - own - _FREQUENT

    def shared_words(self, concept: CommonConcept, *, is_only: bool) -> int:
        """Return how many words of the definition speak for a concept of one of its names.

        Args:
            concept: the concept.
            is_only: whether no other concept has that name.

        Returns:
            The number of shared content words, or 0 if they are too few for the same sense.
        """
        described = _stems(concept.definition, *concept.questions) - _stems(*concept.bare_names)
        shared = self._words & described
        if len(shared) >= (MIN_SHARED_WITH_ONLY_CONCEPT if is_only else MIN_SHARED):
            return len(shared)
        clear = self._clear_names(concept)
        telling = shared - _WEAK if all(map(_is_ordinary, clear)) else shared
        return len(shared) if clear and len(telling) >= MIN_SHARED_OF_CLEAR_NAMES else 0

    def _clear_names(self, concept: CommonConcept) -> list[str]:
        """Return the names of an entry that are clear ones of a concept, and those that it says."""
        names = [(fold(name), name) for name in concept.names]
        clear = {form_of(key, name) for key, name in names if _is_clear(key, name)}
        stated = ((form, label) for form, label in self.labels.items() if form in clear)
        said = (key for key, _ in names if " " in key and f" {key} " in self._said)
        return [*(fold(label) for _, label in stated if not _ACRONYM.match(label)), *said]


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
        self.digest = f"{RULE}-{content[:_DIGEST_BYTES].tobytes().hex()}"
        """The rule and a hash of all concepts, so that an index can say what it was built with."""
        self._places: Numbers = content[_DIGEST_BYTES:].view("<i8").reshape(2, -1)
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
        sense = _Sense(entry)
        named = self._named(sense)
        found = {one: sense.shared_words(one, is_only=is_only) for one, is_only in named}
        best = sorted((one for one, shared in found.items() if shared), key=lambda one: -found[one])
        return best[:MAX_CONCEPTS]

    def _named(self, sense: _Sense) -> Iterator[tuple[CommonConcept, bool]]:
        """Yield the concepts that have a name of an entry, and whether no other one has it."""
        hashes, places = self._places
        found: dict[int, bool] = {}
        for form, label in sense.labels.items():
            wanted = hash64(form)
            first, last = hashes.searchsorted(wanted), hashes.searchsorted(wanted, side="right")
            is_only = last - first == 1 and not _ACRONYM.match(label)
            for place in places[first:last].tolist():
                found[place] = found.get(place, True) and is_only
        for place, is_only in sorted(found.items())[:MAX_READ]:
            concept = self._read(place)
            if concept is None:
                continue
            if not sense.labels.keys().isdisjoint(_forms(concept.names)):
                yield concept, is_only
            elif not sense.labels.keys().isdisjoint(_forms(concept.bare_names)):
                yield concept, False

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
            forms = _forms((*names, *map(without_qualifier, names)))
            rows += ((hash64(form), start) for form in forms)
            start += len(line)
    places = np.array(sorted(set(rows)), dtype="<i8").reshape(-1, 2)
    return digest.digest() + places.T.tobytes()


def write_places(folder: Path) -> None:
    """Write `PLACES` of a folder; see `python -m tools.write_concepts`."""
    (folder / PLACES).write_bytes(places_of(folder))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def _forms(names: Iterable[str]) -> set[str]:
    """Return the forms by which names are compared."""
    return {form_of(fold(name), name) for name in names}


def _is_clear(key: str, name: str) -> bool:
    """Return whether a name, and its key, hardly stands for several things."""
    return " " in key or not (_ACRONYM.match(name) or is_english(key))


def _is_ordinary(key: str) -> bool:
    """Return whether a name has a word that is an ordinary one of the language."""
    return any(map(is_english, key.split()))


def _stems(*texts: str) -> set[str]:
    return {one for text in texts for one in question_stems(text)}


@lru_cache(maxsize=1)
def bundled() -> CommonQuestions:
    """Return the questions of this version."""
    return CommonQuestions(FOLDER)

"""Matches the entries of two versions: by id, else by term, else by definition."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from semsearch.core.entries import DETAILS, EXTRA, Entry, slug_of
from semsearch.text.normalise import fold
from semsearch.text.word_diff import DiffPiece, pieces


class PairKind(StrEnum):
    """The kind of a difference, in the order in which kinds are shown."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    """Another term or id with the same definition."""
    REWORDED = "reworded"
    """Another definition."""
    CHANGED = "changed"
    """Something else: aliases, links, language or details."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of one entry; `old` is None if it was added, `new` if it was removed."""

    kind: PairKind
    old: Entry | None
    new: Entry | None
    fields: tuple[str, ...] = ()
    """The fields that differ, if the entry is in both versions."""
    moved: float | None = None
    """How far a reworded definition moved: 1 minus the cosine of both, 0 to 2."""

    @property
    def entry(self) -> Entry:
        """The new entry, or the old one if it was removed."""
        entry = self.new or self.old
        if entry is None:
            raise ValueError("a difference without an entry")
        return entry

    @property
    def field_names(self) -> tuple[str, ...]:
        """The fields that differ in words for people: each detail and extra field by its name."""
        return tuple(name for field in self.fields for name in self._names_of(field))

    def _names_of(self, field: str) -> Iterator[str]:
        if field != "details" or not self.old or not self.new:
            yield field.replace("_", " ")
            return
        old, new = self.old.details, self.new.details
        for name in DETAILS:
            if name != EXTRA and getattr(old, name) != getattr(new, name):
                yield name.replace("_", " ")
        before, now = dict(old.extra), dict(new.extra)
        changed = [one for one in {**before, **now} if before.get(one) != now.get(one)]
        if changed:
            yield from changed
        elif old.extra != new.extra:
            yield "order of extra fields"


def changed_words(difference: Difference) -> list[DiffPiece]:
    """Return the pieces of both definitions of a difference; none without one of them."""
    old, new = difference.old, difference.new
    return pieces(old.definition, new.definition) if old and new else []


FIELDS = ("id", "term", "definition", "aliases", "language", "see_also", "details")
"""The compared fields; the place in the file is not compared."""


def differences(old: Sequence[Entry], new: Sequence[Entry]) -> list[Difference]:
    """Return the differences by kind, in the order of the entries.

    Args:
        old: the old entries, ids unique.
        new: the new entries.
    """
    renamed = _same_glossaries(old, new)
    left, added = dict.fromkeys(range(len(old))), dict.fromkeys(range(len(new)))
    pairs: list[tuple[int, int]] = []
    for key in _KEYS:
        keyed = _keyed((at, key(old[at], renamed[old[at].glossary])) for at in left)
        for at in list(added):
            candidates = keyed.get(key(new[at], new[at].glossary))
            if candidates:
                match = candidates.pop(0)
                pairs.append((match, at))
                del left[match], added[at]
    changed = [_difference(old[a], new[b], renamed[old[a].glossary]) for a, b in sorted(pairs)]
    every = [
        *(Difference(PairKind.REMOVED, old[at], None) for at in left),
        *(Difference(PairKind.ADDED, None, new[at]) for at in added),
        *(one for one in changed if one is not None),
    ]
    order = list(PairKind)
    return sorted(every, key=lambda one: order.index(one.kind))


def _same_glossaries(old: Sequence[Entry], new: Sequence[Entry]) -> dict[str, str]:
    """Map old names of glossaries to new ones.

    If exactly one glossary is left over on each side, it was renamed.
    """
    before = dict.fromkeys(entry.glossary for entry in old)
    now = dict.fromkeys(entry.glossary for entry in new)
    gone = [name for name in before if name not in now]
    added = [name for name in now if name not in before]
    renamed = {name: name for name in before}
    if len(gone) == len(added) == 1:
        renamed[gone[0]] = added[0]
    return renamed


def _by_both(entry: Entry, glossary: str) -> Hashable:
    return *_by_id(entry, glossary), fold(entry.term)


def _by_id(entry: Entry, glossary: str) -> tuple[str, ...]:
    return glossary, slug_of(entry.id)


def _by_term(entry: Entry, glossary: str) -> tuple[str, ...]:
    return glossary, entry.language, fold(entry.term)


def _by_definition(entry: Entry, glossary: str) -> tuple[str, ...]:
    return glossary, _words_of(entry)


def _words_of(entry: Entry) -> str:
    return " ".join(entry.definition.split())


_KEYS: tuple[Callable[[Entry, str], Hashable], ...] = (_by_both, _by_id, _by_term, _by_definition)
"""Keys by which entries are matched, most reliable first. The same id means the same entry,
whatever its term."""


def _keyed(keys: Iterable[tuple[int, Hashable]]) -> dict[Hashable, list[int]]:
    changed: dict[Hashable, list[int]] = defaultdict(list)
    for at, key in keys:
        changed[key].append(at)
    return changed


def _difference(old: Entry, new: Entry, glossary: str) -> Difference | None:
    """Return the difference of an entry that is in both versions; None if there is none."""
    fields = tuple(_differing_fields(old, new, glossary))
    if not fields:
        return None
    if "definition" in fields:
        return Difference(PairKind.REWORDED, old, new, fields)
    is_renamed = "term" in fields or "id" in fields
    return Difference(PairKind.RENAMED if is_renamed else PairKind.CHANGED, old, new, fields)


def _differing_fields(old: Entry, new: Entry, glossary: str) -> Iterator[str]:
    for name in FIELDS:
        before, now = getattr(old, name), getattr(new, name)
        if name == "id":
            before, now = _by_id(old, glossary), _by_id(new, new.glossary)
        elif name == "definition":
            before, now = _words_of(old), _words_of(new)
        if before != now:
            yield name

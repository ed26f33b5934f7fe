"""Which entry of one state is which of the other: by id, else by name, else by what it says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from semsearch.core.entries import Entry
from semsearch.text.normalise import fold


class PairKind(StrEnum):
    """What became of an entry; the order of the members is that in which they are shown."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    """Another term or id, and the definition it had."""
    REWORDED = "reworded"
    """Another definition."""
    CHANGED = "changed"
    """Something else: aliases, links, language or details."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one entry; `old` is None for one that was added, `new` for one that was removed."""

    kind: PairKind
    old: Entry | None
    new: Entry | None
    fields: tuple[str, ...] = ()
    """What is not as it was, of an entry that is in both."""
    moved: float | None = None
    """How far the meaning moved, for one that was reworded: 1 less the cosine of the definitions, 0 to 2."""

    @property
    def entry(self) -> Entry:
        """The entry as it is, or as it was if it is gone."""
        entry = self.new or self.old
        if entry is None:
            raise ValueError("a difference without an entry")
        return entry


FIELDS = ("id", "term", "definition", "aliases", "language", "see_also", "details")
"""What is compared; where an entry stands in its file is not."""


def differences(old: Sequence[Entry], new: Sequence[Entry]) -> list[Difference]:
    """Return what became of entries, by kind, in their order within each.

    Args:
        old: the entries as they were, ids unique.
        new: the entries as they are.
    """
    alike = _same_glossaries(old, new)
    left, came = dict.fromkeys(range(len(old))), dict.fromkeys(range(len(new)))
    pairs: list[tuple[int, int]] = []
    for key in _KEYS:
        keyed = _keyed((at, key(old[at], alike[old[at].glossary])) for at in left)
        for at in list(came):
            candidates = keyed.get(key(new[at], new[at].glossary))
            if candidates:
                match = candidates.pop(0)
                pairs.append((match, at))
                del left[match], came[at]
    found = [_difference(old[a], new[b], alike[old[a].glossary]) for a, b in sorted(pairs)]
    every = [
        *(Difference(PairKind.REMOVED, old[at], None) for at in left),
        *(Difference(PairKind.ADDED, None, new[at]) for at in came),
        *(one for one in found if one is not None),
    ]
    order = list(PairKind)
    return sorted(every, key=lambda one: order.index(one.kind))


def _same_glossaries(old: Sequence[Entry], new: Sequence[Entry]) -> dict[str, str]:
    """Return the names that the former glossaries have now: if one is left over on either side, it is the same one."""
    before = dict.fromkeys(entry.glossary for entry in old)
    now = dict.fromkeys(entry.glossary for entry in new)
    gone = [name for name in before if name not in now]
    came = [name for name in now if name not in before]
    alike = {name: name for name in before}
    if len(gone) == len(came) == 1:
        alike[gone[0]] = came[0]
    return alike


def _by_both(entry: Entry, glossary: str) -> Hashable:
    return *_by_id(entry, glossary), fold(entry.term)


def _by_id(entry: Entry, glossary: str) -> tuple[str, ...]:
    return glossary, entry.id.partition(":")[2]


def _by_term(entry: Entry, glossary: str) -> tuple[str, ...]:
    return glossary, entry.language, fold(entry.term)


def _by_definition(entry: Entry, glossary: str) -> tuple[str, ...]:
    return glossary, _said(entry)


def _said(entry: Entry) -> str:
    return " ".join(entry.definition.split())


_KEYS: tuple[Callable[[Entry, str], Hashable], ...] = (_by_both, _by_id, _by_term, _by_definition)
"""How entries are matched, the surest first. An id that is there in both is the same entry, whatever it is called now."""


def _keyed(keys: Iterable[tuple[int, Hashable]]) -> dict[Hashable, list[int]]:
    found: dict[Hashable, list[int]] = defaultdict(list)
    for at, key in keys:
        found[key].append(at)
    return found


def _difference(old: Entry, new: Entry, glossary: str) -> Difference | None:
    """Return what became of an entry that is in both; None if nothing did."""
    fields = tuple(_unlike(old, new, glossary))
    if not fields:
        return None
    if "definition" in fields:
        return Difference(PairKind.REWORDED, old, new, fields)
    is_renamed = "term" in fields or "id" in fields
    return Difference(PairKind.RENAMED if is_renamed else PairKind.CHANGED, old, new, fields)


def _unlike(old: Entry, new: Entry, glossary: str) -> Iterator[str]:
    for name in FIELDS:
        before, now = getattr(old, name), getattr(new, name)
        if name == "id":
            before, now = _by_id(old, glossary), _by_id(new, new.glossary)
        elif name == "definition":
            before, now = _said(old), _said(new)
        if before != now:
            yield name

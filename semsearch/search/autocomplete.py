"""Suggesting: names while one types, and for one that is not there; from names alone, before anything is embedded."""

from __future__ import annotations

from dataclasses import dataclass

from semsearch.core.entries import Entry
from semsearch.core.positions import PositionFilter
from semsearch.index.segments.multi_entries import MultiEntries
from semsearch.ranking.tiers import tier_order
from semsearch.search.query import NameFinder


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An entry that is offered, and which of its names matched what was typed."""

    name: str
    entry: Entry


def suggest(
    names: NameFinder, snapshot: MultiEntries, typed: str, within: PositionFilter, k: int
) -> list[Suggestion]:
    """Return entries of which a name is what was typed, another form of it, or begins with it, in that order.

    Of names that begin with it the shortest comes first; at least two letters are needed for those.
    """
    found = names.by_name(typed, within)
    first = sorted(found, key=lambda at: (tier_order(found[at].tier), at))
    labels = {at: found[at].label for at in first}
    for named in names.beginning_with(typed, within):
        labels.setdefault(named.position, named.name.label)
    return _offered(list(labels.items())[:k], snapshot)


def resembling(
    names: NameFinder, snapshot: MultiEntries, typed: str, within: PositionFilter, k: int
) -> list[Suggestion]:
    """Return entries of which a name resembles what may be misspelt, the likeliest first."""
    found = names.by_resemblance(typed, within)
    return _offered([(at, match.label) for at, match in found.items()][:k], snapshot)


def _offered(ranked: list[tuple[int, str]], snapshot: MultiEntries) -> list[Suggestion]:
    entries = snapshot.entries([position for position, _ in ranked])
    return [Suggestion(label, entry) for (_, label), entry in zip(ranked, entries, strict=True)]

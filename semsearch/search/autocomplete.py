"""Suggesting: names while one types, and for one that is not there; from names alone, before anything is embedded."""

from __future__ import annotations

from dataclasses import dataclass

from semsearch.core.answers import Tier
from semsearch.core.entries import Entry
from semsearch.core.positions import PositionFilter
from semsearch.index.segments.multi_entries import MultiEntries
from semsearch.search.query import NameFinder, NameMatch

_ORDER = {tier: i for i, tier in enumerate(Tier)}


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
    first = sorted(found.items(), key=lambda item: (_ORDER[item[1].tier], -item[1].share, item[0]))
    return _offered(first[:k], snapshot)


def resembling(
    names: NameFinder, snapshot: MultiEntries, typed: str, within: PositionFilter, k: int
) -> list[Suggestion]:
    """Return entries of which a name resembles what may be misspelt, the likeliest first."""
    found = names.by_resemblance(typed, within)
    return _offered(list(found.items())[:k], snapshot)


def _offered(ranked: list[tuple[int, NameMatch]], snapshot: MultiEntries) -> list[Suggestion]:
    entries = snapshot.entries([position for position, _ in ranked])
    return [
        Suggestion(match.label, entry) for (_, match), entry in zip(ranked, entries, strict=True)
    ]

"""Autocomplete and "did you mean": finds entries by what was typed of a name.

Only names are compared; nothing is embedded.
"""

from __future__ import annotations

from dataclasses import dataclass

from semsearch.core.entries import Entry
from semsearch.core.positions import PositionFilter
from semsearch.index.segments.multi_entries import MultiEntries
from semsearch.ranking.tiers import tier_order
from semsearch.search.name_lookup import NameLookup


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An entry, and the name of it that matched."""

    name: str
    entry: Entry


def suggest(
    lookup: NameLookup, entry_table: MultiEntries, typed: str, allowed: PositionFilter, k: int
) -> list[Suggestion]:
    """Return entries whose name equals, is another form of, or begins with what was typed.

    They come in this order. Shorter names come first; a prefix needs at least two letters.
    """
    matches = lookup.match_question(typed, allowed)
    first = sorted(matches, key=lambda at: (tier_order(matches[at].tier), at))
    labels = {at: matches[at].label for at in first}
    for named in lookup.beginning_with(typed, allowed):
        labels.setdefault(named.position, named.name.label)
    return _suggestions(list(labels.items())[:k], entry_table)


def resembling(
    lookup: NameLookup, entry_table: MultiEntries, typed: str, allowed: PositionFilter, k: int
) -> list[Suggestion]:
    """Return entries whose name resembles a misspelt one, the most likely first."""
    matches = lookup.match_misspelt(typed, allowed)
    return _suggestions([(at, match.label) for at, match in matches.items()][:k], entry_table)


def _suggestions(ranked: list[tuple[int, str]], entry_table: MultiEntries) -> list[Suggestion]:
    entries = entry_table.entries([position for position, _ in ranked])
    return [Suggestion(label, entry) for (_, label), entry in zip(ranked, entries, strict=True)]

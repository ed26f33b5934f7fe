"""Candidates for a query, their scores, and which of them it is safe to take.

A candidate is safe if the query is a name of this entry alone: exactly or in another form, without
a typing error that was assumed, and with every condition met.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from semsearch.core.answers import Tier, Verdict
from semsearch.core.entries import Entry
from semsearch.core.presentation import Presentation
from semsearch.server.reconciliation.queries import EntityQuery
from semsearch.server.reconciliation.visible_entries import VisibleEntries
from semsearch.server.schemas.reconciliation import WireCandidate, WireEntityType, WireFeature
from semsearch.web.entry_view import summary

SAFE_TIERS = frozenset((Tier.EXACT, Tier.FORM))
"""Ways in which a name was found that leave no doubt (`make names`)."""
UNMET = 0.5
"""What is left of the score of a candidate that meets no condition."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A hit of an answer, or an entry whose id was asked for."""

    entry: Entry
    score: float
    """0 to 1."""
    is_named: bool
    """Whether the query is a name of it, or its id."""
    is_safe: bool
    """Whether the answer is sure of it."""
    features: tuple[WireFeature, ...] = ()


def candidates(
    query: EntityQuery, answers: Sequence[bytes], entries: VisibleEntries
) -> list[WireCandidate]:
    """Return the candidates for a query, best first.

    Args:
        query: the query.
        answers: to its texts, as JSON (see `WireAnswer`).
        entries: reads entries.
    """
    found: dict[str, _Found] = {}
    for one in (*_by_id(query, entries), *_by_name(answers, entries)):
        before = found.get(one.entry.id)
        if before is None or one.score > before.score:
            found[one.entry.id] = one
    shares = {id_: _share_met(query, one.entry, entries) for id_, one in found.items()}
    named = [id_ for id_, one in found.items() if one.is_named and shares[id_] == 1]
    made = [
        _candidate(one, share, entries.about, is_alone=named == [id_])
        for (id_, one), share in zip(found.items(), shares.values(), strict=True)
        if share is not None
    ]
    return sorted(made, key=lambda candidate: -candidate.score)[: query.limit]


def _by_id(query: EntityQuery, entries: VisibleEntries) -> Iterator[_Found]:
    for id_ in query.ids:
        entry = entries.entry(id_)
        if entry is not None and (not query.types or entry.glossary in query.types):
            yield _Found(entry, 1.0, is_named=True, is_safe=True)


def _by_name(answers: Iterable[bytes], entries: VisibleEntries) -> Iterator[_Found]:
    """Yield the hits that match, of each answer. The nearest entries are no candidates."""
    for answer in map(from_json, answers):
        is_safe = is_sure(answer)
        for hit in answer["hits"]:
            entry = entries.entry(hit["id"])
            if entry is None or hit["matched_by"] == Tier.NEAREST:
                continue
            is_first = hit["rank"] == 1
            yield _Found(
                entry,
                hit["score"],
                is_named=hit["matched_by"] in SAFE_TIERS,
                is_safe=is_first and is_safe,
                features=tuple(_features(hit, answer["confidence"] if is_first else None)),
            )


def is_sure(answer: Mapping[str, Any]) -> bool:
    """Whether the question is a name of the first hit beyond doubt, if of no other entry."""
    return answer["verdict"] == Verdict.EXACT and answer["repaired"] is None


def _features(hit: Mapping[str, Any], confidence: float | None) -> Iterator[WireFeature]:
    if confidence is not None:
        yield WireFeature("confidence", "Confidence of the answer", confidence)
    yield WireFeature("similarity", "Similarity of meaning", hit["similarity"])
    yield WireFeature("name", "The query is a name of it", hit["matched_by"] in SAFE_TIERS)


def _share_met(query: EntityQuery, entry: Entry, entries: VisibleEntries) -> float | None:
    """Return which share of the conditions an entry meets; None if it fails a required one."""
    if not query.conditions:
        return 1.0
    stated = entries.stated(entry, {condition.about for condition in query.conditions})
    is_met = [condition.is_met(stated[condition.about]) for condition in query.conditions]
    for condition, met in zip(query.conditions, is_met, strict=True):
        if condition.is_required and not met:
            return None
    return sum(is_met) / len(is_met)


def _candidate(one: _Found, share: float, about: Presentation, *, is_alone: bool) -> WireCandidate:
    """Return the candidate, which is safe if it is the only one that the query names."""
    return WireCandidate(
        one.entry.id,
        one.entry.term,
        summary(one.entry),
        [WireEntityType.of(one.entry.glossary, about)],
        round(100 * one.score * (UNMET + (1 - UNMET) * share), 2),
        one.is_safe and is_alone,
        list(one.features),
    )

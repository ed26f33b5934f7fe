"""Outcomes made by hand, for measures that can be counted by hand."""

from __future__ import annotations

from semsearch.quality.evaluation.outcomes import QuestionOutcome, ShownEntry
from semsearch.quality.evaluation.questions import JudgedQuestion


def outcome(
    rank: int | None = None,
    confidence: float = 0.5,
    *,
    glossary: str = "bakery",
    kind: str = "answerable",
    query: str = "q",
    is_refused: bool = False,
) -> QuestionOutcome:
    """Make the outcome of a question whose right term came at a rank, of ten hits."""
    answerable = kind not in {"near", "far", "unanswerable"}
    shown = tuple(
        ShownEntry("right" if i == rank else f"wrong-{i}", f"Term {i}", "meaning")
        for i in range(1, 11)
    )
    terms = ("Right",) if answerable else ()
    right = ("right",) if answerable else ()
    return QuestionOutcome(
        JudgedQuestion(query, glossary, kind, terms, right), shown, confidence, is_refused, 0.002
    )

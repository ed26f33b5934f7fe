"""The report of an evaluation: asks all questions and computes every measure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from semsearch.core.errors import InvalidSetting
from semsearch.core.index_info import IndexInfo
from semsearch.quality.evaluation.ablation import Variant, ask_each, variants
from semsearch.quality.evaluation.abstention import (
    Abstention,
    ConfidenceBin,
    RiskPoint,
    per_glossary,
    reliability,
    risk_coverage,
)
from semsearch.quality.evaluation.comparison import ResultComparison, StoredOutcome, compare
from semsearch.quality.evaluation.judgements import Half, Judgement, in_half
from semsearch.quality.evaluation.measures import MeasureRow, rows
from semsearch.quality.evaluation.optional_libraries import require_all
from semsearch.quality.evaluation.outcomes import Failure, QuestionOutcome, collect
from semsearch.quality.evaluation.questions import prepare
from semsearch.search.glossary import Glossary


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds per question, asked one by one with the index in memory."""

    median_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Report:
    """One evaluation; everything is computed from the outcomes."""

    indexes: tuple[IndexInfo, ...]
    half: Half
    outcomes: tuple[QuestionOutcome, ...]
    warnings: tuple[str, ...]
    rows: tuple[MeasureRow, ...]
    abstention: tuple[Abstention, ...]
    curve: tuple[RiskPoint, ...]
    bins: tuple[ConfidenceBin, ...]
    latency: Latency
    variants: tuple[Variant, ...]
    comparison: ResultComparison | None

    @property
    def failures(self) -> dict[Failure, list[QuestionOutcome]]:
        """The outcomes that went wrong, by failure."""
        found = {failure: [o for o in self.outcomes if o.failure is failure] for failure in Failure}
        return {failure: outcomes for failure, outcomes in found.items() if outcomes}

    @property
    def is_drop(self) -> bool:
        """Whether a measure fell significantly below the stored result."""
        return self.comparison is not None and self.comparison.is_drop


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """The outcomes of one index; `by_weights` is empty without ablations."""

    index: IndexInfo
    outcomes: list[QuestionOutcome]
    warnings: list[str]
    by_weights: dict[str, list[QuestionOutcome]]


def ask_all(
    glossary: Glossary, judgements: Iterable[Judgement], *, half: Half, ablations: bool
) -> AskedQuestion:
    """Ask an index the questions of one half.

    Raises:
        ImportFailed: a question does not suit this index.
        MissingExtra: a library for scoring is not installed.
    """
    require_all()
    questions, warnings = prepare(glossary, in_half(judgements, half))
    return AskedQuestion(
        index=glossary.info(),
        outcomes=collect(glossary, questions),
        warnings=warnings,
        by_weights=ask_each(glossary, questions) if ablations else {},
    )


def summarise(
    asked: Sequence[AskedQuestion], *, half: Half, before: Mapping[str, StoredOutcome] | None = None
) -> Report:
    """Compute the report of the questions asked of some indexes.

    Args:
        asked: the outcomes of each index.
        half: the questions that were asked.
        before: results to compare with, by the keys of the questions.

    Raises:
        InvalidSetting: no question was asked, or none is in the results to compare with.
    """
    outcomes = [outcome for part in asked for outcome in part.outcomes]
    if not outcomes:
        raise InvalidSetting(f"there are no questions to ask (half: {half})")
    comparison = None if before is None else compare(before, outcomes)
    if comparison is not None and not comparison.shared:
        raise InvalidSetting("the stored result has none of these questions; nothing to compare")
    by_weights: dict[str, list[QuestionOutcome]] = {}
    for part in asked:
        for name, found in part.by_weights.items():
            by_weights.setdefault(name, []).extend(found)
    return Report(
        indexes=tuple(part.index for part in asked),
        half=half,
        outcomes=tuple(outcomes),
        warnings=tuple(warning for part in asked for warning in part.warnings),
        rows=tuple(rows(outcomes)),
        abstention=tuple(per_glossary(outcomes)),
        curve=tuple(risk_coverage(outcomes)),
        bins=tuple(reliability(outcomes)),
        latency=_latency(outcomes),
        variants=tuple(variants(by_weights)),
        comparison=comparison,
    )


def _latency(outcomes: Sequence[QuestionOutcome]) -> Latency:
    took = [outcome.seconds * 1000 for outcome in outcomes]
    return Latency(float(np.median(took)), float(np.percentile(took, 95)))

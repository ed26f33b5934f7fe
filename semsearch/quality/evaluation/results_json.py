"""Writes an evaluation as JSON for `--json`, and reads it for `--compare`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from semsearch.core.errors import ImportFailed
from semsearch.quality.evaluation.comparison import ResultComparison, StoredOutcome
from semsearch.quality.evaluation.outcomes import QuestionOutcome
from semsearch.quality.evaluation.report import Report

FORMAT = 1
"""Version of stored results; raised when their meaning changes."""

DIGITS = 4


def to_json(report: Report) -> str:
    """Return a report with every question, as one line of JSON."""
    content = {
        "format": FORMAT,
        "indexes": [asdict(index) for index in report.indexes],
        "half": report.half.value,
        "measures": [asdict(row) for row in report.rows],
        "abstention": [asdict(row) for row in report.abstention],
        "risk_coverage": [asdict(point) for point in report.curve],
        "reliability": [asdict(one) for one in report.bins],
        "latency": asdict(report.latency),
        "ablations": [asdict(variant) for variant in report.variants],
        "comparison": report.comparison and _comparison(report.comparison),
        "warnings": report.warnings,
        "questions": [_question(outcome) for outcome in report.outcomes],
    }
    return json.dumps(_rounded(content), ensure_ascii=False)


def to_compact_json(outcomes: Iterable[QuestionOutcome]) -> str:
    """Return what a comparison needs, without texts, one question a line."""
    lines = [json.dumps(_rounded(_result(outcome))) for outcome in outcomes]
    return f'{{"format": {FORMAT}, "questions": [\n' + ",\n".join(lines) + "\n]}\n"


def read_results(path: Path) -> dict[str, StoredOutcome]:
    """Read a stored result, by the keys of its questions.

    Raises:
        ImportFailed: the file cannot be read, or is not a stored result.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            reason = f"is a result of format {content['format']!r}, not {FORMAT}; store it again"
            raise ImportFailed(reason, path)
        return {str(question["key"]): _read(question) for question in content["questions"]}
    except OSError as error:
        raise ImportFailed(f"cannot be read ({error.strerror})", path) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        reason = "is not a stored result; `semsearch evaluate QUESTIONS --json` prints one"
        raise ImportFailed(reason, path) from error


def _read(question: dict[str, Any]) -> StoredOutcome:
    rank, confidence, refused = (question[name] for name in ("rank", "confidence", "refused"))
    if not (rank is None or (type(rank) is int and rank > 0)) or type(refused) is not bool:
        raise ValueError
    return StoredOutcome(rank, float(confidence), refused)


def _result(outcome: QuestionOutcome) -> dict[str, Any]:
    return {
        "key": outcome.question.key,
        "rank": outcome.rank,
        "confidence": outcome.confidence,
        "refused": outcome.is_refused,
    }


def _question(outcome: QuestionOutcome) -> dict[str, Any]:
    question = outcome.question
    return {
        **_result(outcome),
        "query": question.query,
        "glossary": question.glossary,
        "kind": question.kind,
        "terms": question.terms,
        "failure": outcome.failure,
        "hits": [asdict(hit) for hit in outcome.shown],
        "ms": outcome.seconds * 1000,
    }


def _comparison(comparison: ResultComparison) -> dict[str, Any]:
    return {
        "shared": comparison.shared,
        "only_before": comparison.only_before,
        "only_now": comparison.only_now,
        "changes": [{**asdict(change), "is_drop": change.is_drop} for change in comparison.changes],
        "gained": [outcome.question.key for outcome in comparison.gained],
        "lost": [outcome.question.key for outcome in comparison.lost],
    }


def _rounded(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list | tuple) else value

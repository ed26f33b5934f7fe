"""Comparison: the test is exact where it can be, and stored results are read as they were.

Covers `quality/evaluation/results_json`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from semsearch.core.errors import ImportFailed
from semsearch.quality.evaluation.comparison import StoredOutcome, compare, paired_p, result_of
from semsearch.quality.evaluation.outcomes import QuestionOutcome
from semsearch.quality.evaluation.results_json import read_results, to_compact_json
from tests.quality.evaluation.support import outcome


def test_on_accuracy_the_test_is_mcnemars_exact_one() -> None:
    """Nine lost and one gained of a hundred: 2 · (1 + 10) / 2^10.

    None, or a single one, proves nothing.
    """
    before = np.array([1.0] * 9 + [0.0] + [1.0] * 90)
    now = np.array([0.0] * 9 + [1.0] + [1.0] * 90)
    assert paired_p(before, now) == pytest.approx(22 / 1024)
    assert paired_p(now, before) == pytest.approx(22 / 1024)
    assert paired_p(now, now) == 1.0
    assert paired_p(now[:1], before[:1]) == 1.0


def many(rank: int) -> list[QuestionOutcome]:
    """Make forty outcomes of different questions, all of the same rank."""
    return [outcome(rank, query=f"question {i}") for i in range(40)]


def test_a_real_drop_is_told_from_a_single_question() -> None:
    """Ten of forty lost are a drop; one is not; forty gained are none either."""
    before = {o.question.key: result_of(o) for o in many(1)}
    found = compare(before, [*many(2)[:10], *many(1)[10:]])
    assert [(c.measure, c.before, c.now, c.is_drop) for c in found.changes] == [
        ("acc@1", 1.0, 0.75, True),
        ("acc@3", 1.0, 1.0, False),
        ("MRR@10", 1.0, 0.875, True),
    ]
    assert found.is_drop
    assert [len(found.lost), len(found.gained)] == [10, 0]
    assert not compare(before, [*many(2)[:1], *many(1)[1:]]).is_drop
    worse = {key: StoredOutcome(None, 0.5, is_refused=False) for key in before}
    gained = compare(worse, many(1))
    assert not gained.is_drop
    assert [len(gained.lost), len(gained.gained)] == [0, 40]


def test_refusals_are_compared_on_hopeless_questions() -> None:
    """What was refused and is answered now is lost."""
    then = [outcome(kind="near", query=str(i), is_refused=True) for i in range(8)]
    now = [outcome(kind="near", query=str(i)) for i in range(8)]
    found = compare({o.question.key: result_of(o) for o in then}, now)
    (change,) = found.changes
    assert (change.measure, change.before, change.now) == ("refused", 1.0, 0.0)
    assert change.p == pytest.approx(2 / 2**8)
    assert len(found.lost) == 8


def test_only_shared_questions_are_compared() -> None:
    """The same words to another glossary are another question."""
    before = {o.question.key: result_of(o) for o in (outcome(1), outcome(1, query="gone"))}
    found = compare(before, [outcome(1), outcome(1, glossary="harbour")])
    assert (found.shared, found.only_before, found.only_now) == (1, 1, 1)
    assert [c.questions for c in found.changes] == [1, 1, 1]
    assert compare({}, [outcome(1)]).changes == ()


def test_a_compact_result_is_read_as_it_was_and_holds_no_text(tmp_path: Path) -> None:
    """Rank, confidence and refusal of each question, by its key."""
    made = [outcome(2, 0.25, query="secret words"), outcome(kind="far", is_refused=True)]
    path = tmp_path / "result.json"
    path.write_text(to_compact_json(made))
    assert read_results(path) == {o.question.key: result_of(o) for o in made}
    assert "secret" not in path.read_text()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"format": 1}',
        '{"format": 1, "questions": [7]}',
        '{"format": 1, "questions": [{"key": "a", "rank": 0, "confidence": 1, "refused": false}]}',
        '{"format": 1, "questions": [{"key": "a", "rank": 1, "confidence": "x", "refused": false}]}',
        '{"format": 1, "questions": [{"key": "a", "rank": true, "confidence": 1, "refused": false}]}',
        '{"format": 1, "questions": [{"key": "a", "rank": 1, "confidence": 1, "refused": 0}]}',
    ],
)
def test_what_is_no_stored_result_is_refused(tmp_path: Path, content: str) -> None:
    """The error has the command that stores a result."""
    path = tmp_path / "result.json"
    path.write_text(content)
    with pytest.raises(ImportFailed, match="is not a stored result; `semsearch evaluate"):
        read_results(path)
    path.write_text(json.dumps({"format": 9, "questions": []}))
    with pytest.raises(ImportFailed, match="of format 9, not 1; store it again"):
        read_results(path)
    with pytest.raises(ImportFailed, match="cannot be read"):
        read_results(tmp_path / "nothing.json")

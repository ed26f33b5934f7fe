"""`insights/open_questions`: which recorded questions show a gap, and which still do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from semsearch.insights import open_questions as module
from semsearch.insights.open_questions import AnswerNow, GapKind, open_questions, still_open
from semsearch.storage.feedback.question_log import RecordedQuestion

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


def asked(
    text: str,
    verdict: str = "no close match",
    *,
    s: int = 0,
    glossary: str = "",
    source: str = "page",
    opened: tuple[str, ...] = (),
    hits: tuple[str, ...] = ("a:one", "a:two"),
) -> RecordedQuestion:
    """Return a recorded question."""
    at = NOW + timedelta(seconds=s)
    return RecordedQuestion(at, text, glossary, source, verdict, 0.4, hits, 0.1, "", opened)


def kinds(records: list[RecordedQuestion]) -> list[tuple[str, int, GapKind]]:
    """Return what was found, in short."""
    return [(one.text, one.count, one.kind) for one in open_questions(records, {"a"})]


def test_unanswered_and_uncertain_questions_are_open() -> None:
    """The most frequent comes first, the latest of those next; others are answered."""
    records = [
        asked("x"),
        asked("y", "possible", s=1),
        asked("z", "strong"),
        asked("w", "exact"),
        asked("v", "about these terms"),
        asked("y", "possible", s=2),
        asked("u", s=3),
    ]
    assert kinds(records) == [
        ("y", 2, GapKind.UNCERTAIN),
        ("u", 1, GapKind.UNANSWERED),
        ("x", 1, GapKind.UNANSWERED),
    ]


def test_the_last_answer_counts() -> None:
    """A question that is answered since is none."""
    assert kinds([asked("x"), asked("x", "strong", s=1)]) == []


def test_glossaries_are_told_apart() -> None:
    """What was asked of one that is gone cannot be asked again."""
    records = [asked("x"), asked("x", glossary="a"), asked("x", glossary="gone")]
    found = open_questions(records, {"a"})
    assert [(one.glossary, one.count) for one in found] == [("", 1), ("a", 1)]


@pytest.mark.parametrize(
    ("records", "is_open"),
    [
        ([asked("x", "strong")] * 3, True),
        ([asked("x", "strong", opened=("a:two",))] * 3, True),
        ([asked("x", "strong")] * 2, False),
        ([asked("x", "strong", source="api")] * 3, False),
        ([asked("x", "exact")] * 3, False),
        ([*[asked("x", "strong")] * 3, asked("x", "strong", opened=("a:one",))], False),
    ],
    ids=["never", "the second", "twice", "a program", "a name", "once"],
)
def test_a_first_hit_that_nobody_opens(records: list[RecordedQuestion], is_open: bool) -> None:
    """It takes three readers of the page, and none of them must have opened it."""
    assert kinds(records) == ([("x", 3, GapKind.UNOPENED)] if is_open else [])


def test_only_the_most_frequent_are_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is bounded."""
    monkeypatch.setattr(module, "MAX_OPEN", 1)
    assert kinds([asked("x"), asked("y"), asked("y")]) == [("y", 2, GapKind.UNANSWERED)]


def test_what_is_answered_by_now_is_closed() -> None:
    """The answer of today decides, and its hits are the nearest ones."""
    records = [
        asked("x"),
        asked("y"),
        *[asked("z", "strong")] * 3,
        *[asked("w", "strong")] * 3,
        asked("u", "possible"),
    ]
    found = open_questions(records, ())
    now = {
        "x": AnswerNow("strong", ("a:new",)),
        "y": AnswerNow("possible", ("a:new",)),
        "z": AnswerNow("strong", ("a:one",)),
        "w": AnswerNow("strong", ("a:new",)),
        "u": AnswerNow("no close match", ()),
    }
    left = still_open(found, [now[one.text] for one in found])
    assert {one.text: (one.kind, one.hits) for one in left} == {
        "y": (GapKind.UNCERTAIN, ("a:new",)),
        "z": (GapKind.UNOPENED, ("a:one",)),
        "u": (GapKind.UNANSWERED, ()),
    }

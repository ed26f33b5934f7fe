"""`insights/report`: gaps of similar meaning, and what else the questions show; how it is written.

Covers `insights/markdown`, `insights/html`, `web/html_report`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from semsearch.core.arrays import Vectors
from semsearch.core.entries import Entry
from semsearch.insights.html import to_html
from semsearch.insights.markdown import to_markdown
from semsearch.insights.open_questions import AnswerNow, GapKind
from semsearch.insights.report import GapReport, PendingReport, ReportedEntries
from semsearch.storage.feedback.question_log import RecordedQuestion
from tests.conftest import entry
from tests.insights.test_open_questions import asked

ENTRIES = {
    one.id: one
    for one in (entry("One", "First.", "a"), entry("Two", "Second.", "a"), entry("Three", "-", "a"))
}


def report_of(
    records: Sequence[RecordedQuestion], directions: dict[str, int], count: int = 3
) -> GapReport:
    """Return the report, in which questions of one direction have the same vector."""

    def everything() -> Iterator[Entry]:
        yield from ENTRIES.values()

    def encode(texts: Sequence[str]) -> Vectors:
        return np.eye(8, dtype=np.float32)[[directions[one] for one in texts]]

    pending = PendingReport.of(records, {"a"})
    answers = [AnswerNow(_verdict(one.kind), one.hits) for one in pending.asked]
    return pending.finish(answers, encode, ReportedEntries(ENTRIES.get, count, everything))


def _verdict(kind: GapKind) -> str:
    return {"no close match": "no close match", "uncertain": "possible"}.get(kind, "strong")


RECORDS = [
    asked("do ships have brakes"),
    asked("brakes of a ship", "possible", glossary="a", s=60),
    asked("brakes of a ship", "possible", glossary="a", s=90, hits=("a:two", "a:gone")),
    asked("sails?", "possible", s=5),
    replace(asked("wisk", "strong"), repaired="whisk"),
    replace(asked("p", "strong"), lead=0.0),
    replace(asked("q", "strong"), lead=0.0),
]
DIRECTIONS = {"do ships have brakes": 0, "brakes of a ship": 0, "sails?": 1}


def test_questions_of_one_meaning_are_one_gap() -> None:
    """With their number, a headword, the commonest reason and place, and the nearest entries."""
    report = report_of(RECORDS, DIRECTIONS)
    first, second = report.gaps
    assert (first.headword, first.count, first.kind, first.glossary) == (
        "brakes ship",
        3,
        GapKind.UNCERTAIN,
        "a",
    )
    assert [one.text for one in first.questions] == ["brakes of a ship", "do ships have brakes"]
    assert [one.id for one in first.nearest] == ["a:two", "a:one"], "one that is gone is left out"
    assert (second.headword, second.count) == ("sails", 1)
    assert (report.questions, report.first, report.last) == (
        7,
        RECORDS[0].asked,
        RECORDS[-1].asked,
    )


def test_what_else_the_questions_show() -> None:
    """Confused entries by name, repaired words, numbers by day."""
    report = report_of(RECORDS, DIRECTIONS)
    (pair,) = report.confused
    assert (pair.first.term, pair.second.term, pair.confusion.count) == ("One", "Two", 2)
    assert [(one.asked, one.read_as) for one in report.repaired] == [("wisk", "whisk")]
    assert [one.asked for one in report.days] == [7]


def test_entries_that_nobody_found() -> None:
    """Known only when there are as many questions as entries."""
    report = report_of(RECORDS, DIRECTIONS)
    assert report.never_found is not None
    assert [one.term for one in report.never_found] == ["Three"]
    assert report_of(RECORDS, DIRECTIONS, count=8).never_found is None


def test_short_answers_leave_no_entry_unfound() -> None:
    """A question that asked for one hit says nothing of the others."""
    short = replace(RECORDS[0], hits=("a:three",), asked_for=1)
    assert report_of([*RECORDS, short], DIRECTIONS, count=8).never_found is None
    found = report_of([*RECORDS, short], DIRECTIONS).never_found
    assert found is not None
    assert [one.term for one in found] == ["Three"]


def test_nothing_recorded() -> None:
    """Nothing is said."""
    report = report_of([], {})
    assert (report.questions, report.first, report.gaps, report.days) == (0, None, (), ())
    assert to_markdown(report) == "# Gaps: 0 gaps in 0 recorded questions\n"
    assert "<svg" not in to_html(report)


HOSTILE = "<b>@ann [x](http://y) #1</b> `z`"


def test_markdown_has_an_issue_for_each_gap() -> None:
    """With a title, and questions that can be no markup."""
    records = [*RECORDS, asked(HOSTILE, s=1)]
    text = to_markdown(report_of(records, {**DIRECTIONS, HOSTILE: 2}))
    assert text.startswith(
        "# Gaps: 3 gaps in 8 recorded questions, 2027-03-01 to 2027-03-01\n\n"
        "## Improve: brakes ship\n\n"
        "Uncertain, asked 3 times in a, last on 2027-03-01.\n\n"
        "- brakes of a ship (asked 2 times)\n"
        "- do ships have brakes (asked once)\n\n"
        "Nearest entries: Two (a\\:two), One (a\\:one).\n\n"
    )
    titles = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert titles[1:3] == ["Improve: sails", "Add an entry: ann"]
    assert not any(mark in title for title in titles[:3] for mark in "\\<>@#[]()`*")
    assert "- &lt;b\\>&#64;ann \\[x\\]\\(http\\://y\\) \\#1" in text
    assert (
        "## Entries that people confuse\n\n- One (a\\:one) and Two (a\\:two): asked 2 times" in text
    )
    assert "- wisk was read as whisk, asked once" in text
    assert "## Entries that nobody found (1)\n\n- Three (a\\:three)" in text


def test_the_page_escapes_what_readers_wrote() -> None:
    """One file without scripts."""
    page = to_html(report_of([*RECORDS, asked(HOSTILE)], {**DIRECTIONS, HOSTILE: 2}))
    assert "&lt;b&gt;@ann" in page
    assert "<b>" not in page
    assert "<script" not in page
    assert '<h2 dir="auto">Improve: brakes ship</h2>' in page
    assert "<caption>Questions over time</caption>" in page

"""Many entries at once: a report for each record, in one transaction."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from semsearch.core.entries import Source
from semsearch.core.errors import InvalidEntry
from semsearch.ingest import Editor, Outcome, RecordReport
from semsearch.search.glossary import Glossary

CRUMB = {
    "id": "bakery:crumb",
    "term": "Crumb",
    "definition": "Pores of bread.",
    "aliases": ["inside"],
}
LINES = "\n".join(
    [
        json.dumps({"term": "Scoring", "definition": "Cutting the dough."}),
        "",
        json.dumps(CRUMB),
        "{not json",
        json.dumps({"term": "Dutch Oven", "definition": "A pot.", "see_also": ["crumb"]}),
        json.dumps({"term": "Proof"}),
        json.dumps({"term": "Scoring", "definition": "Counting points."}),
    ]
)
_PLANNED = [
    RecordReport(1, Outcome.ADDED, "bakery:scoring"),
    RecordReport(3, Outcome.CHANGED, "bakery:crumb"),
    RecordReport(
        4,
        Outcome.REFUSED,
        reason="not valid JSON: a key in double quotes is expected at column 2",
    ),
    RecordReport(5, Outcome.CHANGED, "bakery:dutch-oven"),
    RecordReport(6, Outcome.REFUSED, reason="no definition of 'Proof'"),
    RecordReport(7, Outcome.ADDED, "bakery:scoring-2"),
]


def test_a_dry_run_says_what_would_be_done(editor: Editor) -> None:
    """A report for each record by its line, and nothing is written."""
    report = editor.take(LINES, "bakery", dry_run=True)
    assert (list(report.records), report.is_applied) == (_PLANNED, False)
    assert editor.changes_since(7) == []


def test_what_can_be_taken_is_taken_at_once(editor: Editor, index: Path) -> None:
    """The report is that of the dry run, with revisions.

    Questions see it without a new generation.
    """
    report = editor.take(LINES, "bakery")
    assert report.is_applied
    assert [(r.line, r.outcome, r.id) for r in report.records] == [
        (r.line, r.outcome, r.id) for r in _PLANNED
    ]
    assert [r.revision for r in report.records] == [8, 9, None, 10, None, 11]
    assert [p.name for p in (index / "generations").iterdir()] == ["000001"]
    with Glossary.open(index) as glossary:
        crumb = glossary.entry("bakery:crumb")
        assert (crumb.definition, crumb.aliases) == ("Pores of bread.", ("inside",))
        assert crumb.source == Source("x.md", 1)
        assert glossary.entry("bakery:scoring-2").source is None
        assert len(glossary) == 9


def test_strict_takes_all_or_nothing(editor: Editor) -> None:
    """One refused record is enough."""
    report = editor.take(LINES, "bakery", strict=True)
    assert (list(report.records), report.is_applied) == (_PLANNED, False)
    assert editor.changes_since(7) == []


def test_the_same_lines_again_change_nothing(editor: Editor) -> None:
    """Records without an id find the entries of their terms."""
    editor.take(LINES, "bakery")
    again = editor.take(LINES, "bakery")
    outcomes = [r.outcome for r in again.records if r.id]
    assert outcomes == [Outcome.UNCHANGED] * 4
    assert editor.changes_since(11) == []


def test_many_batches_are_one_transaction(editor: Editor, index: Path) -> None:
    """Six hundred records, more than are embedded at a time."""
    lines = "\n".join(
        json.dumps({"term": f"Jar {n}", "definition": f"Jar number {n}."}) for n in range(600)
    )
    report = editor.take(lines, "pantry")
    assert [r.revision for r in report.records] == list(range(8, 608))
    with Glossary.open(index) as glossary:
        assert len(glossary) == 607
        assert glossary.ask("jar 599").hits[0].entry.id == "pantry:jar-599"


@pytest.mark.parametrize("lines", ["", "\n\n"])
def test_no_records_are_no_change(editor: Editor, lines: str) -> None:
    """An empty import is reported as such."""
    report = editor.take(lines, "bakery")
    assert (report.records, report.is_applied) == ((), True)
    with pytest.raises(InvalidEntry, match="the name of a glossary"):
        editor.take(lines, "")

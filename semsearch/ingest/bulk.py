"""Bulk import: turns JSON Lines into edits, with a report for each record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from semsearch.core.entries import Changed, Entry, Field, Refusal
from semsearch.importers.json_records import records_of_lines
from semsearch.importers.records import ReadOptions, Record
from semsearch.importers.records_to_entries import make_entries
from semsearch.storage.entry_reader import EntryRow
from semsearch.storage.entry_store import Edit


class Outcome(StrEnum):
    """The result of a record."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RecordReport:
    """The result of one record, or what it would be in a dry run.

    `line` counts from 1. A refused record has a `reason`, and no `id` or `revision`. `revision` is
    also None if nothing was written. `left_out` are members that entries cannot hold.
    """

    line: int
    outcome: Outcome
    id: str | None = None
    revision: int | None = None
    reason: str | None = None
    left_out: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The results of all records by line, and whether anything was written."""

    records: tuple[RecordReport, ...]
    is_applied: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The edits of an import, and the report of every record."""

    edits: Sequence[Edit]
    reports: Sequence[RecordReport]

    @property
    def has_refusals(self) -> bool:
        """Whether a record is refused."""
        return any(report.outcome is Outcome.REFUSED for report in self.reports)

    def done(self, changed: Sequence[Changed]) -> ImportReport:
        """Return the report with the new revision of each record."""
        revisions = {one.id: one.revision for one in changed}
        return ImportReport(
            tuple(
                report if report.id is None else replace(report, revision=revisions[report.id])
                for report in self.reports
            ),
            is_applied=True,
        )

    def not_done(self) -> ImportReport:
        """Return the report of a dry run, or of an import refused as a whole."""
        return ImportReport(tuple(self.reports), is_applied=False)


def plan(lines: str, glossary: str, known: Callable[[str], EntryRow | None]) -> Plan:
    """Decide what to do with each record.

    Args:
        lines: JSON objects as importers read them, one a line; ids may begin with the glossary.
        glossary: of all entries.
        known: returns the stored entry of an id.

    Returns:
        Edits of existing or new entries, and the reports.
    """
    items = [_without_glossary(item, glossary) for item in _records(lines)]
    made = make_entries(items, glossary)
    refused = [RecordReport(r.source.line, Outcome.REFUSED, reason=r.reason) for r in made.refusals]
    left_out = {one.id: one.parts for one in made.left_out}
    edits: list[Edit] = []
    reports: list[RecordReport] = []
    for entry in made.entries:
        found = known(entry.id)
        wanted = replace(entry, source=found.entry.source if found else None)
        edits.append(Edit(entry.id, wanted))
        reports.append(
            RecordReport(
                _line(entry),
                _outcome(wanted, found),
                entry.id,
                left_out=left_out.get(entry.id, ()),
            )
        )
    return Plan(edits, sorted([*reports, *refused], key=lambda report: report.line))


def _records(lines: str) -> list[Record | Refusal]:
    return list(records_of_lines(lines, "import", ReadOptions()))


def _without_glossary(item: Record | Refusal, glossary: str) -> Record | Refusal:
    if isinstance(item, Refusal) or item.id is None:
        return item
    return replace(item, id=item.id.removeprefix(f"{glossary}:"))


def _line(entry: Entry) -> int:
    assert entry.source is not None  # noqa: S101 - records of lines have one
    return entry.source.line


def _outcome(wanted: Entry, found: EntryRow | None) -> Outcome:
    if found is None:
        return Outcome.ADDED
    return Outcome.UNCHANGED if found.entry == wanted else Outcome.CHANGED

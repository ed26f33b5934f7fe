"""Many entries at once: JSON Lines become edits, with a report for each record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from semsearch.core.entries import Changed, Entry, Refusal
from semsearch.importers.json_records import records_of_lines
from semsearch.importers.records import ReadOptions, Record
from semsearch.importers.records_to_entries import make_entries
from semsearch.storage.entry_store import Edit, Stored


class Outcome(StrEnum):
    """What becomes of a record."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RecordReport:
    """What became of one record, or would in a dry run.

    `line` counts from 1. `id` and `revision` are None for a record that was refused, for the `reason`; `revision`
    is also None where nothing was written.
    """

    line: int
    outcome: Outcome
    id: str | None = None
    revision: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of all records, in the order of their lines, and whether anything was written."""

    records: tuple[RecordReport, ...]
    is_applied: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do: an edit for each record that is taken, and the report of every record."""

    edits: Sequence[Edit]
    reports: Sequence[RecordReport]

    @property
    def has_refusals(self) -> bool:
        """Whether a record is refused."""
        return any(report.outcome is Outcome.REFUSED for report in self.reports)

    def done(self, changed: Sequence[Changed]) -> ImportReport:
        """Return the report with the revision that each record was given."""
        revisions = {one.id: one.revision for one in changed}
        return ImportReport(
            tuple(
                report if report.id is None else replace(report, revision=revisions[report.id])
                for report in self.reports
            ),
            is_applied=True,
        )

    def not_done(self) -> ImportReport:
        """Return the report of a dry run, or of an import that was refused as a whole."""
        return ImportReport(tuple(self.reports), is_applied=False)


def plan(lines: str, glossary: str, known: Callable[[str], Stored | None]) -> Plan:
    """Decide what to do with records.

    Args:
        lines: JSON objects as importers take them, one a line; an id may have the glossary in front.
        glossary: to which all of them go.
        known: gives what is stored under an id.

    Returns:
        Edits to the entries of the same ids, or to new ones.
    """
    items = [_without_glossary(item, glossary) for item in _records(lines)]
    made = make_entries(items, glossary)
    refused = [RecordReport(r.source.line, Outcome.REFUSED, reason=r.reason) for r in made.refusals]
    edits: list[Edit] = []
    reports: list[RecordReport] = []
    for entry in made.entries:
        found = known(entry.id)
        wanted = replace(entry, source=found.entry.source if found else None)
        edits.append(Edit(entry.id, wanted))
        reports.append(RecordReport(_line(entry), _outcome(wanted, found), entry.id))
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


def _outcome(wanted: Entry, found: Stored | None) -> Outcome:
    if found is None:
        return Outcome.ADDED
    return Outcome.UNCHANGED if found.entry == wanted else Outcome.CHANGED

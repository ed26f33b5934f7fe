"""JSON shapes of an import's report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field

from semsearch.ingest.bulk import ImportReport, Outcome, RecordReport
from semsearch.server.schemas.base import OptionalFields, Wire


@dataclass(slots=True)
class WireImportedRecord(Wire):
    """What became of one record, or would in a dry run."""

    line: Annotated[int, Field(description="From 1.", examples=[1])]
    outcome: Annotated[Outcome, Field(examples=["added"])]
    id: Annotated[
        str | None,
        Field(
            default=None,
            description="Null for a record that was refused.",
            examples=["kitchen:whisk"],
        ),
    ]
    revision: Annotated[
        int | None,
        Field(default=None, description="Null where nothing was written.", examples=[21]),
    ]
    reason: Annotated[
        str | None, Field(default=None, description="Why it was refused.", examples=["no term"])
    ]
    left_out: Annotated[
        OptionalFields,
        Field(
            description="Members that an entry cannot hold, such as structures.",
            examples=[{"sounds": '[{"ipa": "/x/"}]'}],
        ),
    ]

    @classmethod
    def of(cls, record: RecordReport) -> Self:
        """Return the shape of what became of a record."""
        return cls(
            record.line,
            record.outcome,
            record.id,
            record.revision,
            record.reason,
            dict(record.left_out),
        )


@dataclass(slots=True)
class WireImportReport(Wire):
    """What became of all records, in the order of their lines."""

    applied: Annotated[bool, Field(description="Whether anything was written.", examples=[True])]
    records: list[WireImportedRecord]

    @classmethod
    def of(cls, report: ImportReport) -> Self:
        """Return the shape of a report."""
        return cls(report.is_applied, [WireImportedRecord.of(one) for one in report.records])

"""JSON shapes of the report of gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field

from semsearch.core.entries import Entry
from semsearch.insights.open_questions import GapKind, OpenQuestion
from semsearch.insights.patterns import Day, Repair
from semsearch.insights.report import ConfusedPair, Gap, GapReport
from semsearch.server.schemas.base import Wire

_TIME = "2027-03-01T12:00:00+00:00"
_QUESTION = "how do I stop training early?"

Glossary = Annotated[
    str | None,
    Field(description="The glossary that was asked; null for all.", examples=["deep-learning"]),
]
Count = Annotated[int, Field(description="How often it was asked.", examples=[4])]


@dataclass(slots=True)
class WireNamedEntry(Wire):
    """An entry by its id and its term."""

    id: Annotated[str, Field(examples=["deep-learning:epoch"])]
    term: Annotated[str, Field(examples=["Epoch"])]

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Return the shape of an entry."""
        return cls(entry.id, entry.term)


@dataclass(slots=True)
class WireOpenQuestion(Wire):
    """A question that is not answered well."""

    question: Annotated[str, Field(description="Redacted.", examples=[_QUESTION])]
    glossary: Glossary
    count: Count
    last: Annotated[str, Field(description="When it was last asked.", examples=[_TIME])]
    kind: Annotated[GapKind, Field(examples=["no close match"])]

    @classmethod
    def of(cls, question: OpenQuestion) -> Self:
        """Return the shape of a question."""
        return cls(
            question.text,
            question.glossary or None,
            question.count,
            question.last.isoformat(),
            question.kind,
        )


@dataclass(slots=True)
class WireGap(Wire):
    """Questions of similar meaning that are not answered well."""

    kind: Annotated[
        GapKind, Field(description="The commonest of its questions.", examples=["no close match"])
    ]
    headword: Annotated[
        str,
        Field(
            description="A suggestion: the commonest word or phrase; empty without one.",
            examples=["stop training"],
        ),
    ]
    glossary: Glossary
    count: Count
    last: Annotated[str, Field(description="When one was last asked.", examples=[_TIME])]
    questions: Annotated[
        list[WireOpenQuestion], Field(description="The most frequent one comes first.")
    ]
    nearest: Annotated[
        list[WireNamedEntry], Field(description="At most three entries that come nearest.")
    ]

    @classmethod
    def of(cls, gap: Gap) -> Self:
        """Return the shape of a gap."""
        return cls(
            gap.kind,
            gap.headword,
            gap.glossary or None,
            gap.count,
            gap.last.isoformat(),
            [WireOpenQuestion.of(one) for one in gap.questions],
            [WireNamedEntry.of(one) for one in gap.nearest],
        )


@dataclass(slots=True)
class WireConfusedPair(Wire):
    """Two entries that people confuse."""

    first: WireNamedEntry
    second: WireNamedEntry
    count: Annotated[
        int,
        Field(
            description="Questions that find both close together, or whose second hit alone was "
            "opened.",
            examples=[3],
        ),
    ]
    opened: Annotated[
        int, Field(description="Questions whose second hit alone was opened.", examples=[1])
    ]
    questions: Annotated[
        tuple[str, ...],
        Field(
            description="Different ones, the commonest first.",
            examples=[["one pass over the data"]],
        ),
    ]

    @classmethod
    def of(cls, pair: ConfusedPair) -> Self:
        """Return the shape of a pair."""
        return cls(
            WireNamedEntry.of(pair.first),
            WireNamedEntry.of(pair.second),
            pair.confusion.count,
            pair.confusion.opened,
            pair.confusion.questions,
        )


@dataclass(slots=True)
class WireRepair(Wire):
    """Words that were taken for misspelt ones."""

    asked: Annotated[str, Field(examples=["dropuot"])]
    read_as: Annotated[str, Field(examples=["dropout"])]
    count: Count

    @classmethod
    def of(cls, repair: Repair) -> Self:
        """Return the shape of a repair."""
        return cls(repair.asked, repair.read_as, repair.count)


@dataclass(slots=True)
class WireNeverFound(Wire):
    """Entries that were among the first ten hits of no question."""

    count: Annotated[int, Field(description="How many there are.", examples=[1])]
    entries: Annotated[list[WireNamedEntry], Field(description="The first fifty of them.")]


@dataclass(slots=True)
class WireDay(Wire):
    """Numbers of one day (UTC)."""

    day: Annotated[str, Field(examples=["2027-03-01"])]
    asked: Annotated[int, Field(description="All questions.", examples=[40])]
    unanswered: Annotated[int, Field(description="Without a close match.", examples=[5])]
    uncertain: Annotated[int, Field(description="Answered as possible.", examples=[8])]

    @classmethod
    def of(cls, day: Day) -> Self:
        """Return the shape of a day."""
        return cls(day.day.isoformat(), day.asked, day.unanswered, day.uncertain)


@dataclass(slots=True)
class WireGapReport(Wire):
    """What people ask and do not find."""

    questions: Annotated[int, Field(description="Recorded questions.", examples=[40])]
    first: Annotated[
        str | None, Field(description="When the first one was asked.", examples=[_TIME])
    ]
    last: Annotated[str | None, Field(description="When the last one was asked.", examples=[_TIME])]
    gaps: Annotated[list[WireGap], Field(description="The most frequent ones, at most fifty.")]
    confused: list[WireConfusedPair]
    repaired: list[WireRepair]
    never_found: Annotated[
        WireNeverFound | None,
        Field(description="Null while fewer questions asked for ten hits than there are entries."),
    ]
    days: Annotated[list[WireDay], Field(description="From the first to the last.")]

    @classmethod
    def of(cls, report: GapReport) -> Self:
        """Return the shape of a report."""
        never = None
        if report.never_found is not None:
            entries = [WireNamedEntry.of(one) for one in report.never_found]
            never = WireNeverFound(report.never_found_count, entries)
        return cls(
            report.questions,
            report.first.isoformat() if report.first else None,
            report.last.isoformat() if report.last else None,
            [WireGap.of(one) for one in report.gaps],
            [WireConfusedPair.of(one) for one in report.confused],
            [WireRepair.of(one) for one in report.repaired],
            never,
            [WireDay.of(one) for one in report.days],
        )

"""The report of gaps: what people ask and do not find, grouped by meaning.

pending = PendingReport.of(records, glossaries)
answers = ...  # ask what is in pending.asked again
report = pending.finish(answers, encode, entries)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from semsearch.core.arrays import Vectors
from semsearch.core.entries import Entry
from semsearch.insights.grouping import grouped
from semsearch.insights.headwords import headword
from semsearch.insights.open_questions import (
    AnswerNow,
    GapKind,
    OpenQuestion,
    open_questions,
    still_open,
)
from semsearch.insights.patterns import (
    Confusion,
    Day,
    Repair,
    confusions,
    days,
    repairs,
)
from semsearch.storage.feedback.question_log import RecordedQuestion

MAX_LISTED = 50
"""Most rows of each list of a report."""
NEAREST = 3
"""Nearest entries that are named for each gap."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions of similar meaning that are not answered well.

    `kind` is the commonest of its questions, and `count` how often they were asked. `glossary` is
    where most of them were asked, empty for all glossaries. `headword` is a suggestion. `nearest`
    are the entries that come nearest, best first.
    """

    kind: GapKind
    headword: str
    glossary: str
    count: int
    last: datetime
    questions: tuple[OpenQuestion, ...]
    nearest: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ConfusedPair:
    """Two entries that people confuse; see `Confusion`."""

    first: Entry
    second: Entry
    confusion: Confusion


@dataclass(frozen=True, slots=True)
class GapReport:
    """What to write next.

    `questions` is how many were recorded, from `first` to `last`. `never_found` are entries that
    were among the first ten hits of none of them. It is None if there were fewer questions than
    entries, not counting those that asked for fewer hits: that says nothing.
    """

    questions: int
    first: datetime | None
    last: datetime | None
    gaps: tuple[Gap, ...]
    confused: tuple[ConfusedPair, ...]
    repaired: tuple[Repair, ...]
    never_found: tuple[Entry, ...] | None
    never_found_count: int
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class ReportedEntries:
    """The entries of an index that the reader of a report may see.

    `find` returns the entry with an id, None if there is none. `everything` yields all of them; it
    is called only if there are as many questions as entries.
    """

    find: Callable[[str], Entry | None]
    count: int
    everything: Callable[[], Iterable[Entry]]


@dataclass(frozen=True, slots=True)
class PendingReport:
    """A report of `records` that waits for the answers of today to the questions in `asked`."""

    records: Sequence[RecordedQuestion]
    asked: Sequence[OpenQuestion]

    @classmethod
    def of(cls, records: Sequence[RecordedQuestion], glossaries: Collection[str]) -> PendingReport:
        """Pick the questions to ask again.

        Args:
            records: what was recorded, oldest first.
            glossaries: that can be asked.
        """
        return cls(records, open_questions(records, glossaries))

    def finish(
        self,
        answers: Sequence[AnswerNow],
        encode: Callable[[Sequence[str]], Vectors],
        entries: ReportedEntries,
    ) -> GapReport:
        """Return the report.

        Args:
            answers: of today to the questions in `asked`, in the same order.
            encode: returns the vectors of some texts, at least one, as (n, dim) of length 1.
            entries: of the index.
        """
        left = still_open(self.asked, answers)
        found: list[Gap] = []
        if left:
            groups = grouped(encode([one.text for one in left]))
            found = [_gap([left[row] for row in rows], entries.find) for rows in groups]
        found.sort(key=lambda gap: (-gap.count, -gap.last.timestamp(), gap.headword))
        records = self.records
        whole = [one for one in records if not one.is_short]
        is_enough = len(whole) >= entries.count
        missing = _never_found(whole, entries.everything()) if is_enough else None
        return GapReport(
            len(records),
            records[0].asked if records else None,
            records[-1].asked if records else None,
            tuple(found[:MAX_LISTED]),
            tuple(_pairs(confusions(records, MAX_LISTED), entries.find)),
            tuple(repairs(records, MAX_LISTED)),
            None if missing is None else tuple(missing[:MAX_LISTED]),
            len(missing or ()),
            tuple(days(records)),
        )


def _gap(questions: Sequence[OpenQuestion], entry_of: Callable[[str], Entry | None]) -> Gap:
    ordered = sorted(questions, key=lambda one: (-one.count, -one.last.timestamp(), one.text))
    kinds: Counter[GapKind] = Counter()
    glossaries: Counter[str] = Counter()
    near: dict[str, float] = defaultdict(float)
    for one in ordered:
        kinds[one.kind] += one.count
        glossaries[one.glossary] += one.count
        for rank, id_ in enumerate(one.hits, 1):
            near[id_] += one.count / rank
    entries = map(entry_of, sorted(near, key=near.__getitem__, reverse=True))
    nearest = islice((entry for entry in entries if entry), NEAREST)
    return Gap(
        kinds.most_common(1)[0][0],
        headword([(one.text, one.count) for one in ordered]),
        glossaries.most_common(1)[0][0],
        sum(one.count for one in ordered),
        max(one.last for one in ordered),
        tuple(ordered),
        tuple(nearest),
    )


def _pairs(
    found: Iterable[Confusion], entry_of: Callable[[str], Entry | None]
) -> Iterable[ConfusedPair]:
    for one in found:
        first, second = entry_of(one.first), entry_of(one.second)
        if first and second:
            yield ConfusedPair(first, second, one)


def _never_found(records: Iterable[RecordedQuestion], everything: Iterable[Entry]) -> list[Entry]:
    found = {id_ for one in records for id_ in one.hits}
    return [entry for entry in everything if entry.id not in found]

"""The record report of a build: the result of every record, as JSON Lines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from semsearch.core.entries import LeftOut, Source
from semsearch.core.errors import InvalidSetting
from semsearch.importers.corpus import Corpus


class RecordOutcome(StrEnum):
    """The result of a record."""

    TAKEN = "taken"
    """It became an entry."""
    MERGED = "merged"
    """It became another name of an entry."""
    SKIPPED = "skipped"
    """It became neither; the reason is stated."""


@dataclass(frozen=True, slots=True)
class RecordResult:
    """The result of one record.

    `id` is the entry's, `names` are those that the record gave it, `reason` is why it was skipped.
    `left_out` names the fields that entries cannot hold.
    """

    source: Source
    fate: RecordOutcome
    id: str = ""
    names: tuple[str, ...] = ()
    reason: str = ""
    left_out: tuple[str, ...] = ()


def record_results(corpus: Corpus) -> list[RecordResult]:
    """Return the result of each record, file by file, by line."""
    every = [*_taken(corpus), *_others(corpus)]
    order: dict[str, int] = {}
    for one in every:
        order.setdefault(one.source.file, len(order))
    return sorted(every, key=lambda one: (order[one.source.file], one.source.line))


def write_report(corpus: Corpus, file: str | Path) -> None:
    """Write the result of each record as JSON Lines.

    Raises:
        InvalidSetting: the file cannot be written.
    """
    try:
        with Path(file).open("w", encoding="utf-8") as lines:
            lines.writelines(
                json.dumps(_stated(one), ensure_ascii=False) + "\n"
                for one in record_results(corpus)
            )
    except OSError as error:
        raise InvalidSetting(f"cannot write the report {file}: {error.strerror}") from error


def counted(left_out: Iterable[LeftOut]) -> str:
    """Return the fields left out with their numbers of entries, in words.

    The text is empty if there are none.
    """
    counts = Counter(part for one in left_out for part in one.parts)
    return ", ".join(f"{part} of {count:,}" for part, count in counts.most_common())


def _taken(corpus: Corpus) -> Iterator[RecordResult]:
    left_out = {one.id: one.parts for one in corpus.left_out}
    for entry in corpus.entries:
        names = (entry.term, *entry.aliases)
        source = entry.source or Source("", 0)
        without = left_out.get(entry.id, ())
        yield RecordResult(source, RecordOutcome.TAKEN, entry.id, names, left_out=without)


def _others(corpus: Corpus) -> Iterator[RecordResult]:
    for merged in corpus.merged:
        yield RecordResult(merged.source, RecordOutcome.MERGED, merged.id, (merged.name,))
    for refusal in corpus.refusals:
        yield RecordResult(refusal.source, RecordOutcome.SKIPPED, reason=refusal.reason)


def _stated(one: RecordResult) -> dict[str, object]:
    stated: dict[str, object] = {"file": one.source.file, "line": one.source.line, "fate": one.fate}
    details = {"id": one.id, "names": one.names, "reason": one.reason, "left_out": one.left_out}
    return stated | {name: value for name, value in details.items() if value}

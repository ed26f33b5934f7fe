"""The record report of a build: the result of every record and every unread file, as JSON Lines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from semsearch.core.entries import Entry, Field, LeftOut, Source
from semsearch.core.errors import InvalidSetting
from semsearch.importers.corpus import Corpus
from semsearch.importers.fields import shorten


class RecordOutcome(StrEnum):
    """The result of a record."""

    TAKEN = "taken"
    """It became an entry."""
    MERGED = "merged"
    """It became another name of an entry."""
    SKIPPED = "skipped"
    """It became neither; the reason is stated."""
    UNREAD = "unread"
    """Not a record but a file that is not read; the reason is stated."""
    NOTED = "noted"
    """Not a record but a remark on a file that was read."""


@dataclass(frozen=True, slots=True)
class RecordResult:
    """The result of one record.

    `id` is the entry's, `names` are those that the record gave it, `reason` is why it was skipped,
    or the remark. `left_out` are the fields that entries cannot hold, each with an example.
    """

    source: Source
    outcome: RecordOutcome
    id: str = ""
    names: tuple[str, ...] = ()
    reason: str = ""
    left_out: tuple[Field, ...] = ()


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
                json.dumps(_to_dict(one), ensure_ascii=False) + "\n"
                for one in record_results(corpus)
            )
    except OSError as error:
        raise InvalidSetting(f"cannot write the report {file}: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class FieldCount:
    """How many entries of a corpus have a field in their source, and the first value of it."""

    name: str
    entries: int
    example: str

    def __str__(self) -> str:
        counted = "1 entry" if self.entries == 1 else f"{self.entries:,} entries"
        return f"{self.name} in {counted} (such as {self.example!r})"


def count_fields(fields_by_entry: Iterable[tuple[Field, ...]]) -> tuple[FieldCount, ...]:
    """Count fields by name, the most frequent first."""
    counts: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for fields in fields_by_entry:
        counts.update(list(dict.fromkeys(name for name, _ in fields)))
        for name, text in fields:
            examples.setdefault(name, text)
    return tuple(
        FieldCount(name, count, shorten(" ".join(examples[name].split())))
        for name, count in counts.most_common()
    )


def count_left_out(left_out: Iterable[LeftOut]) -> tuple[FieldCount, ...]:
    """Count the fields that entries cannot hold."""
    return count_fields(one.parts for one in left_out)


def count_extra(entries: Iterable[Entry]) -> tuple[FieldCount, ...]:
    """Count the extra fields of entries."""
    return count_fields(entry.details.extra for entry in entries)


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
    for note in corpus.notes:
        yield RecordResult(note.source, RecordOutcome.NOTED, reason=note.text)
    for file in corpus.unread:
        yield RecordResult(Source(file.file, file.line), RecordOutcome.UNREAD, reason=file.reason)


def _to_dict(one: RecordResult) -> dict[str, object]:
    stated: dict[str, object] = {
        "file": one.source.file,
        "line": one.source.line,
        "outcome": one.outcome,
    }
    details = {
        "id": one.id,
        "names": one.names,
        "reason": one.reason,
        "left_out": dict(one.left_out),
    }
    return stated | {name: value for name, value in details.items() if value}

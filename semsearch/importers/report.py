"""What became of every record of a corpus, one by one, for people and for programs."""

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
    """What becomes of a record."""

    TAKEN = "taken"
    """It is an entry."""
    MERGED = "merged"
    """It is another name of an entry."""
    SKIPPED = "skipped"
    """It is neither, for a reason."""


@dataclass(frozen=True, slots=True)
class RecordFate:
    """What became of one record. `id` is that of the entry, `names` those it gave it, `reason` why it was skipped.

    `left_out` is what the file says of the entry besides, and is kept nowhere.
    """

    source: Source
    fate: RecordOutcome
    id: str = ""
    names: tuple[str, ...] = ()
    reason: str = ""
    left_out: tuple[str, ...] = ()


def fates(corpus: Corpus) -> list[RecordFate]:
    """Return what became of each record, file by file, in the order of the lines."""
    every = [*_taken(corpus), *_others(corpus)]
    order: dict[str, int] = {}
    for one in every:
        order.setdefault(one.source.file, len(order))
    return sorted(every, key=lambda one: (order[one.source.file], one.source.line))


def write_report(corpus: Corpus, file: str | Path) -> None:
    """Write what became of each record as JSON Lines.

    Raises:
        InvalidSetting: the file cannot be written.
    """
    try:
        with Path(file).open("w", encoding="utf-8") as lines:
            lines.writelines(
                json.dumps(_stated(one), ensure_ascii=False) + "\n" for one in fates(corpus)
            )
    except OSError as error:
        raise InvalidSetting(f"cannot write the report {file}: {error.strerror}") from error


def counted(left_out: Iterable[LeftOut]) -> str:
    """Say what was left out, and of how many entries; empty if nothing was."""
    counts = Counter(part for one in left_out for part in one.parts)
    return ", ".join(f"{part} of {count:,}" for part, count in counts.most_common())


def _taken(corpus: Corpus) -> Iterator[RecordFate]:
    left_out = {one.id: one.parts for one in corpus.left_out}
    for entry in corpus.entries:
        names = (entry.term, *entry.aliases)
        source = entry.source or Source("", 0)
        without = left_out.get(entry.id, ())
        yield RecordFate(source, RecordOutcome.TAKEN, entry.id, names, left_out=without)


def _others(corpus: Corpus) -> Iterator[RecordFate]:
    for merged in corpus.merged:
        yield RecordFate(merged.source, RecordOutcome.MERGED, merged.id, (merged.name,))
    for refusal in corpus.refusals:
        yield RecordFate(refusal.source, RecordOutcome.SKIPPED, reason=refusal.reason)


def _stated(one: RecordFate) -> dict[str, object]:
    stated: dict[str, object] = {"file": one.source.file, "line": one.source.line, "fate": one.fate}
    details = {"id": one.id, "names": one.names, "reason": one.reason, "left_out": one.left_out}
    return stated | {name: value for name, value in details.items() if value}

"""Prints what a build did."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.text import Text

from semsearch.cli.output.common import (
    MAX_REFUSALS,
    SHOWN,
    counted_entries,
    one_line,
    print_json,
    print_text,
    reranker_label,
    say,
)
from semsearch.cli.output.edits import differing_parts, part_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from semsearch.core.entries import Note, UnreadFile
    from semsearch.importers import Corpus
    from semsearch.importers.report import FieldCount
    from semsearch.index.relations import RelationCounts
    from semsearch.ingest.build_report import BuildReport
    from semsearch.storage.live_edits import Conflict


MAX_FIELDS = 20
"""Most names of fields in one line."""


def fields(left_out: Sequence[FieldCount], extra: Sequence[FieldCount]) -> None:
    """Print the fields of source files that entries keep as they are, and those they cannot hold.

    Each has its number of entries and an example.
    """
    if extra:
        say(f"Kept as extra fields: {_counted(extra)}")
    if left_out:
        say(f"Left out: {_counted(left_out)} (--report lists them)")


def _counted(fields: Sequence[FieldCount]) -> str:
    shown = ", ".join(escape(str(one)) for one in fields[:MAX_FIELDS])
    more = len(fields) - MAX_FIELDS
    return f"{shown}, and {more:,} more" if more > 0 else shown


def remarks(notes: Sequence[Note], unread: Sequence[UnreadFile]) -> None:
    """Print the remarks on files, and the files that were not read."""
    for kind, found in (("note", notes), ("not read", unread)):
        for one in found[:MAX_REFUSALS]:
            say(f"[yellow]{kind}[/] {escape(str(one))}")
        if len(found) > MAX_REFUSALS:
            say(f"... and {len(found) - MAX_REFUSALS:,} more (--report lists them)")


def as_json_parts(read: BuildReport | Corpus) -> dict[str, object]:
    """Return what was left out, noted and not read, for programs."""
    return {
        "left_out": [{**asdict(one), "parts": dict(one.parts)} for one in read.left_out],
        "notes": [str(note) for note in read.notes],
        "unread": [str(file) for file in read.unread],
    }


def build_report(report: BuildReport, index: Path, *, as_json: bool) -> None:
    """Print the result of a build."""
    from semsearch.importers.report import count_left_out  # noqa: PLC0415 - loads the importers

    changes = report.changes
    counts = {
        "new": len(changes.new),
        "changed": len(changes.changed),
        "unchanged": changes.unchanged,
        "gone": len(changes.gone),
        "refused": len(report.refused),
    }
    if as_json:
        content = asdict(report)
        content["refused"] = [str(refusal) for refusal in report.refused]
        content["merged"] = [str(merged) for merged in report.merged]
        content |= as_json_parts(report)
        print_json(json.dumps({"index": str(index), **content}))
        return
    for refusal in report.refused[:MAX_REFUSALS]:
        say(f"[yellow]refused[/] {escape(str(refusal))}")
    if len(report.refused) > MAX_REFUSALS:
        say(f"... and {len(report.refused) - MAX_REFUSALS} more (see --json)")
    remarks(report.notes, report.unread)
    say("Entries: " + ", ".join(f"{number:,} {name}" for name, number in counts.items()))
    if report.merged:
        say(f"Merged: {len(report.merged):,} records are other names of entries")
    fields(count_left_out(report.left_out), report.extra)
    if report.former_model:
        _encoder_change(report.former_model, report)
    if report.embedded:
        say(f"Embedded: {report.embedded:,} of {report.vectors:,} texts with {report.model}")
    _common_concepts(report)
    if report.relations:
        say(_relations(report.relations))
    _conflicts(report)
    if report.published:
        _encoder_lines(report)
        say(
            f"[green]The index in {escape(str(index))} is ready[/] (generation {report.generation})"
        )
    else:
        say(f"[green]The index in {escape(str(index))} is up to date[/]")


def _common_concepts(report: BuildReport) -> None:
    if report.commonly_asked:
        say(f"Common concepts: {counted_entries(report.commonly_asked)}, found by common questions")
    elif not report.has_common_questions:
        say("Common concepts: left out, in later builds too; --common-questions adds them")


def _conflicts(report: BuildReport) -> None:
    """Print the entries whose live edit differs from the corpus, with both sides."""
    if not report.conflicts:
        return
    for conflict in report.conflicts[:MAX_REFUSALS]:
        say(f"[yellow]edited live[/] {escape(conflict.id)}")
        for whose, text in _sides(conflict):
            print_text(Text.assemble((f"   {whose}: ", "dim"), text))
    if len(report.conflicts) > MAX_REFUSALS:
        say(f"... and {len(report.conflicts) - MAX_REFUSALS} more (see --json)")
    count = counted_entries(len(report.conflicts))
    say(
        f"{count}: the corpus overwrote the live edits; `semsearch restore` brings an edit back"
        if report.overwritten
        else f"{count} kept as edited live; `--overwrite-edits` replaces the edits by the corpus"
    )


def _sides(conflict: Conflict) -> Iterator[tuple[str, Text]]:
    """Yield live edit and corpus: what they are, or the parts in which they differ."""
    live, corpus = conflict.live, conflict.corpus
    if live and corpus and (live.term, live.definition) == (corpus.term, corpus.definition):
        for part in differing_parts(live, corpus):
            yield f"live {part}", part_of(live, part)
            yield f"corpus {part}", part_of(corpus, part)
        return
    for whose, entry in (("live", live), ("corpus", corpus)):
        text = one_line(f"{entry.term}: {entry.definition}") if entry else Text("not there")
        text.truncate(SHOWN // 2, overflow="ellipsis")
        yield whose, text


def _encoder_change(former: str, report: BuildReport) -> None:
    from semsearch.models.registry import (  # noqa: PLC0415 - loads numpy
        FORMER_DEFAULTS,
        RETIRED_DEFAULTS,
    )

    if former == report.model:
        say(f"The weights of the encoder {escape(former)} have changed since the index was built")
        return
    how = f"{report.embedded:,} of {report.vectors:,} texts had to be embedded for it"
    back = f"; `--model {FORMER_DEFAULTS.get(former, former)}` goes back"
    if former in RETIRED_DEFAULTS:
        back = ""
    say(escape(f"The encoder changed from {former} to {report.model}: {how}{back}"))


def _relations(counts: RelationCounts) -> str:
    nowhere = f" ({counts.unresolved:,} more lead to no entry)" if counts.unresolved else ""
    return f"Related terms: {counts.links:,} links{nowhere}, {counts.mentions:,} mentions"


def _encoder_lines(report: BuildReport) -> None:
    for name, agreement in report.agreement.items() if report.exported else ():
        say(
            f"Exported encoder {name}: cosine {agreement.cosine:.4f} to sentence-transformers, "
            f"{agreement.top10:.1%} of the ten nearest texts are the same"
        )
    for name, pairs in report.reranker_agreement.items():
        say(
            f"Exported reranker {name}: correlation {pairs.correlation:.4f} with "
            f"sentence-transformers, mean difference {pairs.difference:.4f}"
        )
    if report.reranker:
        say(f"Hits are reordered by {escape(reranker_label(report.reranker))}")
    if report.problem:
        say(f"[yellow]The encoder could not be exported[/]: {escape(report.problem)}")
    if report.precision == "reference":
        say("[yellow]Questions are answered by sentence-transformers itself[/]: slower")
    elif report.agreement:
        say(f"Questions are answered by {report.precision}")

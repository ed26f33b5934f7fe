"""How results look on a terminal, and as JSON."""

from __future__ import annotations

import dataclasses
import json
import shlex
import sys
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from semsearch.api.app import Listening
    from semsearch.building import BuildReport
    from semsearch.relations import RelationCounts
    from semsearch.types import (
        IndexInfo,
        Neighbour,
        Reference,
        Related,
        RerankerInfo,
        Span,
    )

MAX_REFUSALS = 20
"""Refused records listed on a terminal; `--json` lists all of them."""


def _console() -> Console:
    return Console(highlight=False, soft_wrap=False)


def print_json(text: str) -> None:
    """Print JSON as it is."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def print_table(table: Table) -> None:
    """Print a table as wide as the terminal."""
    _console().print(table)


def done(message: str) -> None:
    """Say that something was done."""
    _say(escape(message))


def _say(markup: str) -> None:
    """Print a line as it is: the terminal wraps it, so that it can be copied whole."""
    _console().print(markup, soft_wrap=True)


SHOWN = 400
"""Characters of a definition that a table shows."""


def one_line(definition: str) -> Text:
    """A definition without line breaks; each character keeps its offset."""
    return Text(definition.translate({ord("\n"): " ", ord("\t"): " "}))


def failed_line(number: int, reason: str) -> None:
    """Report a line of standard input that could not be asked, as one line of JSON."""
    print_json(json.dumps({"line": number, "error": reason}))


_AUTHORED = {
    "broader": "Broader (by the author)",
    "narrower": "Narrower (by the author)",
    "related": "Related (by the author)",
    "see_also": "See also (by the author)",
}


def related(found: Related, *, as_json: bool) -> None:
    """Show related terms."""
    if as_json:
        from semsearch.writing import to_json  # noqa: PLC0415 - loads pydantic

        print_json(to_json(found).decode())
        return
    console = _console()
    console.print(Text(found.entry.term, "bold"))
    own = found.entry.definition
    back = [(r, r.entry.definition) for r in found.mentioned_by]
    inverse = [one for one in back if one[0].relation not in (None, "see_also")]
    stated = [*((r, own) for r in found.see_also), *inverse]
    for kind, heading in _AUTHORED.items():
        _references(heading, [one for one in stated if one[0].relation == kind])
    _references("Mentions", [(r, own) for r in found.mentions])
    _references("Used in", [one for one in back if one not in inverse])
    if not found.similar:
        console.print("\nNo term has a similar meaning.")
        return
    console.print("\n[bold]Similar meaning (computed)[/]")
    table = Table("", "Entry", "Similarity", box=None, padding=(0, 2, 1, 0))
    for n in found.similar:
        text = one_line(n.entry.definition)
        text.stylize("underline", n.because.other_sentence.start, n.because.other_sentence.end)
        text.truncate(SHOWN, overflow="ellipsis")
        body = Text("\n").join([Text(n.entry.term, "bold"), text, _because(n)])
        table.add_row(str(n.rank), body, f"{n.similarity:.2f}")
    console.print(table)


def _because(neighbour: Neighbour) -> Text:
    """The sentence of the entry asked for that leads to a similar one, and the words of both."""
    because = neighbour.because
    sentence = one_line(because.sentence.text)
    sentence.truncate(SHOWN // 2, overflow="ellipsis")
    words = f" ({', '.join(because.words)})" if because.words else ""
    return Text.assemble(("because: ", "dim"), sentence, (words, "cyan"))


_AROUND = 30
"""Characters shown on either side of a name."""


def _references(heading: str, shown: list[tuple[Reference, str]]) -> None:
    """Show references, each with the words around the name in the text that refers."""
    if not shown:
        return
    console = _console()
    console.print(f"\n[bold]{heading}[/]")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for reference, text in shown:
        table.add_row(Text(reference.entry.term), _context(reference.span, text))
    console.print(table)


def _context(span: Span | None, text: str) -> Text:
    if span is None:
        return Text("")
    line = one_line(text)
    start, end = max(0, span.start - _AROUND), min(len(text), span.end + _AROUND)
    if start:  # whole words only, as long as there are blanks between them
        start = line.plain.find(" ", start, span.start) + 1 or start
    if end < len(text):
        end = max(line.plain.rfind(" ", span.end, end), span.end)
    piece = line[start:end]
    piece.stylize("underline", span.start - start, span.end - start)
    return Text("... " if start else "") + piece + Text(" ..." if end < len(text) else "")


def info(stated: IndexInfo, *, named_model: str | None, as_json: bool) -> None:
    """Show what an index is made of; `named_model` is the encoder that the user named."""
    if as_json:
        from semsearch.writing import to_json  # noqa: PLC0415 - loads pydantic

        print_json(to_json(stated).decode())
        return
    from semsearch.wording import engine, former_default, percent  # noqa: PLC0415 - loads numpy

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    rows = {
        "Index": f"{stated.path}, generation {stated.generation}, format {stated.format}",
        "Built": f"{stated.built_at} by {stated.built_by}",
        "Encoder": f"{stated.model}, {stated.dim} dimensions, answers as {stated.precision}",
        "Fingerprint": stated.fingerprint[:16],
        "Reranker": _reranker(stated.reranker),
        "Entries": f"{stated.entries:,} ({stated.vectors:,} vectors)",
        "Engine": engine(stated.engine),
        "Close match": f"confidence {percent(stated.threshold)} or more",
        "Calibrated": _calibrated(stated.calibrated_with),
    }
    for name, value in rows.items():
        table.add_row(Text(name, "bold"), Text(value))
    for glossary in stated.glossaries:
        table.add_row(
            Text("Glossary", "bold"), Text(f"{glossary.name}: {_entries(glossary.entries)}")
        )
    _console().print(table)
    _hint(former_default(stated, named_model))


def _hint(text: str) -> None:
    if text:
        _say(f"[yellow]hint[/] {escape(text)}")


def _calibrated(questions: int) -> str:
    return f"with {questions:,} questions of its own" if questions else "no"


def _reranker(stated: RerankerInfo | None) -> str:
    return f"{stated.model}, scores as {stated.precision}" if stated else "none"


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"


def serving(service: Listening, *, named_model: str | None) -> None:
    """Say where the service listens, and how to ask it; `named_model` as in `info`."""
    from semsearch.wording import former_default  # noqa: PLC0415 - loads numpy

    url, question = escape(service.url), shlex.quote(f"q={service.example}")
    key = "" if service.is_open else '-H "Authorization: Bearer $SEMSEARCH_KEY" '
    _say(f"semsearch answers on [bold]{url}[/] (documentation: /docs, stop: Ctrl-C)")
    if not service.is_open:
        _say("Reading needs an access key; `semsearch keys create` makes one")
    _say(f"Try: curl -G {key}{url}/v1/search --data-urlencode {escape(question)}")
    _hint(former_default(service.index, named_model))


class BuildProgress:
    """A progress bar on standard error, one line for each step."""

    def __init__(self, *, quiet: bool) -> None:
        from rich import progress  # noqa: PLC0415 - only builds draw bars

        class Rate(progress.ProgressColumn):
            """Parts a second, of the last half minute."""

            def render(self, task: progress.Task) -> Text:
                speed = task.finished_speed or task.speed
                return Text(f"{speed:,.0f}/s" if speed else "", "dim")

        self._bar = progress.Progress(
            progress.TextColumn("{task.description:<22}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            Rate(),
            progress.TimeElapsedColumn(),
            progress.TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=quiet,
        )
        self._task: progress.TaskID | None = None

    def __enter__(self) -> BuildProgress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def start(self, step: str, total: int) -> None:
        """Begin a step; nothing is drawn for one without work."""
        if total:
            self._bar.start()  # before the first step with work: an empty bar prints an empty line
        self._task = self._bar.add_task(step, total=total) if total else None

    def advance(self, parts: int) -> None:
        """Move the bar of the current step."""
        if self._task is not None:
            self._bar.advance(self._task, parts)


def build_report(report: BuildReport, index: Path, *, as_json: bool) -> None:
    """Show what a build did."""
    changes = report.changes
    counts = {
        "new": len(changes.new),
        "changed": len(changes.changed),
        "unchanged": changes.unchanged,
        "gone": len(changes.gone),
        "refused": len(report.refused),
    }
    if as_json:
        stated = dataclasses.asdict(report)
        stated["refused"] = [str(refusal) for refusal in report.refused]
        stated["merged"] = [str(merged) for merged in report.merged]
        print_json(json.dumps({"index": str(index), **stated}))
        return
    for refusal in report.refused[:MAX_REFUSALS]:
        _say(f"[yellow]refused[/] {escape(str(refusal))}")
    if len(report.refused) > MAX_REFUSALS:
        _say(f"... and {len(report.refused) - MAX_REFUSALS} more (see --json)")
    _say("Entries: " + ", ".join(f"{number:,} {name}" for name, number in counts.items()))
    if report.merged:
        _say(f"Merged: {len(report.merged):,} records are other names of entries")
    if report.former_model:
        _encoder_change(report.former_model, report)
    if report.embedded:
        _say(f"Embedded: {report.embedded:,} of {report.vectors:,} texts with {report.model}")
    if report.relations:
        _say(_relations(report.relations))
    _conflicts(report)
    if report.published:
        _encoder_lines(report)
        _say(
            f"[green]The index in {escape(str(index))} is ready[/] (generation {report.generation})"
        )
    else:
        _say(f"[green]The index in {escape(str(index))} is up to date[/]")


def _conflicts(report: BuildReport) -> None:
    """Say where the corpus and live edits differ, with both sides."""
    if not report.conflicts:
        return
    for conflict in report.conflicts[:MAX_REFUSALS]:
        _say(f"[yellow]edited live[/] {escape(conflict.id)}")
        for whose, entry in (("live", conflict.live), ("corpus", conflict.corpus)):
            said = one_line(f"{entry.term}: {entry.definition}") if entry else Text("not there")
            said.truncate(SHOWN // 2, overflow="ellipsis")
            _console().print(Text.assemble((f"   {whose}: ", "dim"), said), soft_wrap=True)
    if len(report.conflicts) > MAX_REFUSALS:
        _say(f"... and {len(report.conflicts) - MAX_REFUSALS} more (see --json)")
    count = _entries(len(report.conflicts))
    _say(
        f"{count}: the corpus's side was taken; `semsearch restore` brings an edit back"
        if report.overwritten
        else f"{count} kept as edited live; `--overwrite-edits` takes the corpus's side"
    )


def _encoder_change(former: str, report: BuildReport) -> None:
    from semsearch.encoders.models import FORMER_DEFAULTS  # noqa: PLC0415 - only builds need it

    if former == report.model:
        _say(f"The encoder {escape(former)} is not the one it was when the index was built")
        return
    how = f"{report.embedded:,} of {report.vectors:,} texts had to be embedded for it"
    back = FORMER_DEFAULTS.get(former, former)
    _say(
        f"The encoder changed from {escape(former)} to {escape(report.model)}: {how}; "
        f"`--model {escape(back)}` goes back"
    )


def _relations(counts: RelationCounts) -> str:
    nowhere = f" ({counts.unresolved:,} more lead to no entry)" if counts.unresolved else ""
    return f"Related terms: {counts.links:,} links{nowhere}, {counts.mentions:,} mentions"


def _encoder_lines(report: BuildReport) -> None:
    for name, agreement in report.agreement.items() if report.exported else ():
        _say(
            f"Exported encoder {name}: cosine {agreement.cosine:.4f} to sentence-transformers, "
            f"{agreement.top10:.1%} of the ten nearest texts are the same"
        )
    for name, pairs in report.reranker_agreement.items():
        _say(
            f"Exported reranker {name}: correlation {pairs.correlation:.4f} with "
            f"sentence-transformers, mean difference {pairs.difference:.4f}"
        )
    if report.reranker:
        _say(f"Hits are reordered by {escape(_reranker(report.reranker))}")
    if report.problem:
        _say(f"[yellow]The encoder could not be exported[/]: {escape(report.problem)}")
    if report.precision == "reference":
        _say("[yellow]Questions are answered by sentence-transformers itself[/]: slower")
    elif report.agreement:
        _say(f"Questions are answered by {report.precision}")

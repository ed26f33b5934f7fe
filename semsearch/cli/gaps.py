"""The command `gaps`: what people asked and did not find."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semsearch.cli.options import AsJson, Index, Store, joined
from semsearch.cli.output import common, report_format
from semsearch.cli.output import gaps as show_gaps
from semsearch.core.errors import EntryNotFound, InvalidSetting

if TYPE_CHECKING:
    from semsearch.core.entries import Entry
    from semsearch.insights.open_questions import AnswerNow, OpenQuestion
    from semsearch.insights.report import GapReport, ReportedEntries
    from semsearch.search.glossary import Glossary

app = typer.Typer()

_BATCH = 64
"""Questions asked at a time."""


@app.command()
def gaps(
    index: Index = None,
    store: Store = None,
    since: Annotated[
        str | None,
        typer.Option(
            help="Only questions of the last days (7d) or from a date on (2027-03-01).",
            show_default=False,
        ),
    ] = None,
    form: report_format.StatedFormat = None,
    output: report_format.Output = None,
    as_json: AsJson = False,
    forget: Annotated[
        str | None,
        typer.Option(
            metavar="QUESTION",
            help="Forget a recorded question, and print no report; exit code 1 if there is none.",
        ),
    ] = None,
    forget_all: Annotated[
        bool, typer.Option("--forget-all", help="Forget all recorded questions.")
    ] = False,
) -> None:
    """Show what people asked and did not find, if `serve --record-questions` recorded it.

    Questions are grouped by meaning, each group with a suggested headword and the nearest entries.
    Those that are answered well by now are left out.
    """
    folder = joined(index=index, store=store).index
    if forget is not None or forget_all:
        if forget is not None and forget_all:
            raise InvalidSetting(f"--forget {forget!r} and --forget-all were given; choose one")
        given = {"--since": since, "--format": form, "--output": output}
        _check_no_report([option for option, value in given.items() if value is not None])
        _forget(folder, forget, as_json=as_json)
        return
    form = report_format.format_of(form, output, as_json=as_json)
    report = report_of(folder, since)
    if form is report_format.ReportFormat.TABLE:
        show_gaps.tables(report)
    elif output is None:
        common.print_json(show_gaps.as_text(report, form).rstrip("\n"))
    else:
        common.write_text(output, show_gaps.as_text(report, form))
        common.done(f"wrote {output}")


def report_of(folder: Path, since: str | None) -> GapReport:
    """Return the report of an index: read what was recorded, ask again, and group."""
    from semsearch.insights.periods import beginning_of  # noqa: PLC0415 - the report alone needs it
    from semsearch.insights.report import PendingReport  # noqa: PLC0415
    from semsearch.search.glossary import Glossary  # noqa: PLC0415
    from semsearch.storage.feedback import question_log  # noqa: PLC0415
    from semsearch.storage.files.layout import IndexLayout  # noqa: PLC0415

    with Glossary.open(folder) as glossary:
        beginning = beginning_of(since, datetime.now(UTC)) if since else None
        records = question_log.read(IndexLayout(folder).questions, beginning)
        names = [info.name for info in glossary.info().glossaries]
        pending = PendingReport.of(records, names)
        answers = _ask_again(glossary, pending.asked)
        return pending.finish(answers, glossary.encode, _entries(glossary, names))


def _ask_again(glossary: Glossary, asked: Sequence[OpenQuestion]) -> list[AnswerNow]:
    """Return the answers of today, in the order of the questions."""
    from semsearch.insights.open_questions import AnswerNow  # noqa: PLC0415 - loads numpy

    by_glossary: dict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(asked):
        by_glossary[one.glossary].append(at)
    found: dict[int, AnswerNow] = {}
    for name, places in by_glossary.items():
        for start in range(0, len(places), _BATCH):
            part = places[start : start + _BATCH]
            answers = glossary.ask_many([asked[at].text for at in part], glossary=name or None)
            for at, answer in zip(part, answers, strict=True):
                ids = tuple(hit.entry.id for hit in answer.hits)
                found[at] = AnswerNow(answer.verdict, ids)
    return [found[at] for at in range(len(asked))]


def _entries(glossary: Glossary, names: Sequence[str]) -> ReportedEntries:
    from semsearch.insights.report import ReportedEntries  # noqa: PLC0415 - loads numpy

    def find(id_: str) -> Entry | None:
        try:
            return glossary.entry(id_)
        except EntryNotFound:
            return None

    def everything() -> Iterator[Entry]:
        return chain.from_iterable(glossary.alphabet(name).everything() for name in names)

    return ReportedEntries(find, len(glossary), everything)


def _check_no_report(options: Sequence[str]) -> None:
    if options:
        raise InvalidSetting(
            f"{options[0]} is for a report, and forgetting questions prints none; run the command "
            "twice, first for the report"
        )


def _forget(folder: Path, question: str | None, *, as_json: bool) -> None:
    """Forget a question, or all without one; exit code 1 if the question is not recorded."""
    from semsearch.index.manifest import check_store_exists  # noqa: PLC0415 - loads numpy
    from semsearch.storage.feedback import question_log  # noqa: PLC0415
    from semsearch.storage.feedback.recorded_text import recorded_text  # noqa: PLC0415
    from semsearch.storage.files.layout import IndexLayout  # noqa: PLC0415
    from semsearch.text.questions import check_question  # noqa: PLC0415

    layout = IndexLayout(folder)
    check_store_exists(layout)
    if question is not None:
        question = check_question(question)
    count = question_log.forget(layout.questions, question)
    if as_json:
        common.print_json(json.dumps({"forgotten": count}))
    elif count or question is None:
        common.done(f"forgot {count:,} recorded question{'s' * (count != 1)}")
    else:
        common.done(f"no recorded question is {recorded_text(question)!r}; nothing was forgotten")
    if not count and question is not None:
        raise typer.Exit(1)

"""Prints an evaluation or a calibration within 80 columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from semsearch.cli.output import common

if TYPE_CHECKING:
    from pathlib import Path

    from semsearch.quality.evaluation.ablation import Variant
    from semsearch.quality.evaluation.abstention import Abstention
    from semsearch.quality.evaluation.calibrate import Recalibration
    from semsearch.quality.evaluation.comparison import ResultComparison
    from semsearch.quality.evaluation.measures import Estimate, MeasureRow
    from semsearch.quality.evaluation.outcomes import QuestionOutcome
    from semsearch.quality.evaluation.report import Report

MAX_LISTED = 10
"""Most warnings, and most gained or lost questions, that are printed; the page lists all."""


def report(evaluated: Report, *, page: Path | None) -> None:
    """Print an evaluation; `page` is the HTML file that lists the failed questions."""
    console = Console(highlight=False)
    _list(console, "[yellow]warning[/] ", evaluated.warnings)
    if evaluated.rows:
        console.print(_measures(evaluated.rows), "")
    console.print(_abstention(evaluated.abstention), "")
    if evaluated.variants:
        console.print(_ablations(evaluated.variants), "")
    if evaluated.comparison is not None:
        _comparison(console, evaluated.comparison)
    console.print(
        f"One question took {evaluated.latency.median_ms:.1f} ms (median), 95 % took at most "
        f"{evaluated.latency.p95_ms:.1f} ms"
    )
    _failures(console, evaluated, page)


def _failures(console: Console, report: Report, page: Path | None) -> None:
    failed = sum(len(outcomes) for outcomes in report.failures.values())
    if not failed:
        console.print("No question went wrong")
        return
    console.print(f"{failed:,} of {len(report.outcomes):,} questions went wrong:")
    for failure, outcomes in report.failures.items():
        console.print(f"{len(outcomes):>6,}  {failure}")
    place = f"{page} lists them" if page else "--html FILE writes a page that lists them"
    console.print(escape(place), soft_wrap=True)


def _table(title: str, first: str, *columns: str) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0)
    )
    table.add_column(first, min_width=12)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _measures(rows: Sequence[MeasureRow]) -> Table:
    table = _table("Answers (below: 95 % interval)", "", "n", *rows[0].measures)
    group = rows[0].group
    for row in rows:
        if row.group != group:
            table.add_section()
            group = row.group
        label = f"kind: {row.label}" if row.group == "kind" else row.label
        cells = [_estimate(estimate) for estimate in row.measures.values()]
        table.add_row(Text(label), f"{row.questions:,}", *cells)
    return table


def _estimate(estimate: Estimate) -> Text:
    text = Text(share(estimate.mean), "bold")
    interval = "" if estimate.low is None else f"{share(estimate.low)}-{share(estimate.high)}"
    return text.append(f"\n{interval}", "dim not bold")


def _abstention(rows: Sequence[Abstention]) -> Table:
    columns = ("n", "AUROC", "no close\nmatch", "covered at\n5 % wrong", "calibration\nerror")
    table = _table("Saying no", "", *columns)
    for row in rows:
        measured = (row.refused, row.coverage, row.calibration_error)
        table.add_row(Text(row.label), f"{row.answerable:,}", "", *(share(m) for m in measured))
        for one in row.against:
            table.add_row(
                f"  {one.kind}", f"{one.questions:,}", share(one.auroc), share(one.refused)
            )
    return table


def _ablations(variants: Sequence[Variant]) -> Table:
    names = ("acc@1", "acc@3", "MRR@10", "nDCG@10")
    table = _table("What each part is worth", "", *names, "p (MRR)")
    for variant in variants:
        cells = [share(variant.row.measures[name].mean) for name in names]
        style = "bold" if variant.p is None else ""
        table.add_row(Text(variant.name), *cells, probability(variant.p), style=style)
    return table


def _comparison(console: Console, comparison: ResultComparison) -> None:
    table = _table("Compared with the stored result", "", "n", "before", "now", "p", "")
    for change in comparison.changes:
        verdict = "[red]dropped[/]" if change.is_drop else ""
        table.add_row(
            change.measure, f"{change.questions:,}", share(change.before), share(change.now),
            probability(change.p), verdict,
        )  # fmt: skip
    console.print(table)
    if comparison.only_before or comparison.only_now:
        console.print(
            f"Not compared: {comparison.only_before} questions of the stored result alone, "
            f"{comparison.only_now} of this one alone"
        )
    _list(console, "[green]gained[/] ", (_line(outcome) for outcome in comparison.gained))
    _list(console, "[red]lost[/] ", (_line(outcome) for outcome in comparison.lost))
    console.print()


def _line(outcome: QuestionOutcome) -> str:
    first = outcome.shown[0].term if outcome.shown else "nothing"
    wanted = " / ".join(outcome.question.terms) or "nothing"
    came = "" if outcome.is_right else f", not {first}"
    return f"{outcome.question.query} -> {wanted}{came}"


def _list(console: Console, mark: str, lines: Iterable[str]) -> None:
    every = list(lines)
    for line in every[:MAX_LISTED]:
        console.print(f"{mark}{escape(line)}", soft_wrap=True)
    if len(every) > MAX_LISTED:
        console.print(f"... and {len(every) - MAX_LISTED} more")


def recalibration(fitted: Recalibration, *, as_json: bool) -> None:
    """Print the effect of a calibration, and whether it was stored."""
    if as_json:
        common.print_json(json.dumps({**asdict(fitted), "file": str(fitted.file)}))
        return
    console, trial = Console(highlight=False), fitted.trial
    _list(console, "[yellow]warning[/] ", fitted.warnings)
    table = _table("Confidence of answers by meaning", "", "before", "after")
    for label, name in _FIGURES.items():
        cells = (getattr(part, name) for part in (trial.before, trial.after))
        table.add_row(label, *(f"{cell:.3f}".removeprefix("0") for cell in cells))
    console.print(table, "")
    console.print(
        f"{trial.questions:,} questions, each rescaled by a calibration fitted without it; "
        f"{trial.by_name:,} more were answered by a name and do not count",
        soft_wrap=True,
    )
    console.print(
        f"The log loss would differ as much by chance with p = {probability(trial.p)}",
        soft_wrap=True,
    )
    console.print(escape(_verdict(fitted)), soft_wrap=True)


_FIGURES = {
    "calibration error": "calibration_error",
    "log loss": "log_loss",
    "right first hits called a close match": "shown_right",
    "wrong first hits called a close match": "answered_wrong",
}


def _verdict(recalibration: Recalibration) -> str:
    if not recalibration.is_stored:
        return (
            "Nothing stored: the log loss does not improve. "
            "More questions may change that; --force stores it nevertheless"
        )
    return f"Stored in {recalibration.file}; a service that is running uses it when it is started again"


def reset(index: Path, *, had_one: bool, as_json: bool) -> None:
    """Print whether a calibration was removed."""
    if as_json:
        common.print_json(json.dumps({"removed": had_one}))
    else:
        common.done(f"{'removed the' if had_one else 'there is no'} calibration of {index}")


def share(value: float | None) -> str:
    """Format a share with two digits and without the leading 0."""
    if value is None:
        return "-"
    return f"{value:.2f}".removeprefix("0") if value < 0.995 else "1.00"


def probability(value: float | None) -> str:
    """Format a p-value."""
    if value is None:
        return ""
    return "<.001" if value < 0.001 else f"{value:.3f}".removeprefix("0")

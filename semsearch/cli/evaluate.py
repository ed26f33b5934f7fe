"""The commands `evaluate` and `calibrate`, which both need judged questions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from semsearch.cli.options import AsJson, Index, Store, joined, open_glossary
from semsearch.cli.output import common, evaluation
from semsearch.core.errors import InvalidSetting

app = typer.Typer()


@app.command()
def evaluate(
    questions: Annotated[list[Path], typer.Argument(help="Files of judged questions (JSONL).")],
    index: Index = None,
    store: Store = None,
    half: Annotated[
        str, typer.Option(help="Ask only the tuning or the reporting half of the questions.")
    ] = "all",
    ablations: Annotated[
        bool, typer.Option("--ablations", help="Also ask without each part of the score.")
    ] = False,
    compare: Annotated[
        Path | None, typer.Option(help="Compare with an earlier result of --json.")
    ] = None,
    fail_on_drop: Annotated[
        bool, typer.Option("--fail-on-drop", help="With --compare: exit code 1 when p < .05.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write a page with plots and all failed questions.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the quality of answers with judged questions."""
    from semsearch.quality.evaluation.judgements import half_named, read_judgements  # noqa: PLC0415
    from semsearch.quality.evaluation.report import ask_all, summarise  # noqa: PLC0415
    from semsearch.quality.evaluation.report_html import to_html  # noqa: PLC0415
    from semsearch.quality.evaluation.results_json import read_results, to_json  # noqa: PLC0415

    if fail_on_drop and compare is None:
        raise InvalidSetting("--fail-on-drop needs --compare FILE, the result to compare with")
    wanted = half_named(half)
    judgements = read_judgements(*questions)
    before = read_results(compare) if compare else None
    with open_glossary(joined(index=index, store=store)) as opened:
        asked = ask_all(opened, judgements, half=wanted, ablations=ablations)
    found = summarise([asked], half=wanted, before=before)
    if html is not None:
        common.write_text(html, to_html(found))
    if as_json:
        common.print_json(to_json(found))
    else:
        evaluation.report(found, page=html)
    raise typer.Exit(int(fail_on_drop and found.is_drop))


@app.command()
def calibrate(
    questions: Annotated[
        list[Path] | None,
        typer.Argument(help="Files of judged questions (JSONL).", show_default=False),
    ] = None,
    index: Index = None,
    store: Store = None,
    force: Annotated[
        bool, typer.Option("--force", help="Store it even if confidence does not improve.")
    ] = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Remove the calibration; needs no questions.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Rescale the confidence to fit judged questions of your own."""
    from semsearch.quality.evaluation import calibrate as recalibration  # noqa: PLC0415 - loads numpy
    from semsearch.quality.evaluation.judgements import read_judgements  # noqa: PLC0415

    if bool(questions) == reset:
        raise InvalidSetting("name files of judged questions, or --reset without any")
    folder = joined(index=index, store=store).index
    if reset:
        evaluation.reset(folder, had_one=recalibration.reset(folder), as_json=as_json)
        return
    judgements = read_judgements(*questions or ())
    found = recalibration.recalibrate(folder, judgements, force=force)
    evaluation.recalibration(found, as_json=as_json)
    raise typer.Exit(int(not found.is_stored))

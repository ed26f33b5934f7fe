"""Score the five glossaries with the reporting halves of the judged questions: `make quality`.

    python -m benchmarks.quality.scores SHARED FOLDER [--model NAME] [--precision fp32] [--store]
    python -m benchmarks.quality.scores SHARED FOLDER --development

SHARED holds `glossaries/` and `questions/`. FOLDER keeps the indexes and a page with every failed
question; FOLDER-base keeps those of the base encoder, which is asked the same. `--precision` adds a
run on the same index with another copy of its encoder for the questions. Exit code 1: a measure
dropped against the stored result with p < .05. `--store` replaces the stored result.
`--development` asks five other glossaries all of their questions, which may be fitted on, and
compares them with the base encoder only (`make quality-development`).
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from pathlib import Path

from benchmarks.quality import sidebyside
from benchmarks.quality.glossaries import DEVELOPMENT, SOURCES, folder_of, opened
from semsearch.cli.output import evaluation
from semsearch.models.onnx.session import PRECISIONS
from semsearch.models.registry import BASE_MODEL, DEFAULT_MODEL, packaged_name
from semsearch.quality.evaluation.judgements import Half, in_half
from semsearch.quality.evaluation.outcomes import QuestionOutcome, collect
from semsearch.quality.evaluation.questions import prepare
from semsearch.quality.evaluation.report import AskedQuestion, ask_all, summarise
from semsearch.quality.evaluation.report_html import to_html
from semsearch.quality.evaluation.results_json import read_results, to_compact_json
from semsearch.ranking.weights import ABLATIONS

RESULT = Path(__file__).parent / "results" / "reporting.json"
BASE = "base encoder"
PLAIN = "plain: base, whole definition only"


def main() -> int:
    """Print the tables, and return 1 when something dropped."""
    given = _arguments()
    asked, others = _ask(given)
    is_stored = RESULT.exists() and not given.development
    before = read_results(RESULT) if is_stored else None
    report = summarise(asked, half=given.half, before=before)
    title = "report-development.html" if given.development else "report.html"
    page = folder_of(given.folder, given.model) / title
    page.write_text(to_html(report), encoding="utf-8")
    evaluation.report(report, page=page)
    print()
    now = sidebyside.RankedVariant(asked[0].index.model, report.outcomes)
    sidebyside.show([now, *(sidebyside.RankedVariant(t, found) for t, found in others.items())])
    if given.store:
        RESULT.write_text(to_compact_json(report.outcomes), encoding="utf-8")
        print(f"Stored in {RESULT}")
    elif report.is_drop:
        print("A measure dropped against the stored result; --store renews it if that is wanted")
        return 1
    return 0


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m benchmarks.quality.scores")
    parser.add_argument("shared", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default=DEFAULT_MODEL, help="score another encoder")
    parser.add_argument("--precision", choices=PRECISIONS, help="also ask another copy of it")
    parser.add_argument("--development", action="store_true", help="ask the other glossaries")
    parser.add_argument("--store", action="store_true", help="renew the stored result")
    given = parser.parse_args()
    given.names = DEVELOPMENT if given.development else SOURCES
    given.half = Half.ALL if given.development else Half.REPORTING
    if given.store and given.development:
        parser.error("the stored result is that of the reporting halves; leave out one of both")
    if given.store and packaged_name(given.model) != DEFAULT_MODEL:
        parser.error(f"the stored result is that of {DEFAULT_MODEL}; leave out --model or --store")
    return given


def _ask(given: Namespace) -> tuple[list[AskedQuestion], dict[str, list[QuestionOutcome]]]:
    """Ask every glossary, also by the other variants, which have titles."""
    asked: list[AskedQuestion] = []
    others: dict[str, list[QuestionOutcome]] = defaultdict(list)
    for _, glossary, judgements in opened(given.shared, given.folder, given.model, given.names):
        asked.append(ask_all(glossary, judgements, half=given.half, ablations=True))
        if given.precision:
            questions, _ = prepare(glossary, in_half(judgements, given.half))
            copy = glossary.with_precision(given.precision)
            others[f"the same as {given.precision}"] += collect(copy, questions)
    if packaged_name(given.model) != BASE_MODEL:
        for _, glossary, judgements in opened(given.shared, given.folder, BASE_MODEL, given.names):
            questions, _ = prepare(glossary, in_half(judgements, given.half))
            whole = glossary.with_weights(next(iter(ABLATIONS.values())))
            others[BASE] += collect(glossary, questions)
            others[PLAIN] += collect(whole, questions)
    return asked, others


if __name__ == "__main__":
    sys.exit(main())

"""Score the five glossaries with the reporting halves of the judged questions: `make quality`.

    python -m tests.quality.scores SHARED FOLDER [--store]

SHARED holds `glossaries/` and `questions/`; the indexes and the page with every failed question are
kept in FOLDER. Ends with exit code 1 when a measure really dropped against the stored result, which `--store`
renews.
"""

from __future__ import annotations

import sys
from pathlib import Path

from semsearch.cli import show_evaluation
from semsearch.evaluation.judgements import Half
from semsearch.evaluation.report import ask_all, summarise
from semsearch.evaluation.report_html import to_html
from semsearch.evaluation.stored import read_results, to_compact_json
from tests.quality.glossaries import opened

RESULT = Path(__file__).parent / "results" / "reporting.json"


def main() -> int:
    """Print the tables, and return 1 when something dropped."""
    stores = "--store" in sys.argv
    shared, folder = (Path(argument) for argument in sys.argv[1:] if argument != "--store")
    asked = [
        ask_all(glossary, judgements, half=Half.REPORTING, ablations=True)
        for _, glossary, judgements in opened(shared, folder)
    ]
    before = read_results(RESULT) if RESULT.exists() else None
    report = summarise(asked, half=Half.REPORTING, before=before)
    page = folder / "report.html"
    page.write_text(to_html(report), encoding="utf-8")
    show_evaluation.report(report, page=page)
    if stores:
        RESULT.write_text(to_compact_json(report.outcomes), encoding="utf-8")
        print(f"Stored in {RESULT}")
    elif report.is_drop:
        print("A measure dropped against the stored result; --store renews it if that is wanted")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

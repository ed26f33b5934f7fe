"""Measures what `semsearch calibrate` improves on five judged glossaries: `make calibration`.

    python -m benchmarks.quality.calibration SHARED FOLDER

See `benchmarks.quality.scores` for the arguments. Prints each figure before and after calibration,
cross-validated, and the p-value of the difference in log loss. Writes no file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.quality.glossaries import opened
from semsearch.quality.evaluation.outcomes import QuestionOutcome, collect
from semsearch.quality.evaluation.platt_scaling import Figures, Trial, assess
from semsearch.quality.evaluation.questions import prepare


def asked(shared: Path, folder: Path) -> Iterator[tuple[str, list[QuestionOutcome]]]:
    """Yield the outcomes of each glossary's questions."""
    for name, glossary, judgements in opened(shared, folder):
        questions, _ = prepare(glossary, judgements)
        yield name, collect(glossary, questions, min_confidence=0)


def line(name: str, trial: Trial) -> str:
    """Return a row of the table."""
    pairs = zip(_cells(trial.before), _cells(trial.after), strict=True)
    shown = "   ".join(f"{before} {after}" for before, after in pairs)
    return f"{name:16}{trial.questions:4}   {shown}   {trial.p:.3f}"


def _cells(figures: Figures) -> list[str]:
    values = (
        figures.calibration_error,
        figures.log_loss,
        figures.shown_right,
        figures.answered_wrong,
    )
    return [f"{value:.3f}" for value in values]


def main() -> None:
    """Print the table, the last row for a calibration that all glossaries would share."""
    shared, folder = (Path(argument) for argument in sys.argv[1:])
    print(f"{'':16}{'n':>4}   error         log loss      right shown   wrong shown   p")
    everything: list[QuestionOutcome] = []
    for name, outcomes in asked(shared, folder):
        everything += outcomes
        print(line(name, assess(outcomes)))
    print(line("all as one", assess(everything)))


if __name__ == "__main__":
    main()

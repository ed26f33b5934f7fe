"""Score the five glossaries with all judged questions: `make quality`.

    python -m tests.quality.scores SHARED FOLDER

SHARED holds `glossaries/` and `questions/`; the indexes are kept in FOLDER.
"""

from __future__ import annotations

import sys
from pathlib import Path

from semsearch.cli import show
from semsearch.evaluation.run import evaluate
from tests.quality.glossaries import opened


def main() -> None:
    """Print one table."""
    shared, folder = (Path(argument) for argument in sys.argv[1:])
    scores = [
        score
        for _, glossary, judgements in opened(shared, folder)
        for score in evaluate(glossary, judgements)
    ]
    show.scores(scores, as_json=False)


if __name__ == "__main__":
    main()

"""Measures glossaries in German and Spanish: `python -m benchmarks.quality.languages FOLDER`.

    python -m benchmarks.quality.languages FOLDER [--model NAME]

Each glossary of `foreign_languages/` has 30 entries and 60 questions, in our own words. It is built
twice: with its words analysed as English, as those of all languages were before, and as those of
its own language. Each index is asked by words and names alone, and as a whole. FOLDER keeps the
indexes.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from semsearch.core.errors import EncoderUnavailable
from semsearch.ingest.corpus_build import build
from semsearch.models.registry import DEFAULT_MODEL
from semsearch.quality.evaluation.judgements import Judgement, read_judgements
from semsearch.ranking.weights import DEFAULT, WORDS_AND_NAMES
from semsearch.search.glossary import Glossary
from semsearch.text.word_languages import ENGLISH, LANGUAGE_NAMES

DATA = Path(__file__).parent / "foreign_languages"
GLOSSARIES = {"verwaltung": "de", "cocina": "es"}
WAYS = {"words and names": WORDS_AND_NAMES, "everything": DEFAULT}
K = 10


@dataclass(frozen=True, slots=True)
class LanguageScores:
    """Measures of one glossary, analysed in one language and asked in one way."""

    glossary: str
    analysed_as: str
    way: str
    acc_at_1: float
    mrr_at_10: float


def main() -> int:
    """Print a table in Markdown."""
    parser = ArgumentParser(prog="python -m benchmarks.quality.languages")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default=DEFAULT_MODEL, help="measure another encoder")
    given = parser.parse_args()
    print("| glossary | words analysed as | asked by | acc@1 | MRR@10 |\n|---|---|---|---|---|")
    for one in measured(given.folder, given.model):
        figures = f"{one.acc_at_1:.2f} | {one.mrr_at_10:.2f}".replace("0.", ".")
        print(f"| {one.glossary} | {one.analysed_as} | {one.way} | {figures} |")
    return 0


def measured(folder: Path, model: str) -> list[LanguageScores]:
    """Build and ask every glossary in both languages and in both ways."""
    found = []
    for name, own in GLOSSARIES.items():
        questions = read_judgements(DATA / f"{name}.jsonl")
        for language in (ENGLISH, own):
            index = folder / f"{name}-{language}"
            build([DATA / f"{name}.md"], index, model=model, language=language)
            with Glossary.open(index) as glossary:
                for way, weights in WAYS.items():
                    ranks = _ranks(glossary.with_weights(weights), questions)
                    found.append(_scores(name, LANGUAGE_NAMES[language], way, ranks))
    return found


def _ranks(glossary: Glossary, questions: Sequence[Judgement]) -> list[int | None]:
    """Return the rank of the right entry for each question, None if it is not among the first.

    Raises:
        EncoderUnavailable: a question was answered by words and names, for want of its vector.
    """
    answers = glossary.ask_many([one.query for one in questions], k=K)
    if passing := next((answer for answer in answers if answer.is_passing), None):
        raise EncoderUnavailable(f"{passing.query!r}: {passing.notices[0].message}")
    return [
        next((hit.rank for hit in answer.hits if hit.entry.term in one.terms), None)
        for one, answer in zip(questions, answers, strict=True)
    ]


def _scores(name: str, language: str, way: str, ranks: Sequence[int | None]) -> LanguageScores:
    first = sum(rank == 1 for rank in ranks) / len(ranks)
    reciprocal = sum(1 / rank for rank in ranks if rank) / len(ranks)
    return LanguageScores(name, language, way, first, reciprocal)


if __name__ == "__main__":
    sys.exit(main())

"""Held-out questions by which an encoder is chosen.

They are of held-out meanings, of held-out domains, and of the tuning halves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from semsearch.importers.corpus import read_corpus
from semsearch.quality.evaluation.judgements import Half, in_half, read_judgements
from semsearch.text.names import names_of
from semsearch.text.normalise import fold
from training.concepts import TrainingConcept, by_domain
from training.senses import TrainingPair

QUESTIONS = 1000
"""Questions of held-out meanings; more would show differences that do not matter."""
_PROJECT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions about the definitions of one glossary.

    `right` has the positions of the right definitions.
    """

    name: str
    documents: tuple[str, ...]
    questions: tuple[str, ...]
    right: tuple[frozenset[int], ...]


def of_pairs(pairs: Sequence[TrainingPair]) -> QuestionSet:
    """Return questions of meanings held out; every definition of the same sense is right."""
    senses = {pair.document: pair.sense for pair in pairs}
    asked = pairs[:QUESTIONS]
    places = {
        sense: frozenset(i for i, other in enumerate(senses.values()) if other == sense)
        for sense in {pair.sense for pair in asked}
    }
    return QuestionSet(
        "meanings held out",
        tuple(senses),
        tuple(pair.query for pair in asked),
        tuple(places[pair.sense] for pair in asked),
    )


def of_domains(
    concepts: Iterable[TrainingConcept], domains: Iterable[str]
) -> Iterator[QuestionSet]:
    """Yield each domain as a glossary, with all questions of its concepts."""
    grouped = by_domain(concepts)
    for domain in sorted(domains):
        members = grouped[domain]
        yield QuestionSet(
            domain,
            tuple(one.definition for one in members),
            tuple(question for one in members for question in one.questions),
            tuple(frozenset({i}) for i, one in enumerate(members) for _ in one.questions),
        )


def of_tuning_halves(shared: Path) -> Iterator[QuestionSet]:
    """Yield the judged glossaries with the tuning halves of their answerable questions."""
    for file in sorted((shared / "questions").glob("*.jsonl")):
        folder = shared / "glossaries" / file.stem
        source = folder if folder.exists() else _PROJECT / "corpus" / f"{file.stem}.md"
        if not source.exists():
            continue  # questions that nothing answers have no glossary of their own
        entries = read_corpus([source]).entries
        names = [{name.key for name in names_of(entry)} for entry in entries]
        asked = [one for one in in_half(read_judgements(file), Half.TUNING) if one.terms]
        yield QuestionSet(
            file.stem,
            tuple(entry.definition for entry in entries),
            tuple(one.query for one in asked),
            tuple(
                frozenset(i for i, own in enumerate(names) if own & set(map(fold, one.terms)))
                for one in asked
            ),
        )

"""Asks glossaries that others wrote questions that others wrote: `make foreign`.

    python -m benchmarks.quality.foreign FOLDER MEDQUAD THEORY [--model NAME]

MEDQUAD is a checkout of abachaa/MedQuAD: one description of a disease is the entry, another one is
the question (`benchmarks.quality.medquad` has the rules). THEORY is `theory.md` of
alexeygrigorev/data-science-interviews: its answers, with their terms masked, are questions to one
glossary of the seed corpus and the machine-learning domains of `training.concepts`. Both are CC BY
4.0; nothing of them is committed or tuned on. Indexes are kept in FOLDER. `make cross-check`, which
asks MDN in FOLDOC's words, belongs to this command.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.quality.domains import entry_of
from benchmarks.quality.foldoc import shortened
from benchmarks.quality.glossaries import PROJECT, SOURCES
from benchmarks.quality.medquad import Disease, read_diseases
from benchmarks.quality.questions import MEASURES, Strong
from benchmarks.quality.theory import Explained, read_theory
from semsearch.core.entries import Entry
from semsearch.importers import read_corpus
from semsearch.ingest.build import build_index
from semsearch.models.registry import DEFAULT_MODEL
from semsearch.quality.evaluation.abstention import calibration_error, reliability
from semsearch.quality.evaluation.judgements import ANSWERABLE
from semsearch.quality.evaluation.measures import rows
from semsearch.quality.evaluation.outcomes import QuestionOutcome, collect
from semsearch.quality.evaluation.questions import JudgedQuestion
from semsearch.search.glossary import Glossary
from semsearch.text.names import form_of, names_of
from semsearch.text.normalise import WORD, fold
from training.concepts import TrainingConcept, read_concepts
from training.masking import masked, names_left

MEDICINE, LEARNING = "medquad", "machine-learning"
DOMAINS = (
    "classic machine-learning algorithms",
    "computer vision and generative models",
    "data science workflow and feature work",
    "deep-learning architectures and training",
    "information retrieval and recommender systems",
    "machine learning practice and evaluation",
    "reinforcement learning and optimisation",
    "statistics and probability",
)
"""The domains that make up the glossary of machine learning, with the seed corpus."""
MIN_WORDS = 5
"""A text of fewer words describes nothing."""


def disease_entries(diseases: Sequence[Disease]) -> list[Entry]:
    """Return the glossary of diseases."""
    return [
        Entry(
            id=f"{MEDICINE}:{fold(disease.defined.name)}",
            term=disease.defined.name,
            definition=disease.definition,
            glossary=MEDICINE,
            aliases=tuple(dict.fromkeys(disease.defined.synonyms)),
        )
        for disease in diseases
    ]


def disease_questions(diseases: Sequence[Disease]) -> list[JudgedQuestion]:
    """Return the question for each disease, with all of its names masked."""
    found = []
    for disease, entry in zip(diseases, disease_entries(diseases), strict=True):
        found += _question(disease.question, disease.names, entry)
    return found


def learning_entries(seed: Sequence[Entry], concepts: Sequence[TrainingConcept]) -> list[Entry]:
    """Return the glossary of machine learning; of entries of one name the first counts."""
    found: dict[str, Entry] = {}
    for entry in (*seed, *(entry_of(one) for one in concepts if one.domain in DOMAINS)):
        id_ = f"{LEARNING}:{fold(entry.term)}"
        found.setdefault(id_, replace(entry, id=id_, glossary=LEARNING, see_also=()))
    return list(found.values())


def learning_questions(
    explained: Sequence[Explained], entries: Sequence[Entry]
) -> list[JudgedQuestion]:
    """Return the answers whose term the glossary has, with all of its names masked."""
    entries_with_name = {form_of(name.key): entry for entry in entries for name in names_of(entry)}
    found = []
    for one in explained:
        entry = entries_with_name.get(form_of(fold(one.term)))
        if entry is not None:
            names = {one.term, *(name.label for name in names_of(entry))}
            found += _question(one.answer, names, entry)
    return found


def _question(text: str, names: set[str], entry: Entry) -> list[JudgedQuestion]:
    """Return a text as a question, unless too little is left of it or a name is."""
    query = shortened(masked(text, names))
    if len(WORD.findall(query)) < MIN_WORDS or names_left(query, names):
        return []
    return [JudgedQuestion(query, entry.glossary, ANSWERABLE, (entry.term,), (entry.id,))]


def ask(
    entries: Sequence[Entry], questions: Sequence[JudgedQuestion], index: Path, model: str
) -> list[QuestionOutcome]:
    """Build the index of a glossary, and ask it the questions."""
    build_index(entries, index, model=model)
    with Glossary.open(index) as glossary:
        return collect(glossary, questions)


def show(title: str, entries: Sequence[Entry], outcomes: Sequence[QuestionOutcome]) -> None:
    """Print the figures of a glossary."""
    (row,) = rows(outcomes)
    strong = Strong.of(outcomes)
    measures = ", ".join(f"{name} {row.measures[name].mean:.3f}" for name in MEASURES)
    print(
        f"{title}: {len(outcomes)} questions to {len(entries):,} entries: {measures}; calibration error "
        f"{calibration_error(reliability(outcomes)):.3f}; strong is right in {strong.right:.3f} and "
        f"covers {strong.covers:.3f}"
    )


def main() -> None:
    """Print the figures of both glossaries."""
    given = _arguments()
    diseases = read_diseases(given.medquad)
    entries = disease_entries(diseases)
    found = ask(entries, disease_questions(diseases), given.folder / MEDICINE, given.model)
    show("MedQuAD", entries, found)
    seed = read_corpus([SOURCES["deep-learning"].format(project=PROJECT, shared="")]).entries
    entries = learning_entries(seed, read_concepts())
    questions = learning_questions(read_theory(given.theory), entries)
    found = ask(entries, questions, given.folder / LEARNING, given.model)
    show("data-science-interviews", entries, found)


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m benchmarks.quality.foreign")
    parser.add_argument("folder", type=Path)
    parser.add_argument("medquad", type=Path)
    parser.add_argument("theory", type=Path)
    parser.add_argument("--model", default=DEFAULT_MODEL, help="score another encoder")
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""Ten judged glossaries, each with an index of its own.

Glossaries are read from a folder beside the checkout, and so are the questions of the first five.
Those of the other five, of another kind and another hand, lie here and are for development: all of
them may be fitted on. Each index is updated when it
is opened, which takes a minute the first time and no time later. Indexes of another encoder than
the default have a folder of their own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import semsearch
from semsearch.models.registry import BASE_MODEL, DEFAULT_MODEL, packaged_name
from semsearch.quality.evaluation.judgements import Judgement, read_judgements
from semsearch.search.glossary import Glossary
from semsearch.text.slugs import slug

SOURCES = {
    "deep-learning": "{project}/corpus/deep-learning.md",
    "mdn": "{shared}/glossaries/mdn",
    "kubernetes": "{shared}/glossaries/kubernetes",
    "cncf": "{shared}/glossaries/cncf",
    "solana-glossary": "{shared}/glossaries/solana-glossary",
}
DEVELOPMENT = {
    name: f"{{shared}}/glossaries/{name}"
    for name in ("sklearn", "numpy", "dpv", "cgi-geoscience-skos", "fibo-skos-owl")
}
"""Notes of two libraries and three vocabularies of concepts and properties, which have no sentences
around their definitions. Their questions were written without sight of an answer."""

PROJECT = Path(__file__).parents[2]
DEVELOPMENT_QUESTIONS = Path(__file__).parent / "development_questions"


def folder_of(folder: Path, model: str) -> Path:
    """Return where the indexes of an encoder lie: in `folder`, or in FOLDER-NAME beside it."""
    name = packaged_name(model) or model
    if name == DEFAULT_MODEL:
        return folder
    return folder.with_name(f"{folder.name}-{'base' if name == BASE_MODEL else slug(name)}")


def judged(name: str, shared: Path) -> list[Judgement]:
    """Return the judged questions of a glossary."""
    if name in DEVELOPMENT:
        return read_judgements(DEVELOPMENT_QUESTIONS / f"{name}.jsonl")
    hopeless = read_judgements(shared / "questions" / "unanswerable.jsonl")
    questions = read_judgements(shared / "questions" / f"{name}.jsonl")
    return questions + [question for question in hopeless if question.glossary == name]


def opened(
    shared: Path, folder: Path, model: str = DEFAULT_MODEL, names: Iterable[str] = SOURCES
) -> Iterator[tuple[str, Glossary, list[Judgement]]]:
    """Yield each glossary by name, with its open index and its judged questions."""
    for name in names:
        with opened_one(name, shared, folder, model) as glossary:
            yield name, glossary, judged(name, shared)


@contextmanager
def opened_one(
    name: str, shared: Path, folder: Path, model: str = DEFAULT_MODEL
) -> Iterator[Glossary]:
    """Open the index of one glossary by one encoder, brought up to date."""
    index = folder_of(folder, model) / name
    _share_encoders(index)
    source = (SOURCES | DEVELOPMENT)[name].format(project=PROJECT, shared=shared)
    semsearch.build([source], index, model=model)
    with semsearch.open(index) as glossary:
        yield glossary


def _share_encoders(index: Path) -> None:
    """Copy into an index the encoders that the indexes beside it have exported."""
    for exported in sorted(index.parent.glob("*/encoders/*")):
        own = index / "encoders" / exported.name
        if not (own.exists() or exported.name.startswith(".")):  # those are half-written
            shutil.copytree(exported, own)

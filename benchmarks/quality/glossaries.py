"""The five glossaries that quality is measured on, each with an index of its own.

They and the questions are read from a folder beside the checkout; each index is brought up to date
when it is opened, which costs a minute the first time and nothing later. The indexes of another
encoder than the default lie in a folder of their own beside.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
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
PROJECT = Path(__file__).parents[2]


def folder_of(folder: Path, model: str) -> Path:
    """Return where the indexes of an encoder lie: in `folder`, or in FOLDER-NAME beside it."""
    name = packaged_name(model) or model
    if name == DEFAULT_MODEL:
        return folder
    return folder.with_name(f"{folder.name}-{'base' if name == BASE_MODEL else slug(name)}")


def judged(name: str, shared: Path) -> list[Judgement]:
    """Return the questions put to a glossary."""
    hopeless = read_judgements(shared / "questions" / "unanswerable.jsonl")
    questions = read_judgements(shared / "questions" / f"{name}.jsonl")
    return questions + [question for question in hopeless if question.glossary == name]


def opened(
    shared: Path, folder: Path, model: str = DEFAULT_MODEL
) -> Iterator[tuple[str, Glossary, list[Judgement]]]:
    """Yield each glossary by name, with its open index and the questions put to it."""
    for name in SOURCES:
        with opened_one(name, shared, folder, model) as glossary:
            yield name, glossary, judged(name, shared)


@contextmanager
def opened_one(
    name: str, shared: Path, folder: Path, model: str = DEFAULT_MODEL
) -> Iterator[Glossary]:
    """Open the index of one glossary by one encoder, brought up to date."""
    index = folder_of(folder, model) / name
    _share_encoders(index)
    semsearch.build([SOURCES[name].format(project=PROJECT, shared=shared)], index, model=model)
    with semsearch.open(index) as glossary:
        yield glossary


def _share_encoders(index: Path) -> None:
    """Give an index the encoders that those beside it have exported already."""
    for exported in sorted(index.parent.glob("*/encoders/*")):
        own = index / "encoders" / exported.name
        if not (own.exists() or exported.name.startswith(".")):  # those are half-written
            shutil.copytree(exported, own)

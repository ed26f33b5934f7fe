"""The five glossaries that quality is measured on, each with an index of its own.

They and the questions are read from a folder beside the checkout; each index is brought up to
date when it is opened, which costs a minute the first time and nothing later.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import semsearch
from semsearch.evaluation.judgements import Judgement, read_judgements
from semsearch.glossary import Glossary

SOURCES = {
    "deep-learning": "{project}/corpus/deep-learning.md",
    "mdn": "{shared}/glossaries/mdn",
    "kubernetes": "{shared}/glossaries/kubernetes",
    "cncf": "{shared}/glossaries/cncf",
    "solana-glossary": "{shared}/glossaries/solana-glossary",
}
PROJECT = Path(__file__).parents[2]


def opened(shared: Path, folder: Path) -> Iterator[tuple[str, Glossary, list[Judgement]]]:
    """Yield each glossary by name, with its open index and the questions put to it."""
    hopeless = read_judgements(shared / "questions" / "unanswerable.jsonl")
    for name in SOURCES:
        questions = read_judgements(shared / "questions" / f"{name}.jsonl")
        with opened_one(name, shared, folder) as glossary:
            yield name, glossary, questions + [q for q in hopeless if q.glossary == name]


@contextmanager
def opened_one(name: str, shared: Path, folder: Path) -> Iterator[Glossary]:
    """Open the index of one glossary, brought up to date."""
    index = folder / name
    _share_encoder(folder, index)
    semsearch.build([SOURCES[name].format(project=PROJECT, shared=shared)], index)
    with semsearch.open(index) as glossary:
        yield glossary


def _share_encoder(folder: Path, index: Path) -> None:
    """Start an index with the encoder that another one has exported already."""
    have = next((p for p in folder.glob("*/encoders") if p.parent != index), None)
    if have and not (index / "encoders").exists():
        shutil.copytree(have, index / "encoders")

"""Measure what the report of gaps is worth: `make gaps-gain`.

    python -m benchmarks.quality.gaps FOLDER [--encoders ADAPTERS] [--fold b]

The domains of a fold are glossaries, asked through an encoder that never saw them: that of the fold
in ADAPTERS, or without it the base encoder.

1. **Teaching.** Two of the four questions of each concept stand for what was recorded. The ten
   concepts of a domain that fail most on them are taught with them, as an owner would. The other
   two questions are asked before and after, and those of ten random concepts that were not taught.
   Exit code 1: the taught ones gain less than 20 points, or the others lose.
2. **Grouping.** Eight concepts of each domain are missing. Precision and recall of pairs of their
   questions that share a group, at several thresholds.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.quality.domains import entry_of, id_of, model_of
from semsearch.core.arrays import Vectors
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.insights.grouping import THRESHOLD, grouped
from semsearch.search.glossary import Glossary
from training.concepts import TrainingConcept, by_domain, read_concepts
from training.folds import FOLDS, folds_of

TAUGHT = 10
"""Concepts of a domain that are taught, and as many that are not."""
BAR = 0.20
"""Least gain of acc@1."""
MISSING = 8
"""Concepts of a domain whose questions are grouped."""
THRESHOLDS = (0.30, 0.35, 0.40, 0.45, 0.50, 0.55)
_BATCH = 64
_RANKS = 10


@dataclass(frozen=True, slots=True)
class SplitConcept:
    """A concept, the two questions that were recorded, and the two that are asked."""

    concept: TrainingConcept
    recorded: tuple[str, ...]
    asked: tuple[str, ...]

    @classmethod
    def of(cls, concept: TrainingConcept) -> SplitConcept:
        """Split the questions of a concept, the same way each time."""
        order = sorted(concept.questions, key=lambda text: _number(concept.term, text))
        return cls(concept, tuple(order[:2]), tuple(order[2:]))


@dataclass(frozen=True, slots=True)
class Gain:
    """acc@1 of some questions before and after."""

    before: float
    after: float
    questions: int

    @property
    def points(self) -> float:
        """The gain in points."""
        return 100 * (self.after - self.before)


def _number(*texts: str) -> int:
    return int.from_bytes(hashlib.sha256("\n".join(texts).encode()).digest()[:8], "big")


def ranks(glossary: Glossary, wanted: Sequence[tuple[TrainingConcept, str]]) -> list[int]:
    """Return the rank of each concept for its question in its domain, `_RANKS` + 1 beyond those."""
    found = [_RANKS + 1] * len(wanted)
    places: dict[str, list[int]] = {}
    for at, (concept, _) in enumerate(wanted):
        places.setdefault(concept.domain, []).append(at)
    for domain, own in places.items():
        for start in range(0, len(own), _BATCH):
            part = own[start : start + _BATCH]
            answers = glossary.ask_many([wanted[at][1] for at in part], k=_RANKS, glossary=domain)
            for at, answer in zip(part, answers, strict=True):
                ids = [hit.entry.id for hit in answer.hits]
                if (id_ := id_of(wanted[at][0])) in ids:
                    found[at] = ids.index(id_) + 1
    return found


def worst(
    concepts: Sequence[SplitConcept], recorded_ranks: Sequence[int]
) -> tuple[list[SplitConcept], list[SplitConcept]]:
    """Return the concepts that fail most on their recorded questions, and as many random others.

    Args:
        concepts: of one domain.
        recorded_ranks: of the recorded questions, two for each concept.
    """
    pairs = list(zip(recorded_ranks[::2], recorded_ranks[1::2], strict=True))
    order = sorted(
        range(len(concepts)),
        key=lambda at: (-sum(rank > 1 for rank in pairs[at]), -sum(pairs[at]), at),
    )
    others = sorted(order[TAUGHT:], key=lambda at: _number("other", concepts[at].concept.term))
    return [concepts[at] for at in order[:TAUGHT]], [concepts[at] for at in others[:TAUGHT]]


def teach_and_ask(
    index: Path, copy: Path, concepts: Sequence[TrainingConcept]
) -> tuple[Gain, Gain]:
    """Return what teaching gains for the taught concepts, and for others.

    Args:
        index: of all concepts.
        copy: where it is copied to and taught.
        concepts: of the index.
    """
    taught: list[SplitConcept] = []
    others: list[SplitConcept] = []
    with Glossary.open(index) as glossary:
        for members in by_domain(concepts).values():
            own = [SplitConcept.of(concept) for concept in members]
            pairs = [(one.concept, text) for one in own for text in one.recorded]
            few, random = worst(own, ranks(glossary, pairs))
            taught += few
            others += random
        before = [_right(glossary, some) for some in (taught, others)]
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(index, copy)
    with Glossary.open(copy) as glossary:
        with Editor(copy, encoder_for=glossary.encoder_for) as editor:
            for one in taught:
                for text in one.recorded:
                    editor.teach(id_of(one.concept), text)
        after = [_right(glossary, some) for some in (taught, others)]
    gains = [
        Gain(float(np.mean(one)), float(np.mean(other)), len(one))
        for one, other in zip(before, after, strict=True)
    ]
    return gains[0], gains[1]


def _right(glossary: Glossary, some: Sequence[SplitConcept]) -> list[bool]:
    pairs = [(one.concept, text) for one in some for text in one.asked]
    return [rank == 1 for rank in ranks(glossary, pairs)]


def pair_scores(vectors: Vectors, owners: Sequence[int], threshold: float) -> tuple[int, int, int]:
    """Return how many pairs share a group, how many of these an owner, and how many share one."""
    labels = np.empty(len(vectors), np.int64)
    for label, rows in enumerate(grouped(vectors, threshold)):
        labels[rows] = label
    numbers = np.asarray(owners)
    above = np.triu(np.ones((len(labels), len(labels)), bool), 1)
    together = (labels[:, None] == labels) & above
    same = (numbers[:, None] == numbers) & above
    return int(together.sum()), int((together & same).sum()), int(same.sum())


def grouping(
    glossary: Glossary, concepts: Sequence[TrainingConcept]
) -> Iterator[tuple[float, float, float]]:
    """Yield thresholds with precision and recall of pairs of questions of missing concepts."""
    parts = []
    for members in by_domain(concepts).values():
        missing = sorted(members, key=lambda one: _number("missing", one.term))[:MISSING]
        texts = [text for one in missing for text in one.questions]
        parts.append((glossary.encode(texts), [at // 4 for at in range(len(texts))]))
    for threshold in THRESHOLDS:
        counts = np.sum([pair_scores(*part, threshold) for part in parts], axis=0)
        together, right, same = (int(count) for count in counts)
        yield threshold, right / max(together, 1), right / same


def f_half(precision: float, recall: float) -> float:
    """Return F0.5, to which precision counts twice as much as recall."""
    return 1.25 * precision * recall / max(0.25 * precision + recall, 1e-9)


def main() -> int:
    """Measure both, and return the exit code."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where indexes are kept")
    parser.add_argument("--encoders", type=Path, help="folder of the adapters of the folds")
    parser.add_argument("--fold", choices=FOLDS, default="b", help="whose domains are asked")
    given = parser.parse_args()
    every = read_concepts()
    fold_of = folds_of(by_domain(every))
    concepts = [concept for concept in every if fold_of[concept.domain] == given.fold]
    folder = given.folder
    model = "base" if given.encoders is None else model_of(given.fold, given.encoders, folder)
    index = folder / f"{given.fold}-{'base' if given.encoders is None else 'fold'}"
    build_index(
        [entry_of(concept) for concept in concepts], index, model=model, common_questions=False
    )
    with Glossary.open(index) as glossary:
        print(f"{len(by_domain(concepts))} domains, {len(concepts):,} concepts, {model}\n")
        print("threshold  precision  recall  F0.5")
        for threshold, precision, recall in grouping(glossary, concepts):
            chosen = "  in use" if threshold == THRESHOLD else ""
            scores = f"{precision:9.2f}  {recall:6.2f}  {f_half(precision, recall):4.2f}"
            print(f"{threshold:9.2f}  {scores}{chosen}")
    taught, others = teach_and_ask(index, folder / "taught", concepts)
    print("\nacc@1               before  after  points  questions")
    for name, gain in (("ten worst, taught", taught), ("ten random others", others)):
        print(
            f"{name:18}  {100 * gain.before:5.1f}%  {100 * gain.after:4.1f}%  {gain.points:+6.1f}"
            f"  {gain.questions:9,}"
        )
    is_met = taught.points >= 100 * BAR and others.points >= 0
    print(f"\nbar: +20 points and no loss: {'met' if is_met else 'missed'}")
    return int(not is_met)


if __name__ == "__main__":
    sys.exit(main())

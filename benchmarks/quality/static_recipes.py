"""Compare recipes of static encoders, by questions that are put to whole definitions alone.

    python -m benchmarks.quality.static_recipes SHARED FOLDER

`static_sites.py` measures the whole search with the recipe in use; the indexes of FOLDER are the
same. Here all judged questions are asked: nothing is fitted to them.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.glossaries import opened
from semsearch.core.arrays import Vectors
from semsearch.models.encoders.onnx import EncoderExport, OnnxEncoder
from semsearch.models.encoders.static import FITTED_TEXTS, StaticEncoder, StaticRecipe, distil
from semsearch.quality.evaluation.questions import prepare
from semsearch.storage.files.layout import IndexLayout
from semsearch.text.common_questions import bundled

RECIPES = {
    "in use": StaticRecipe(),
    "256 dimensions": StaticRecipe(dimensions=256),
    "128 dimensions": StaticRecipe(dimensions=128),
    "1 direction removed": StaticRecipe(removed=1),
    "3 directions removed": StaticRecipe(removed=3),
    "no weights": StaticRecipe(is_weighted=False),
    "linear map alone": StaticRecipe(is_corrected=False),
}
FULL = "the encoder itself"


def main() -> int:
    """Print acc@1 and MRR of each recipe, the mean over the glossaries."""
    parser = ArgumentParser(prog="python -m benchmarks.quality.static_recipes")
    parser.add_argument("shared", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    made: dict[str, StaticEncoder] = {}
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for name, glossary, judgements in opened(given.shared, given.folder):
        made = made or _made(IndexLayout(given.folder / name).encoder(glossary.info().fingerprint))
        questions = [one for one in prepare(glossary, judgements)[0] if one.is_answerable]
        texts = [one.query for one in questions]
        entries, vectors = glossary.definitions()
        right = np.array([[e.id in one.right for e in entries] for one in questions])
        found[FULL].append(_shares(glossary.encode(texts) @ vectors.T, right))
        for title, static in made.items():
            cosines = _sums(static, texts) @ static.project(vectors).T
            found[title].append(_shares(cosines, right))
    for title, shares in found.items():
        first, mrr = np.mean(shares, axis=0)
        print(f"{title:24} acc@1 {first:.3f}  MRR {mrr:.3f}")
    return 0


def _made(folder: Path) -> dict[str, StaticEncoder]:
    export = EncoderExport.load(folder)
    if export is None:
        sys.exit(f"{folder} has no exported encoder")
    encoder = OnnxEncoder(folder, export, export.precision)
    texts = bundled().texts(FITTED_TEXTS)
    made = {title: distil(encoder, texts, recipe) for title, recipe in RECIPES.items()}
    return {title: static for title, static in made.items() if static is not None}


def _sums(static: StaticEncoder, texts: list[str]) -> Vectors:
    vectors = static.rows * static.scales[:, np.newaxis]
    sums: Vectors = np.stack([vectors[own].sum(axis=0) for own in static.numbers(texts)])
    return sums


def _shares(scores: Vectors, right: NDArray[np.bool_]) -> tuple[float, float]:
    """Return acc@1 and MRR@10 of some questions, given which entries are right."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    ranked = np.take_along_axis(right, order, axis=1)
    ranks = np.where(ranked.any(axis=1), ranked.argmax(axis=1) + 1, np.inf)
    return float(np.mean(ranks == 1)), float(np.mean(1 / ranks))


if __name__ == "__main__":
    sys.exit(main())

"""Measures the quality and the time of the map: part of `make map-budget`.

    python -m benchmarks.speed.layout ../shared build/quality

Trustworthiness is the share of the ten nearest neighbours on the map that are near in meaning too:
1 is perfect, .5 is chance (Venna and Kaski, 2001, by scikit-learn). The time is that of the layout
of random vectors with the dimensions of the default encoder, as in a build.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.manifold import trustworthiness

from benchmarks.quality.glossaries import opened_one
from benchmarks.speed.bars import Bar, finish
from semsearch.core.arrays import Vectors
from semsearch.index.files.memory_map import Rows, mapped
from semsearch.index.manifest import read_manifest
from semsearch.index.map.projection import Points, landmarks, lay_out, pca, place, scale_to_square
from semsearch.storage.files.layout import IndexLayout

NEIGHBOURS = 10
TRUSTED = 0.9
"""Bar of trustworthiness; below it a tenth of the neighbours on the map are not near in meaning."""
SIZES = (10_000, 100_000)
SECONDS = 60.0
"""Of CPU, at either size: only so many vectors are laid out by themselves."""
DIM, SUBJECTS = 384, 300


def definition_vectors(index: Path) -> tuple[Vectors, Points]:
    """Return the vectors of the whole definitions of an index, and their places on its map."""
    manifest, files = read_manifest(IndexLayout(index))
    first_rows = mapped(files.first_rows, "<i8")[:-1]
    vectors = Rows(files.vectors, "<f4", manifest.dim).take(first_rows)
    return vectors, mapped(files.map, "<f4").reshape(-1, 2)


def made_up(count: int) -> Vectors:
    """Return unit vectors around some subjects, (count, DIM)."""
    chance = np.random.default_rng(20)
    subjects = chance.standard_normal((SUBJECTS, DIM)).astype("f4")
    vectors = subjects[chance.integers(SUBJECTS, size=count)]
    vectors += 0.8 * chance.standard_normal((count, DIM), dtype="f4")
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def laid_out(vectors: Vectors) -> Points:
    """Return a place for each vector, as the first build of a glossary does."""
    known = landmarks(len(vectors))
    points = np.zeros((len(vectors), 2))
    points[known] = lay_out(vectors[known])
    others = np.setdiff1d(np.arange(len(vectors)), known, assume_unique=True)
    points[others] = place(vectors[others], vectors[known], points[known])
    return points


def trust(vectors: Vectors, places: dict[str, Points]) -> Iterator[Bar]:
    """Yield how trustworthy each map is."""
    for name, points in places.items():
        found = trustworthiness(vectors, points, n_neighbors=NEIGHBOURS, metric="cosine")
        yield Bar(
            name=f"trustworthiness of {len(vectors):,} places: {name}",
            reached=float(found),
            asked=TRUSTED if name == "as built" else 0.0,
            is_at_least=True,
        )


def times() -> Iterator[Bar]:
    """Yield what laying out takes."""
    for size in SIZES:
        vectors = made_up(size)
        began = time.process_time()
        laid_out(vectors)
        took = time.process_time() - began
        yield Bar(name=f"laying out {size:,}, CPU", reached=took, asked=SECONDS, unit="s")


def main() -> int:
    """Measure both."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("shared", type=Path, help="where the glossaries lie")
    parser.add_argument("folder", type=Path, help="where indexes are kept for the next time")
    parser.add_argument("--output", type=Path, default=Path("build/layout.json"))
    given = parser.parse_args()
    with opened_one("mdn", given.shared, given.folder):
        vectors, built = definition_vectors(given.folder / "mdn")
    places = {"as built": built, "principal components": scale_to_square(pca(vectors, vectors)[0])}
    return finish({}, [*trust(vectors, places), *times()], given.output)


if __name__ == "__main__":
    raise SystemExit(main())

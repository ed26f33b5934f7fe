"""Projection of vectors to two dimensions, so that similar vectors lie near each other.

Fewer than 50 vectors are projected by PCA (Pearson, 1901), which is deterministic and keeps
distances as well as two dimensions can. PCA turns many vectors into one cloud, so t-SNE keeps their
neighbourhoods instead (van der Maaten and Hinton, 2008, by openTSNE, if it is installed). Vectors
that come later, entries or questions, are placed between their neighbours, so the map does not
move.
"""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Vectors
from semsearch.core.cores import cores

Points = NDArray[np.floating[Any]]
"""Coordinates, (n, 2)."""

MIN_VECTORS = 50
"""Fewer vectors than this have no neighbourhoods for t-SNE to keep."""
LANDMARKS = 5000
"""Most vectors that t-SNE lays out, in some twenty seconds; the others are placed among them."""
NEIGHBOURS = 5
"""Number of neighbours that a vector is placed between."""
SOFTMAX_SCALE = 20.0
"""Sharpness of the weights of neighbours: a cosine that is .05 higher weighs e times as much."""

_CHUNK = 1024
_SEED = 20
_PERPLEXITY = 30
_LIKE_PCA = 1e-4
"""Standard deviation of the initial places, as openTSNE advises, so that they can still move."""


def pca(vectors: Vectors, onto: Vectors) -> tuple[Points, float]:
    """Project vectors onto the first two principal components of other vectors.

    Args:
        vectors: (n, d) vectors to project.
        onto: (m, d) vectors that determine the components, m at least 1.

    Returns:
        (n, 2) coordinates, and the share of the variance of `onto` that two dimensions keep: 1 if
        there is no variance. The sign of each component is fixed: its largest weight is positive.
    """
    centre = onto.mean(axis=0, dtype=np.float64)  # float64, so that equal vectors have no variance
    _, singular, components = np.linalg.svd(onto - centre, full_matrices=False)
    axes = components[:2]
    axes = axes * np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])[:, np.newaxis]
    variance = float((singular**2).sum())
    share = float((singular[:2] ** 2).sum()) / variance if variance else 1.0
    points = np.zeros((len(vectors), 2))
    points[:, : len(axes)] = (vectors - centre) @ axes.T
    return points, share


def lay_out(vectors: Vectors) -> Points:
    """Return a place for each vector, in a square from -1 to 1.

    Args:
        vectors: (n, d), at most `LANDMARKS`.
    """
    if not len(vectors):
        return np.zeros((0, 2))
    if len(vectors) < MIN_VECTORS or importlib.util.find_spec("openTSNE") is None:
        return scale_to_square(pca(vectors, vectors)[0])
    return scale_to_square(_tsne(vectors))


def _tsne(vectors: Vectors) -> Points:
    from openTSNE import TSNE  # loads scikit-learn, and only builds have it

    first = pca(vectors, vectors)[0]
    first *= _LIKE_PCA / max(float(first[:, 0].std()), 1e-12)
    layout = TSNE(
        perplexity=min(_PERPLEXITY, (len(vectors) - 1) / 3),
        metric="cosine",
        neighbors="exact",
        initialization=first,
        early_exaggeration_iter=75,
        n_iter=175,
        random_state=_SEED,
        n_jobs=max(1, cores() - 1),  # the same places to the bit with any number
    )
    points: Points = np.asarray(layout.fit(vectors.astype(np.float64)), dtype=np.float64)
    return points


def scale_to_square(points: Points) -> Points:
    """Shift and scale places into a square from -1 to 1."""
    low, high = points.min(axis=0), points.max(axis=0)
    half = float((high - low).max()) / 2
    centred: Points = points - (low + high) / 2
    return centred / half if half > 0 else centred


def landmarks(count: int) -> NDArray[np.int64]:
    """Return the ascending numbers of the vectors that t-SNE lays out; the same every time."""
    if count <= LANDMARKS:
        return np.arange(count)
    drawn = np.random.default_rng(_SEED).choice(count, LANDMARKS, replace=False)
    return np.sort(drawn)


def place(vectors: Vectors, among: Vectors, points: Points) -> Points:
    """Return a place for each vector, between its nearest neighbours.

    Args:
        vectors: (n, d) unit vectors.
        among: (m, d) unit vectors that have places.
        points: (m, 2) their places.

    Returns:
        (n, 2); the centre if there are no neighbours.
    """
    found = np.zeros((len(vectors), 2))
    if not len(among):
        return found
    k = min(NEIGHBOURS, len(among))
    for start in range(0, len(vectors), _CHUNK):
        cosines = vectors[start : start + _CHUNK] @ among.T
        nearest = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
        nearness = np.take_along_axis(cosines, nearest, axis=1)
        found[start : start + _CHUNK] = between(points[nearest], nearness)
    return found


def between(points: Points, nearness: Points) -> Points:
    """Return the weighted mean of the neighbours' places; nearer neighbours weigh more.

    Args:
        points: (n, k, 2).
        nearness: (n, k) cosines.
    """
    weights = np.exp(SOFTMAX_SCALE * (nearness - nearness.max(axis=1, keepdims=True)))
    weights /= weights.sum(axis=1, keepdims=True)
    middle: Points = (points * weights[:, :, np.newaxis]).sum(axis=1)
    return middle

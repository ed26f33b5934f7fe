"""Batches of similar definitions, so that a question is trained against close rivals.

All other definitions of a batch are wrong answers to a question. Random ones have another subject
and teach little. So each batch has a few topics (topic-aware sampling, Hofstätter et al., 2021,
https://arxiv.org/abs/2104.06967): the base encoder groups the definitions once, and a batch takes
up to `FROM_TOPIC` of a group. Texts of similar length come together, since the shorter ones of a
batch are padded.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers, Vectors

TOPIC_SIZE = 20
"""Definitions in a topic, on average."""
FROM_TOPIC = 24
"""Most definitions of one topic in a batch."""
_WITHIN, _ACROSS = 8.0, 4.0
"""Noise on lengths, in tokens, so that the same texts do not always meet in a batch."""


def topics_of(vectors: Vectors) -> Numbers:
    """Group unit vectors, (n, d), by k-means; return the group of each, (n,)."""
    import faiss

    faiss.omp_set_num_threads(1)
    count = max(1, len(vectors) // TOPIC_SIZE)
    means = faiss.Kmeans(
        vectors.shape[1], count, niter=12, seed=0, spherical=True, min_points_per_centroid=1
    )
    means.train(vectors)
    _, nearest = means.index.search(vectors, 1)
    topics: Numbers = nearest[:, 0].astype(np.int64)
    return topics


def batches_of(
    topics: Numbers, lengths: NDArray[np.float64], size: int, lots: np.random.Generator
) -> list[list[int]]:
    """Cut pairs into full batches, in random order.

    What is left over waits for the next epoch.

    Args:
        topics: (n,) of each pair.
        lengths: (n,) of each pair, in tokens.
        size: pairs in a batch.
        lots: draws the order.
    """
    groups: list[Numbers] = []
    for topic in np.unique(topics):
        members = lots.permutation(np.flatnonzero(topics == topic))
        members = members[np.argsort(lengths[members] + lots.normal(0, _WITHIN, len(members)))]
        groups += [members[i : i + FROM_TOPIC] for i in range(0, len(members), FROM_TOPIC)]
    groups.sort(key=lambda members: float(lengths[members].mean() + lots.normal(0, _ACROSS)))
    order = np.concatenate(groups)
    cut = [order[i : i + size].tolist() for i in range(0, len(order) - size + 1, size)]
    return [cut[i] for i in lots.permutation(len(cut))]


def domain_batches(
    domains: Sequence[str], together: int, lots: np.random.Generator
) -> list[list[int]]:
    """Group whole domains, in random order: all definitions of a domain are rivals.

    Args:
        domains: of each concept.
        together: domains of a batch; the last batch may have fewer.
        lots: draws the order.
    """
    names = np.array(domains)
    order = lots.permutation(np.unique(names))
    parts = [order[i : i + together] for i in range(0, len(order), together)]
    return [np.flatnonzero(np.isin(names, part)).tolist() for part in parts]

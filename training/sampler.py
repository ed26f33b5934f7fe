"""Batch samplers by topic and by domain for the trainer of sentence-transformers; loads torch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sentence_transformers.base.sampler import DefaultBatchSampler

from semsearch.core.arrays import Numbers
from training.batches import batches_of, domain_batches


class ByTopic(DefaultBatchSampler):  # type: ignore[misc]
    """Batches for sentence-transformers' trainer.

    Args:
        dataset: the pairs.
        topics: (n,) of each pair.
        lengths: (n,) of each pair, in tokens.
        given: what else the trainer gives to every sampler.
    """

    def __init__(
        self, dataset: object, *, topics: Numbers, lengths: NDArray[np.float64], **given: object
    ) -> None:
        super().__init__(dataset, **given)
        self._topics = topics
        self._lengths = lengths

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the batches of this epoch."""
        lots = np.random.default_rng(self.seed + self.epoch)
        yield from batches_of(self._topics, self._lengths, self.batch_size, lots)

    def __len__(self) -> int:
        """Return how many batches an epoch has."""
        return len(self._topics) // int(self.batch_size)


class ByDomain(DefaultBatchSampler):  # type: ignore[misc]
    """Batches of whole domains for sentence-transformers' trainer.

    Args:
        dataset: the concepts.
        domains: of each concept.
        together: domains of a batch.
        given: what else the trainer gives to every sampler.
    """

    def __init__(
        self, dataset: object, *, domains: Sequence[str], together: int, **given: object
    ) -> None:
        super().__init__(dataset, **given)
        self._domains = domains
        self._together = together

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the batches of this epoch."""
        lots = np.random.default_rng(self.seed + self.epoch)
        yield from domain_batches(self._domains, self._together, lots)

    def __len__(self) -> int:
        """Return how many batches an epoch has."""
        return math.ceil(len(set(self._domains)) / self._together)

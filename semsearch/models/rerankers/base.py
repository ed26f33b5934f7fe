"""Interface of rerankers, which score a question and a text together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

LogOdds = NDArray[np.float32]
"""(n,) float32: 0 is a probability of one half, higher is better."""


class Reranker(Protocol):
    """Scores pairs of a question and a text, which separate vectors cannot.

    Scoring takes time for each text. Thread-safe.
    """

    @property
    def fingerprint(self) -> str:
        """Identity of the reranker: weights, configuration and tokenizer, as hex digits."""
        ...

    def score(self, question: str, texts: Sequence[str]) -> LogOdds:
        """Return the log odds that each text answers the question, (n,) in the order of the texts.

        The score of a text does not depend on the others.
        """
        ...

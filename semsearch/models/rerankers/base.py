"""The seam to rerankers: what reads a question and a text together and says how well they fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

LogOdds = NDArray[np.float32]
"""(n,) float32: 0 is as likely as not, higher is better."""


class Reranker(Protocol):
    """Judges pairs of a question and a text, which no vectors of either alone can do.

    Scoring blocks, takes time for each text, and may be done from several threads.
    """

    @property
    def fingerprint(self) -> str:
        """Identity of the reranker: weights, configuration and tokenizer, as hex digits."""
        ...

    def score(self, question: str, texts: Sequence[str]) -> LogOdds:
        """Return the log odds that each text answers the question, (n,) in the order of the texts.

        What a text gets does not depend on the others.
        """
        ...

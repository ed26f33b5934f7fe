"""How much of a name a question says, when it says words of it: "scheduler" of kube-scheduler.

Each word of a name weighs as much as it is rare among the names of the index, so that "scheduler" says most of
"kube-scheduler" where many names begin with "kube", and little of "scheduler profile".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers
from semsearch.core.positions import PositionFilter
from semsearch.index.files.name_stems import numbers_of
from semsearch.index.files.name_words import NameParts
from semsearch.index.segments.multi import MultiNameStems


def said_names(stems: MultiNameStems, question: str, within: PositionFilter) -> dict[int, float]:
    """Return how much of a name a question says, 0 to 1, of each entry with a name that has all its content words.

    Of several such names of an entry the one that is said most counts.
    """
    asked = numbers_of(question)
    found: dict[int, float] = {}
    if not len(asked) or not stems.uses(asked).all():
        return found
    for names in stems.names_with(asked, within):
        shares = _shares(names, asked, stems.weights(names.numbers, len(within)))
        for at, share in zip(names.positions.tolist(), shares.tolist(), strict=True):
            if share > found.get(at, 0.0):
                found[at] = share
    return found


def _shares(names: NameParts, asked: Numbers, weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how much of each name is said, 0 where a word of the question is not in it."""
    is_asked = np.isin(names.numbers, asked)
    said = np.add.reduceat(is_asked * weights, names.starts)
    whole = np.add.reduceat(weights, names.starts)  # the end of a name weighs nothing
    has_all = np.add.reduceat(is_asked, names.starts, dtype=np.int64) == len(asked)
    shares: NDArray[np.float32] = np.where(has_all, said / np.maximum(whole, 1e-9), 0).astype("f4")
    return shares

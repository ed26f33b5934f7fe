"""Measures how much of a name a question contains: "scheduler" of kube-scheduler.

Words that are rare among the names of the index have more weight. "scheduler" is most of
"kube-scheduler" if many names begin with "kube", and little of "scheduler profile".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers
from semsearch.core.positions import PositionFilter
from semsearch.index.files.name_stems import numbers_of
from semsearch.index.files.name_words import NameParts
from semsearch.index.segments.multi import MultiNameStems
from semsearch.text.word_languages import ONLY_ENGLISH


def name_shares(
    stems: MultiNameStems,
    question: str,
    allowed: PositionFilter,
    languages: tuple[str, ...] = ONLY_ENGLISH,
) -> dict[int, float]:
    """Return the share that the question is of a name with all its words, by position.

    Of several such names of an entry the largest share counts.

    Args:
        stems: of the names.
        question: the words.
        allowed: positions that may answer.
        languages: those of the names that count.
    """
    found: dict[int, float] = {}
    for language in languages:
        asked = numbers_of(question, language)
        if not len(asked) or not stems.uses(asked).all():
            continue
        for names in stems.names_with(asked, allowed):
            shares = _shares(names, asked, stems.weights(names.numbers, len(allowed)))
            for at, share in zip(names.positions.tolist(), shares.tolist(), strict=True):
                if share > found.get(at, 0.0):
                    found[at] = share
    return found


def _shares(names: NameParts, asked: Numbers, weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the share of each name, 0 if a word of the question is not in it."""
    is_asked = np.isin(names.numbers, asked)
    matched = np.add.reduceat(is_asked * weights, names.starts)
    whole = np.add.reduceat(weights, names.starts)  # the end of a name weighs nothing
    has_all = np.add.reduceat(is_asked, names.starts, dtype=np.int64) == len(asked)
    shares: NDArray[np.float32] = np.where(has_all, matched / np.maximum(whole, 1e-9), 0).astype(
        "f4"
    )
    return shares

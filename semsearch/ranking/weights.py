"""Weights of the fused score, and the ablations that measure each weight."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from semsearch.core.answers import ScoreParts

PARTS = tuple(field.name for field in fields(ScoreParts))
"""The parts of the score, in the order of the columns of `ranking.fusion`."""


@dataclass(frozen=True, slots=True)
class ScoreWeights:
    """The weight of each of `core.answers.ScoreParts` in the fused score.

    Fitted on domains and tuning halves (`make fit-weights`), and rounded; no others are better for
    every kind of question. The best sentence finds candidates and is shown, but adds nothing beside
    the whole definition and the first sentence.
    `asked` does not weigh a term of the sum; see `fusion.fuse`. It suits both the
    domains, whose phrases and questions are of one hand, and glossaries with common questions.
    `names` says whether names that match a question come before all other hits.
    """

    definition: float = 0.77
    lead: float = 0.32
    sentence: float = 0.0
    term: float = 0.42
    asked: float = 1.2
    tokens: float = 0.71
    coverage: float = 0.25
    words: float = 0.013
    named: float = -0.45
    names: bool = True

    @property
    def vector(self) -> NDArray[np.float32]:
        """The weights of the sum, in the order of `PARTS`; `asked` is no term of it and has 0."""
        return _vector_of(self)

    @property
    def is_shallow(self) -> bool:
        """Whether it needs nothing that is computed only for the best candidates."""
        return not (self.term or self.tokens or self.coverage or self.named)


@lru_cache(maxsize=64)
def _vector_of(weights: ScoreWeights) -> NDArray[np.float32]:
    summed = [0 if name == "asked" else getattr(weights, name) for name in PARTS]
    vector = np.array(summed, dtype=np.float32)
    vector.setflags(write=False)
    return vector


DEFAULT = ScoreWeights()


def weights_as_dict(weights: ScoreWeights) -> dict[str, float]:
    """Return the weights by name, as an index states them."""
    return {name: getattr(weights, name) for name in PARTS}


_NOTHING = ScoreWeights(0, 0, 0, 0, 0, 0, 0, 0, 0, names=False)

SHORTLIST = replace(_NOTHING, definition=0.5, sentence=0.5, asked=1, words=0.03)
"""Weights that preselect candidates for late interaction, from the cheap parts only."""

WORDS_AND_NAMES = replace(_NOTHING, words=1, names=True)
"""Weights of questions that could not be embedded."""

ABLATIONS: dict[str, ScoreWeights] = {
    "whole definition only": replace(_NOTHING, definition=1),
    "first sentence only": replace(_NOTHING, lead=1),
    "best sentence only": replace(_NOTHING, sentence=1),
    "words only": replace(_NOTHING, words=1),
    "tokens only": replace(_NOTHING, tokens=1),
    "asked-as phrases only": replace(_NOTHING, asked=1),
    "definition + best sentence": replace(_NOTHING, definition=0.5, sentence=0.5),
    "... + words": SHORTLIST,
    "meaning only": replace(DEFAULT, words=0, named=0, asked=0, names=False),
    "everything": DEFAULT,
    "- whole definition": replace(DEFAULT, definition=0),
    "- first sentence": replace(DEFAULT, lead=0),
    "- term": replace(DEFAULT, term=0),
    "- asked-as phrases": replace(DEFAULT, asked=0),
    "- tokens": replace(DEFAULT, tokens=0),
    "- coverage": replace(DEFAULT, coverage=0),
    "- words": replace(DEFAULT, words=0),
    "- own name": replace(DEFAULT, named=0),
    "- names": replace(DEFAULT, names=False),
}
"""What `semsearch evaluate --ablations` compares. The first is plain vector search. A row that
begins with "-" leaves one part out and keeps the weights of the others."""

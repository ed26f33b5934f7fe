"""The recipe: every weight of the score in one place, and the recipes that tell what each is worth."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from semsearch.core.answers import ScoreParts

PARTS = tuple(field.name for field in fields(ScoreParts))
"""The parts of the score, in the order of the columns of `ranking.fusion`."""


@dataclass(frozen=True, slots=True)
class ScoreWeights:
    """How the parts of the score are put together: the weight of each of `types.ScoreParts`.

    The defaults were fitted on sixty domains and the tuning halves of the questions for five
    glossaries, each kind with half of the say (`make fit-recipe`), and rounded. The best sentence
    finds candidates and is shown, but adds nothing where whole definition and first sentence take
    part. `asked` is no weight of a sum: see `fusion.fuse`. `names` says whether a question that is
    a name, or resembles one, finds it before anything else.
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
    def weights(self) -> NDArray[np.float32]:
        """The weights of what is summed, in the order of `PARTS`; `asked` is no summand and has 0."""
        summed = (0 if name == "asked" else getattr(self, name) for name in PARTS)
        return np.array([*summed], dtype=np.float32)

    @property
    def is_shallow(self) -> bool:
        """Whether it needs nothing that is computed only for the best candidates."""
        return not (self.term or self.tokens or self.coverage or self.named)


DEFAULT = ScoreWeights()


def stated_weights(recipe: ScoreWeights) -> dict[str, float]:
    """Return the weights by name, as an index states them."""
    return {name: getattr(recipe, name) for name in PARTS}


_NOTHING = ScoreWeights(0, 0, 0, 0, 0, 0, 0, 0, 0, names=False)

SHORTLIST = replace(_NOTHING, definition=0.5, sentence=0.5, asked=1, words=0.03)
"""By what candidates are chosen for a closer look: all that costs little."""

ABLATIONS: dict[str, ScoreWeights] = {
    "whole definition only": replace(_NOTHING, definition=1),
    "first sentence only": replace(_NOTHING, lead=1),
    "best sentence only": replace(_NOTHING, sentence=1),
    "words only": replace(_NOTHING, words=1),
    "tokens only": replace(_NOTHING, tokens=1),
    "phrases only": replace(_NOTHING, asked=1),
    "definition + best sentence": replace(_NOTHING, definition=0.5, sentence=0.5),
    "... + words": SHORTLIST,
    "meaning only": replace(DEFAULT, words=0, named=0, asked=0, names=False),
    "everything": DEFAULT,
    "- whole definition": replace(DEFAULT, definition=0),
    "- first sentence": replace(DEFAULT, lead=0),
    "- term": replace(DEFAULT, term=0),
    "- asked": replace(DEFAULT, asked=0),
    "- tokens": replace(DEFAULT, tokens=0),
    "- coverage": replace(DEFAULT, coverage=0),
    "- words": replace(DEFAULT, words=0),
    "- own name": replace(DEFAULT, named=0),
    "- phrases": replace(DEFAULT, asked=0),
    "- names": replace(DEFAULT, names=False),
}
"""What `semsearch evaluate --ablations` compares. The first is what a plain program would do; those
that begin with "-" leave one part out, with the weights of the others as they are."""

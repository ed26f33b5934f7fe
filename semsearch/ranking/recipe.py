"""The recipe: every weight of the score in one place, and the recipes that tell what each is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the parts of the score are put together.

    `whole` and `sentence` weigh the cosines of the whole definition and of its best sentence. `words`
    is the worth of one point of BM25 in points of cosine: on the tuning halves of four glossaries
    (not the seed) acc@1 was .67 to .68 for .02 to .05 with MRR@10 best at .03, and .57 without
    words. `names` says whether a question that is a name, or resembles one, finds it before
    anything else.
    """

    whole: float = 0.5
    sentence: float = 0.5
    words: float = 0.03
    names: bool = True


DEFAULT = Recipe()

ABLATIONS: dict[str, Recipe] = {
    "whole definition (plain MiniLM)": Recipe(whole=1, sentence=0, words=0, names=False),
    "best sentence only": Recipe(whole=0, sentence=1, words=0, names=False),
    "words only": Recipe(whole=0, sentence=0, words=1, names=False),
    "meaning only": replace(DEFAULT, words=0, names=False),
    "everything": DEFAULT,
    "- whole definition": replace(DEFAULT, whole=0, sentence=1),
    "- best sentence": replace(DEFAULT, whole=1, sentence=0),
    "- words": replace(DEFAULT, words=0),
    "- names": replace(DEFAULT, names=False),
}
"""What `semsearch evaluate --ablations` compares. The first is what a plain program would do; those
that begin with "-" leave one part out, and of two kinds of vector the other takes over its weight."""

"""Topics of the map: groups of neighbouring points, each named by its commonest words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from semsearch.core.arrays import Numbers
from semsearch.index.map.projection import Points
from semsearch.text.english_stop_words import content_words
from semsearch.text.stems import stem
from semsearch.text.word_languages import ENGLISH, stop_words

MAX_TEXTS = 2_000
"""Entries that name the topics. More change no name that a reader would notice."""
MAX_TOPICS = 12
"""Most topics, about as many as a screen has room for."""
_POINTS_FOR_EACH = 8
"""Least mean number of points of a topic."""
_WORDS = 2
_TEXT_CHARS = 300
_MIN_WORD_CHARS = 3
_MIN_TEXTS = 3
"""Texts of a topic that have a word which names it."""
_ROUNDS = 12
_TRIES = 5
"""Starts from other points, of which the best is taken."""
_SEED = 7


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: the middle of its points, and words that are commoner there than elsewhere."""

    words: tuple[str, ...]
    x: float
    y: float


def topics_of(
    texts: Sequence[str], places: Points, languages: Sequence[str] | None = None
) -> tuple[Topic, ...]:
    """Return the topics of some points.

    Args:
        texts: terms and definitions.
        places: (n, 2), of the same entries.
        languages: of the same entries, in which their words are analysed; English by default.
    """
    wanted = min(MAX_TOPICS, len(texts) // _POINTS_FOR_EACH, round(len(texts) ** 0.5 / 2) + 1)
    if wanted < 2:
        return ()
    groups = _grouped(places, wanted)
    analysed = languages or [ENGLISH] * len(texts)
    words = [_words(*one) for one in zip(texts, analysed, strict=True)]
    everywhere = Counter(one for text in words for one in text)
    found: list[Topic] = []
    used: set[str] = set()
    for group in range(wanted):
        inside = np.flatnonzero(groups == group)
        names = _names([words[at] for at in inside.tolist()], everywhere, used)
        if names:
            used.update(stem(name, one) for name in names for one in set(analysed))
            x, y = np.median(places[inside], axis=0)
            found.append(Topic(names, round(float(x), 4), round(float(y), 4)))
    return tuple(found)


def _words(text: str, language: str) -> dict[str, str]:
    """Return the words of a text by stem, without short ones and numbers."""
    found = content_words(text[:_TEXT_CHARS].lower(), stop_words(language))
    return {
        stem(one, language): one for one in found if len(one) >= _MIN_WORD_CHARS and one.isalpha()
    }


def _names(
    texts: Sequence[dict[str, str]], everywhere: Counter[str], used: set[str]
) -> tuple[str, ...]:
    """Return the words that most texts of a topic have, weighted by how many others have them."""
    here = Counter(one for text in texts for one in text)
    forms = {key: Counter(text[key] for text in texts if key in text) for key in here}
    ranked = sorted(
        (key for key in here if here[key] >= _MIN_TEXTS and key not in used),
        key=lambda key: (-here[key] * here[key] / everywhere[key], key),
    )
    return tuple(forms[key].most_common(1)[0][0] for key in ranked[:_WORDS])


def _grouped(places: Points, wanted: int) -> Numbers:
    """Return the group of each point, by k-means; the same in each run."""
    import faiss

    points = np.ascontiguousarray(places, dtype=np.float32)
    means = faiss.Kmeans(
        2, wanted, niter=_ROUNDS, nredo=_TRIES, seed=_SEED, min_points_per_centroid=1
    )
    means.train(points)
    _, nearest = means.index.search(points, 1)
    groups: Numbers = nearest[:, 0]
    return groups

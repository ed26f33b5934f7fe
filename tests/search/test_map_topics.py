"""Topics of the map: neighbouring points, named by words that are common there."""

from __future__ import annotations

import numpy as np

from semsearch.search.map_topics import MAX_TOPICS, topics_of

_BAKERY = "A tool of the bakery for dough number"
_SHIPS = "A rope of the ship for sails number"


def _places(*middles: tuple[float, float], each: int) -> np.ndarray:
    spread = np.random.default_rng(1).normal(0, 0.02, (len(middles) * each, 2))
    return np.repeat(np.array(middles), each, axis=0) + spread


def test_topics_have_the_words_of_their_points() -> None:
    """Each is named by what its texts share and others lack, and stands in their middle."""
    texts = [f"{_BAKERY} {n}" for n in range(20)] + [f"{_SHIPS} {n}" for n in range(20)]
    found = topics_of(texts, _places((-0.5, -0.5), (0.5, 0.5), each=20))
    by_words = {one.words: (round(one.x, 1), round(one.y, 1)) for one in found}
    assert {("bakery", "dough"), ("rope", "sails")} <= by_words.keys()
    assert by_words["bakery", "dough"] == (-0.5, -0.5)
    names = [word for one in found for word in one.words]
    assert len(set(names)) == len(names)


def test_few_points_have_no_topics() -> None:
    """Nor have texts that share nothing."""
    assert topics_of([], np.zeros((0, 2))) == ()
    assert topics_of(["rope"] * 9, np.zeros((9, 2))) == ()
    alone = [f"{chr(97 + n)}{chr(98 + n)}{chr(99 + n)}" for n in range(20)]
    assert topics_of(alone, _places((0.0, 0.0), (1.0, 1.0), each=10)) == ()


def test_there_are_never_too_many() -> None:
    """Whatever the number of points, all at one place or not."""
    texts = [f"{_BAKERY} {_SHIPS}"] * 2000
    assert len(topics_of(texts, np.random.default_rng(2).random((2000, 2)))) <= MAX_TOPICS
    assert len(topics_of(texts, np.zeros((2000, 2)))) <= 1

"""WordNet is read as it is written, and figures are what can be counted by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.quality.general import Pairs, auroc, compared, draw, spearman
from benchmarks.quality.wordnet import Synset, path_to_root, read_nouns, wu_palmer
from semsearch.core.errors import ImportFailed

LICENCE = "  1 This software and database is provided to you.  \n"
THING = "00000001 03 n 01 thing 0 002 ~ 00000002 n 0000 ~ 00000003 n 0000 | what there is  \n"
BREAD = (
    "00000002 13 n 02 bread 0 staff_of_life 0 001 @ 00000001 n 0000 | what is baked of flour; "
    '"they ate bread"; "white bread"  \n'
)
RYE = "00000003 13 n 01 Rye 0 002 #m 00000001 n 0000 @i 00000002 n 0000 | a bread of rye  \n"


def _folder(tmp_path: Path, *lines: str) -> Path:
    (tmp_path / "data.noun").write_text("".join(lines), encoding="utf-8")
    return tmp_path


def test_a_synset_has_words_a_definition_and_a_parent(tmp_path: Path) -> None:
    """Examples are cut off; an instance has a parent too, whatever pointers come before."""
    found = read_nouns(_folder(tmp_path, LICENCE, THING, BREAD, RYE))
    assert list(found.values()) == [
        Synset("00000001", ("thing",), "what there is", None),
        Synset("00000002", ("bread", "staff of life"), "what is baked of flour", "00000001"),
        Synset("00000003", ("Rye",), "a bread of rye", "00000002"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "00000001 03 n 01 thing 0 000\n",
        "00000001 03 n zz thing 0 000 | a thing\n",
        "00000001 03 n | a thing\n",
        "\n",
    ],
)
def test_a_line_that_is_no_synset_is_named(tmp_path: Path, line: str) -> None:
    """The error has the number of the line."""
    with pytest.raises(ImportFailed, match=r"data\.noun:2: .*is no synset"):
        read_nouns(_folder(tmp_path, LICENCE, line))


def test_a_folder_without_wordnet_is_refused(tmp_path: Path) -> None:
    """The error names the missing file."""
    with pytest.raises(ImportFailed, match=r"data\.noun: cannot be read: no such file"):
        read_nouns(tmp_path)


def test_nearness_in_the_tree_is_wu_and_palmers(tmp_path: Path) -> None:
    """Twice the depth of what both are by the sum of theirs; nothing in common is 0."""
    nouns = read_nouns(_folder(tmp_path, THING, BREAD, RYE))
    thing, bread, rye = nouns.values()
    assert path_to_root(rye, nouns) == ["00000003", "00000002", "00000001"]
    assert wu_palmer(rye, rye, nouns) == 1
    assert wu_palmer(rye, bread, nouns) == wu_palmer(bread, rye, nouns) == pytest.approx(4 / 5)
    assert wu_palmer(rye, thing, nouns) == pytest.approx(2 / 4)
    assert wu_palmer(rye, Synset("9", ("alone",), "what stands alone", None), nouns) == 0


def test_areas_and_correlations() -> None:
    """Three of four couples are in order.

    Ranks that rise together correlate by 1, ties share one.
    """
    assert auroc(np.array([0.9, 0.4, 0.5, 0.1]), np.array([1.0, 1, 0, 0])) == 0.75
    assert auroc(np.array([0.5, 0.5]), np.array([1.0, 0])) == 0.5
    assert spearman(np.array([1.0, 5, 100]), np.array([0.1, 0.2, 0.3])) == pytest.approx(1)
    assert spearman(np.array([1.0, 2, 3]), np.array([3.0, 2, 1])) == pytest.approx(-1)


def test_pairs_are_drawn_alike_each_time() -> None:
    """A tree of three levels.

    Every name has a rival of the same parent, every anchor four others.
    """
    nouns = {"0": Synset("0", ("root",), "the root of all of them", None)}
    for i in "123":
        nouns[i] = Synset(i, (f"kind {i}",), f"one of three kinds: {i}", "0")
        for j in "456":
            nouns[i + j] = Synset(i + j, (f"leaf {i}{j}",), f"a leaf on twig {i}{j}", i)
    name, kind, tree = draw(nouns, anchors=5)
    assert (len(name.texts), len(kind.texts), len(tree.texts)) == (10, 10, 20)
    assert name.target.tolist() == kind.target.tolist() == [1.0, 0.0] * 5
    for own, rival in zip(name.texts[::2], name.texts[1::2], strict=True):
        assert own[0] == rival[0] == f"a leaf on twig {own[1][-2:]}"
        assert own[1] != rival[1]
        assert own[1][:-1] == rival[1][:-1]
    assert tree.target.reshape(5, 4)[:, :3].tolist() == [pytest.approx([4 / 5, 2 / 3, 1 / 3])] * 5
    assert draw(nouns, anchors=5)[2].texts == tree.texts


def test_the_difference_is_that_of_the_same_pairs() -> None:
    """Equal scores differ by nothing, whatever is drawn; each interval holds its figure."""
    lots = np.random.default_rng(7)
    target = np.tile([1.0, 0.0], 40)
    scores = target + lots.normal(size=80)
    pairs = Pairs("name", (("a", "b"),) * 80, target, auroc)
    same = compared(pairs, scores, scores)
    assert same.difference == (0, 0, 0)
    better = compared(pairs, scores, scores + target)
    assert better.difference[0] == pytest.approx(better.own[0] - better.base[0])
    for value, low, high in (better.base, better.own, better.difference):
        assert low < value < high

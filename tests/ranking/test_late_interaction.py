"""Late interaction: every token of one side takes its nearest of the other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.core.arrays import Tokens, Vectors
from semsearch.core.progress import Silent
from semsearch.index.files.tokens import BATCH, WIDTH, TokensIndex, write_tokens
from semsearch.index.segments.multi import MultiTokens
from semsearch.ranking.late_interaction import compare, idf
from semsearch.storage.files.generation_layout import GenerationLayout

EAST, NORTH, WEST = (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)


def rows(*vectors: tuple[float, float]) -> Vectors:
    """Return vectors as an array, also when there are none."""
    return np.array(vectors, dtype=np.float32).reshape(len(vectors), 2)


def weights(*values: float) -> Vectors:
    """Return weights as an array."""
    return np.array(values, dtype=np.float32)


def test_both_directions_by_hand() -> None:
    """Question weights are 3 and 1; one entry has the first token, the other half the second."""
    diagonal = (0.6, 0.8)
    match, cover = compare(
        rows(EAST, NORTH),
        weights(3, 1),
        rows(EAST, WEST, diagonal),
        weights(1, 2, 5),
        np.array([2, 1]),
    )
    assert match == pytest.approx([(3 * 1 + 1 * 0) / 4, (3 * 0.6 + 1 * 0.8) / 4])
    assert cover == pytest.approx([(1 * 1 + 2 * 0) / 3, 0.8])


def test_an_entry_without_tokens_matches_nothing() -> None:
    """Its place does not matter; a question without tokens matches nothing either."""
    match, cover = compare(
        rows(EAST), weights(1), rows(EAST, NORTH), weights(1, 1), np.array([0, 1, 0, 1, 0])
    )
    assert match.tolist() == [0, 1, 0, 0, 0]
    assert cover.tolist() == [0, 1, 0, 0, 0]
    none = compare(rows(), weights(), rows(EAST), weights(1), np.array([1]))
    assert [part.tolist() for part in none] == [[0], [0]]


@given(st.integers(0, 50), st.integers(0, 50))
def test_rarer_tokens_count_more_and_none_against(uses: int, more: int) -> None:
    """The weight falls with use and stays above zero even when every entry uses the token."""
    entries = uses + more
    rare, common = idf(np.array([uses, entries]), entries)
    assert rare >= common > 0


def _tokens(*pairs: tuple[int, tuple[float, float]]) -> Tokens:
    return Tokens(np.array([id_ for id_, _ in pairs], dtype=np.int32), rows(*(v for _, v in pairs)))


@pytest.fixture
def index(tmp_path: Path) -> MultiTokens:
    """Give the tokens of three entries in two glossaries; the second entry has none."""
    files = GenerationLayout(tmp_path)
    some = [_tokens((7, EAST), (8, NORTH)), _tokens(), _tokens((7, WEST))]
    write_tokens(files, ["a", "a", "b"], lambda at: [some[i] for i in at], Silent())
    return MultiTokens([TokensIndex(files)], [3])


def test_stored_tokens_match_as_given_ones(index: MultiTokens) -> None:
    """The axes and eight bits cost less than a hundredth; positions may be asked in any number."""
    match, cover = index.compare(_tokens((7, EAST)), np.array([0, 1, 2]), None, 3)
    assert match == pytest.approx([1, 0, -1], abs=0.01)
    use_of_7, use_of_8 = idf(np.array([1, 1]), 2)
    assert use_of_7 == use_of_8
    assert cover == pytest.approx([0.5, 0, -1], abs=0.01)
    (last,), _ = index.compare(_tokens((7, EAST)), np.array([2]), "b", 1)
    assert last == pytest.approx(-1, abs=0.01)


def test_uses_are_counted_in_the_glossary_asked(index: MultiTokens) -> None:
    """A token that one entry of two uses counts more beside one that none uses less."""
    question = _tokens((7, EAST), (9, NORTH))
    (in_a,), _ = index.compare(question, np.array([0]), "a", 2)
    seven, nine = idf(np.array([1, 0]), 2)
    assert in_a == pytest.approx(1.0, abs=0.01)  # both have their like in the first entry
    (in_b,), _ = index.compare(question, np.array([2]), "b", 1)
    seven, nine = idf(np.array([1, 0]), 1)
    assert in_b == pytest.approx(-seven / (seven + nine), abs=0.01)


def test_no_tokens_at_all(tmp_path: Path) -> None:
    """An encoder that has no vectors for tokens builds and answers all the same."""
    files = GenerationLayout(tmp_path)
    none = Tokens(np.empty(0, dtype=np.int32), np.empty((0, 0), dtype=np.float32))
    write_tokens(files, ["a"], lambda at: [none for _ in at], Silent())
    match, cover = MultiTokens([TokensIndex(files)], [1]).compare(none, np.array([0]), "a", 1)
    assert (match.tolist(), cover.tolist()) == ([0], [0])


def test_only_so_many_axes_are_kept(tmp_path: Path) -> None:
    """Rows of the stored file are as wide as the axes; cosines stay near."""
    generator = np.random.default_rng(3)
    base = generator.normal(size=(400, 20)) @ generator.normal(size=(20, 384))
    vectors = (base / np.linalg.norm(base, axis=1, keepdims=True)).astype(np.float32)
    files = GenerationLayout(tmp_path)
    ids = np.arange(400, dtype=np.int32)
    halves = [Tokens(ids[:399], vectors[:399]), Tokens(ids[399:], vectors[399:])]
    write_tokens(files, ["a", "a"], lambda at: [halves[i] for i in at], Silent())
    assert files.tokens.stat().st_size == 400 * WIDTH
    question = Tokens(ids[:1], vectors[:1])
    (near, far), _ = MultiTokens([TokensIndex(files)], [2]).compare(
        question, np.array([0, 1]), "a", 2
    )
    assert near == pytest.approx(1, abs=0.01)
    assert far == pytest.approx(float(vectors[0] @ vectors[399]), abs=0.01)


def test_more_definitions_than_are_written_at_a_time(tmp_path: Path) -> None:
    """The last batch is found at its place, and a common token counts less than a rare one."""
    files = GenerationLayout(tmp_path)
    count = BATCH + 3
    some = [_tokens((1, EAST), (2, EAST) if n == count - 1 else (1, EAST)) for n in range(count)]
    some[1] = _tokens()
    write_tokens(files, ["a"] * count, lambda at: [some[i] for i in at], Silent())
    index = MultiTokens([TokensIndex(files)], [count])
    match, _ = index.compare(_tokens((2, EAST)), np.array([0, 1, count - 1]), "a", count)
    assert match == pytest.approx([1, 0, 1], abs=0.01)
    weights = np.fromfile(files.token_weights, dtype="<f4")
    assert len(weights) == 2 * (count - 1)
    assert weights[-2:] == pytest.approx(idf(np.array([count - 1, 1]), count))

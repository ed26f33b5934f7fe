"""A static encoder, which embeds questions by adding the vectors of their word pieces.

It is made from an exported encoder, as model2vec makes its models from any (Minish Lab,
https://github.com/MinishLab/model2vec): each word piece runs through the encoder alone, common
directions are removed by PCA, and frequent pieces weigh less (SIF: Arora, Liang and Ma, 2017,
https://openreview.net/forum?id=SyK00v5xx). What is added here is a linear map, fitted by ridge
regression, from the weighted mean of the pieces to the vector that the encoder gives the whole
text. So only questions lose; definitions and phrases keep the vectors that an index has of them.
docs/measurements.md has what else was tried.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Vectors
from semsearch.models.encoders.onnx import OnnxEncoder

MAX_PIECES = 40_000
"""Most pieces, frequent ones first: 8 MB."""

MIN_PIECES = 5_000
"""Fewer are no vocabulary of English."""

FITTED_TEXTS = 8_000
"""Texts that fit the map. 16,000 take twice as long and rank the same."""

_LARGEST = 127
"""Largest int8."""

_PIECE = re.compile(r"(?:##)?[a-z0-9]+")
_UNKNOWN = "[UNK]"
_SIF = 1e-3
"""The parameter of SIF, from its paper; a tenth of it ranks worse."""

_RIDGE = 3.0
"""Ridge of the linear map, small beside thousands of texts."""

_PIECE_RIDGE = 1.0
"""Ridge of the correction of each piece. From .03 to 1 acc@1 of the site is the same within .03."""

_STEPS = 12
"""Steps of conjugate gradients."""

_TINY = np.float32(1e-12)
_FIRST_RANK = 2.7
"""Offset of Zipf's law, as Mandelbrot has it."""


@dataclass(frozen=True, slots=True)
class StaticRecipe:
    """How a static encoder is made; `benchmarks/quality/static_recipes.py` compares others.

    `dimensions` is the length of its vectors. Of the vectors of pieces the mean is removed, and
    `removed` principal directions. `is_weighted` says whether frequent pieces weigh less, and
    `is_corrected` whether the vector of each piece is corrected after the linear map.
    """

    dimensions: int = 192
    removed: int = 0
    is_weighted: bool = True
    is_corrected: bool = True


RECIPE = StaticRecipe()


@dataclass(frozen=True, eq=False)
class StaticEncoder:
    """The vectors of word pieces, and the axes of the space that they share with full vectors."""

    pieces: tuple[str, ...]
    rows: NDArray[np.int8]
    """(n, d) the vector of each piece, weighted by its rank, divided by its scale."""
    scales: NDArray[np.float32]
    """(n,) what the rows are multiplied by."""
    mean: Vectors
    """(w,) the mean vector of texts, which is no meaning."""
    axes: Vectors
    """(w, d) the principal axes around it."""

    def project(self, vectors: Vectors) -> Vectors:
        """Return vectors of the full encoder, (m, w), as unit rows of this space, (m, d)."""
        return _unit(((vectors - self.mean) @ self.axes).astype(np.float32))

    def numbers(self, texts: Sequence[str]) -> list[list[int]]:
        """Split texts into word pieces and return their numbers; unknown words are left out."""
        return _numbers(self._tokenizer, texts, len(self.pieces))

    @cached_property
    def _tokenizer(self) -> Any:  # noqa: ANN401 - an untyped library
        return _tokenizer_of(self.pieces)


def distil(
    encoder: OnnxEncoder, texts: Sequence[str], recipe: StaticRecipe = RECIPE
) -> StaticEncoder | None:
    """Make a static encoder from an exported one, in seconds.

    Args:
        encoder: the exported encoder.
        texts: questions and definitions of many fields.
        recipe: how to make it.

    Returns:
        The static encoder; None if the vocabulary is not one of lower-case English word pieces.
    """
    known = sorted(
        (number, piece)
        for piece, number in encoder.lower_case_pieces().items()
        if _PIECE.fullmatch(piece)
    )[:MAX_PIECES]
    if len(known) < MIN_PIECES:
        return None
    pieces = tuple(piece for _, piece in known)
    prior = _without_common_directions(
        encoder.piece_vectors([number for number, _ in known]), recipe.removed
    )
    weights = _weights(len(pieces)) if recipe.is_weighted else np.ones(len(pieces), dtype="f4")
    targets = encoder.encode_questions(texts).vectors
    mean = targets.mean(axis=0)
    axes = _principal_axes(targets - mean)[:, : recipe.dimensions]
    bags = _Bags(_numbers(_tokenizer_of(pieces), texts, len(pieces)), weights)
    wanted = ((targets - mean) @ axes)[bags.chosen]
    means = bags.means(prior)
    gram = means.T @ means + _RIDGE * np.eye(means.shape[1], dtype=np.float32)
    mapped = prior @ np.linalg.solve(gram, means.T @ wanted)
    if recipe.is_corrected:
        mapped = mapped + bags.correction(wanted - bags.means(mapped))
    vectors = mapped * weights[:, np.newaxis]
    scales = np.maximum(np.abs(vectors).max(axis=1), _TINY) / _LARGEST
    return StaticEncoder(
        pieces,
        np.rint(vectors / scales[:, np.newaxis]).astype(np.int8),
        scales.astype(np.float32),
        mean.astype(np.float32),
        axes.astype(np.float32),
    )


def _tokenizer_of(pieces: Sequence[str]) -> Any:  # noqa: ANN401 - an untyped library
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers  # noqa: PLC0415

    numbers = {piece: number for number, piece in enumerate((*pieces, _UNKNOWN))}
    tokenizer = Tokenizer(models.WordPiece(numbers, unk_token=_UNKNOWN))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def _numbers(tokenizer: Any, texts: Sequence[str], unknown: int) -> list[list[int]]:  # noqa: ANN401
    return [
        [number for number in encoding.ids if number != unknown]
        for encoding in tokenizer.encode_batch_fast(list(texts))
    ]


def _weights(count: int) -> Vectors:
    """Return the SIF weight of each rank, whose share follows Zipf's law."""
    shares = 1 / (np.arange(count) + _FIRST_RANK)
    weights: Vectors = (_SIF / (_SIF + shares / shares.sum())).astype(np.float32)
    return weights


class _Bags:
    """The word pieces of texts, as a sparse matrix that takes weighted means of vectors.

    Args:
        texts: the numbers of the pieces of each; empty ones are left out.
        weights: (n,) of all pieces.
    """

    def __init__(self, texts: Sequence[Sequence[int]], weights: Vectors) -> None:
        self.chosen = np.array([row for row, one in enumerate(texts) if one], dtype=np.int64)
        lengths = np.array([len(texts[row]) for row in self.chosen])
        self._starts = lengths.cumsum() - lengths
        self._pieces = np.concatenate([np.array(texts[row]) for row in self.chosen])
        shares = weights[self._pieces]
        self._shares = shares / np.add.reduceat(shares, self._starts).repeat(lengths)
        self._rows = np.arange(len(lengths)).repeat(lengths)
        self._order = self._pieces.argsort(kind="stable")
        self._used, self._used_starts = np.unique(self._pieces[self._order], return_index=True)
        self._count = len(weights)

    def means(self, vectors: Vectors) -> Vectors:
        """Return the weighted mean of the vectors of the pieces of each text."""
        found: Vectors = np.add.reduceat(
            vectors[self._pieces] * self._shares[:, np.newaxis], self._starts
        )
        return found

    def _transposed(self, rows: Vectors) -> Vectors:
        found = np.zeros((self._count, rows.shape[1]), dtype=np.float32)
        parts = rows[self._rows[self._order]] * self._shares[self._order, np.newaxis]
        found[self._used] = np.add.reduceat(parts, self._used_starts)
        return found

    def correction(self, missing: Vectors) -> Vectors:
        """Return what to add to the vectors of pieces so that means come nearer to those wanted.

        Ridge regression by conjugate gradients, stopped early; rare pieces hardly move.
        """
        rest = self._transposed(missing)
        found, direction, norm = np.zeros_like(rest), rest, (rest * rest).sum(axis=0)
        for _ in range(_STEPS):
            moved = self._transposed(self.means(direction)) + _PIECE_RIDGE * direction
            step = norm / np.maximum((direction * moved).sum(axis=0), _TINY)
            found = found + step * direction
            rest = rest - step * moved
            before, norm = norm, (rest * rest).sum(axis=0)
            direction = rest + norm / np.maximum(before, _TINY) * direction
        return found


def _without_common_directions(vectors: Vectors, removed: int) -> Vectors:
    """Return the rows without their mean and some principal directions, of length 1."""
    centred = vectors - vectors.mean(axis=0)
    if removed:
        common = _principal_axes(centred)[:, :removed]
        centred = centred - centred @ common @ common.T
    return _unit(centred)


def _principal_axes(centred: Vectors) -> Vectors:
    """Return the directions of most variance as columns, those of most first."""
    _, directions = np.linalg.eigh(centred.T @ centred)
    axes: Vectors = directions[:, ::-1]
    return axes


def _unit(rows: Vectors) -> Vectors:
    unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return unit

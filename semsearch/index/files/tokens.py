"""The token vectors of definitions, for late interaction: written once, mapped, read in part.

    tokens.i8           one row for each token: its vector along the axes, times 127
    token_weights.f32   weight of each token in its glossary
    token_starts.i64    where the tokens of each position begin, and where the last ones end
    token_axes.f32      the axes, (width of the encoder's tokens, width of the rows)
    tokens.db           how many entries of each glossary contain a token of the vocabulary (SQLite)

Only the directions in which the tokens of an index differ most are stored: a third of the space and
time, without a measurable loss (docs/decisions/0020).
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers, Tokens, Vectors
from semsearch.core.positions import spread
from semsearch.core.progress import Progress
from semsearch.index.files.memory_map import Rows, RowSource, mapped
from semsearch.ranking.fusion import Scores
from semsearch.ranking.late_interaction import compare, idf
from semsearch.ranking.similarity_baseline import evenly_spaced
from semsearch.storage.database import Reader, writing_once
from semsearch.storage.files.atomic_files import sync, write_array
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.storage.int8 import SCALE, to_int8

WIDTH = 128
"""Number of axes. On the tuning halves 96 to 384 ranked alike."""

SAMPLE = 1500
"""Definitions whose tokens determine the axes: some 40,000 tokens."""

BATCH = 512
"""Definitions whose tokens are in memory at a time: some 25 MB."""

TokensOf = Callable[[Numbers], Iterable[Tokens]]
"""Return the tokens of the entries at some positions, in their order."""

_VOCABULARY = 1 << 31
"""Larger than any encoder's vocabulary."""

_SCHEMA = """
    CREATE TABLE uses (
        token INTEGER NOT NULL,
        glossary TEXT NOT NULL,
        entries INTEGER NOT NULL,
        PRIMARY KEY (token, glossary)
    ) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class ReferenceTokens:
    """The tokens of a generation that a live segment's tokens are written to match.

    `entries` is the number of entries in each glossary.
    """

    tokens: TokensIndex
    entries: Mapping[str, int]


def write_tokens(
    files: GenerationLayout,
    glossaries: Sequence[str],
    tokens: TokensOf,
    progress: Progress,
    *,
    reference: ReferenceTokens | None = None,
) -> None:
    """Write the files in one pass over the tokens of all entries, by position.

    Args:
        files: where to.
        glossaries: (entries,) the glossary of each entry; equal ones are adjacent.
        tokens: returns the tokens of the definitions at some positions, so that not all are in
            memory.
        progress: reports the entries.
        reference: gives the axes, and counts towards the weights; None to compute both from these
            tokens.
    """
    axes = (
        reference.tokens.axes
        if reference
        else _axes(tokens(evenly_spaced(len(glossaries), SAMPLE)))
    )
    write_array(files.token_axes, axes.astype("<f4"))
    counts, ids = array("q"), array("i")
    progress.start("tokens", len(glossaries))
    with files.tokens.open("wb") as rows:
        for start in range(0, len(glossaries), BATCH):
            some = list(tokens(np.arange(start, min(start + BATCH, len(glossaries)))))
            full = [one for one in some if len(one.ids)]
            if full:
                vectors = np.concatenate([one.vectors for one in full])
                rows.write(to_int8(_along(vectors, axes)).tobytes())
            counts.extend(len(one.ids) for one in some)
            for one in full:
                ids.frombytes(one.ids.astype(np.int32).tobytes())
            progress.advance(len(some))
    starts = np.concatenate([[0], np.cumsum(np.array(counts, dtype=np.int64))])
    write_array(files.token_starts, starts.astype("<i8"))
    _write_uses(files, glossaries, starts, np.array(ids, dtype=np.int32), reference)
    sync(files.tokens)


def _write_uses(
    files: GenerationLayout,
    glossaries: Sequence[str],
    starts: Numbers,
    ids: NDArray[np.int32],
    reference: ReferenceTokens | None,
) -> None:
    """Write how many entries of each glossary contain each token, and the idf of every token."""
    first = 0
    with (
        files.token_weights.open("wb") as weights,
        writing_once(files.token_uses, _SCHEMA) as connection,
    ):
        for glossary, group in groupby(glossaries):
            last = first + len(list(group))
            ids_ = ids[starts[first] : starts[last]]
            owner = np.repeat(np.arange(first, last), np.diff(starts[first : last + 1]))
            # entry and token as one number, so that repetitions in an entry count once
            pairs = np.unique(owner * _VOCABULARY + ids_)
            used, uses = np.unique(pairs % _VOCABULARY, return_counts=True)
            entries, total = last - first, uses
            if reference:
                entries += reference.entries.get(glossary, 0)
                total = uses + reference.tokens.uses(used.astype(np.int32), glossary)
            counts = np.minimum(total, entries)[np.searchsorted(used, ids_)]
            weights.write(idf(counts, entries).astype("<f4").tobytes())
            found = zip(used.tolist(), uses.tolist(), strict=True)
            connection.executemany(
                "INSERT INTO uses VALUES (?, ?, ?)", ((id_, glossary, n) for id_, n in found)
            )
            first = last
    sync(files.token_weights)
    sync(files.token_uses)


def _axes(sample: Iterable[Tokens]) -> Vectors:
    """Return the principal axes of token vectors, (w, at most `WIDTH`), orthonormal.

    There are always as many as possible. If the few tokens of one entry spanned the axes, any
    question projected onto them would resemble that entry.
    """
    moments: NDArray[np.float64] | None = None
    for one in sample:
        if len(one.ids):
            rows = one.vectors.astype(np.float64)
            moments = rows.T @ rows + (0 if moments is None else moments)
    if moments is None:
        return np.zeros((0, 0), dtype=np.float32)
    _, directions = np.linalg.eigh(moments)
    width = min(WIDTH, len(moments))
    axes: Vectors = directions[:, ::-1][:, :width].astype(np.float32)
    return axes


def _along(vectors: Vectors, axes: Vectors) -> Vectors:
    """Project vectors onto the axes and normalise the rows."""
    rows: Vectors = vectors @ axes
    lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    rows /= np.maximum(lengths, 1e-9)
    return rows


def row_width(files: GenerationLayout) -> int:
    """Return the number of axes, which is that of the numbers of a row."""
    axes = files.token_axes.stat().st_size // 4
    return WIDTH if axes >= WIDTH * WIDTH else math.isqrt(axes)


class TokensIndex:
    """The open files. Thread-safe."""

    def __init__(
        self,
        files: GenerationLayout,
        *,
        is_held: bool = False,
        rows: RowSource | None = None,
        weights: RowSource | None = None,
    ) -> None:
        """Open the files.

        Args:
            files: of the segment.
            is_held: whether the uses of tokens are held in memory once read.
            rows: of the tokens, if they are elsewhere.
            weights: of the tokens, if they are elsewhere.
        """
        self._reader = Reader(files.token_uses)
        self._is_held = is_held
        self._held: dict[str | None, dict[int, int]] = {}
        self._starts: Numbers = mapped(files.token_starts, "<i8")
        width = row_width(files)
        self._weights = mapped(files.token_weights, "<f4") if weights is None else weights
        self._rows = Rows(files.tokens, np.int8, width or 1) if rows is None else rows
        self.axes: Vectors = mapped(files.token_axes, "<f4").reshape(-1, width or 1)
        """(width of the encoder's tokens, width of the rows)."""

    def close(self) -> None:
        """Close the files; no query may be running."""
        self._reader.close()

    def compare(
        self, question: Tokens, weights: Scores, positions: Numbers
    ) -> tuple[Scores, Scores]:
        """Compare the tokens of a question with those of some entries.

        Args:
            question: its tokens.
            weights: (t,) weight of each.
            positions: (n,) positions of entries.

        Returns:
            See `ranking.late_interaction.compare`.
        """
        if not len(self._rows) or not len(positions):
            none = np.zeros(len(positions), dtype=np.float32)
            return none, none
        firsts = self._starts[positions]
        counts = self._starts[positions + 1] - firsts
        rows, _ = spread(firsts, counts)
        return compare(
            # few rows are divided here instead of the many of the entries
            _along(question.vectors, self.axes) / np.float32(SCALE),
            weights,
            self._rows.take(rows).astype(np.float32),
            self._weights.take(rows),
            counts,
        )

    def uses(self, ids: NDArray[np.int32], glossary: str | None) -> Numbers:
        """Return how many entries of a glossary, or of all, contain each token."""
        numbers = ids.tolist()
        found = self._held_uses(glossary) if self._is_held else self._read_uses(numbers, glossary)
        return np.array([found.get(number, 0) for number in numbers], dtype=np.int64)

    def _held_uses(self, glossary: str | None) -> dict[int, int]:
        if glossary not in self._held:
            self._held[glossary] = self._read_uses(None, glossary)
        return self._held[glossary]

    def _read_uses(self, ids: Sequence[int] | None, glossary: str | None) -> dict[int, int]:
        """Return how many entries contain each of some tokens, or each of all."""
        where, values = ["1"], list[int | str]()
        if ids is not None:
            where.append(f"token IN ({','.join('?' * len(ids))})")
            values += ids
        if glossary is not None:
            where.append("glossary = ?")
            values.append(glossary)
        return dict(
            self._reader.rows(
                f"SELECT token, SUM(entries) FROM uses WHERE {' AND '.join(where)} GROUP BY token",  # noqa: S608 - only marks
                values,
            )
        )

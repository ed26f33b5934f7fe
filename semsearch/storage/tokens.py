"""The tokens of definitions, for late interaction: written once, mapped into memory, read in part.

    tokens.i8           one row for each token: its vector along the axes, times 127
    token_weights.f32   how much each token counts in its glossary
    token_starts.i64    where the tokens of each position begin, and where the last ones end
    token_axes.f32      the axes, (width of the encoder's tokens, width of the rows)
    tokens.db           how many entries of each glossary use a token of the vocabulary (SQLite)

Only the directions along which the tokens of an index differ most are kept: a third of the space
and of the time, and no loss that could be measured (DESIGN.md, decision 19).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from semsearch.ranking.fusion import Scores
from semsearch.ranking.late_interaction import compare, idf
from semsearch.storage.database import Reader, writing_once
from semsearch.storage.files import sync
from semsearch.storage.layout import GenerationLayout
from semsearch.types import Numbers, Tokens, Vectors

WIDTH = 128
"""Axes kept. On the tuning halves 96 to 384 ranked alike."""

SAMPLE = 30_000
"""Tokens that the axes are computed from."""

SCALE = 127
"""Largest int8: the error of a cosine is about .002."""

_SCHEMA = """
    CREATE TABLE uses (
        token INTEGER NOT NULL,
        glossary TEXT NOT NULL,
        entries INTEGER NOT NULL,
        PRIMARY KEY (token, glossary)
    ) STRICT, WITHOUT ROWID;
"""


def write_tokens(
    files: GenerationLayout, glossaries: Sequence[str], tokens: Sequence[Tokens]
) -> None:
    """Write the files for entries in the order of their positions.

    Args:
        files: where to.
        glossaries: (entries,) the glossary of each entry.
        tokens: (entries,) the tokens of each definition.
    """
    counts = np.array([len(one.ids) for one in tokens], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(counts)])
    axes = _axes(tokens)
    with files.tokens.open("wb") as file:
        for one in tokens:
            rows = _along(one.vectors, axes) if len(one.ids) else axes[:0]
            file.write(np.rint(rows * SCALE).astype(np.int8).tobytes())
    uses = Counter(
        (int(id_), glossary)
        for one, glossary in zip(tokens, glossaries, strict=True)
        for id_ in np.unique(one.ids)
    )
    sizes = Counter(glossaries)
    with files.token_weights.open("wb") as file:
        for one, glossary in zip(tokens, glossaries, strict=True):
            found = np.array([uses[int(id_), glossary] for id_ in one.ids], dtype=np.int64)
            file.write(idf(found, sizes[glossary]).astype("<f4").tobytes())
    starts.astype("<i8").tofile(files.token_starts)
    axes.astype("<f4").tofile(files.token_axes)
    with writing_once(files.token_uses, _SCHEMA) as connection:
        rows_of = ((id_, glossary, count) for (id_, glossary), count in sorted(uses.items()))
        connection.executemany("INSERT INTO uses VALUES (?, ?, ?)", rows_of)
    for path in (files.tokens, files.token_weights, files.token_starts, files.token_axes):
        sync(path)
    sync(files.token_uses)


def _axes(tokens: Sequence[Tokens]) -> Vectors:
    """Return the directions along which tokens differ most, (w, at most `WIDTH`), orthonormal."""
    with_any = [one.vectors for one in tokens if len(one.ids)]
    if not with_any:
        return np.zeros((0, 0), dtype=np.float32)
    step = max(1, sum(len(rows) for rows in with_any) // SAMPLE)
    sample = np.concatenate([rows[::step] for rows in with_any]).astype(np.float64)
    values, directions = np.linalg.eigh(sample.T @ sample)
    width = min(WIDTH, len(sample), len(values))
    axes: Vectors = directions[:, ::-1][:, :width].astype(np.float32)
    return axes


def _along(vectors: Vectors, axes: Vectors) -> Vectors:
    """Return vectors along the axes, rows of length 1."""
    rows = vectors @ axes
    found: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return found


class TokensIndex:
    """The open files. Safe to use from several threads."""

    def __init__(self, files: GenerationLayout) -> None:
        self._reader = Reader(files.token_uses)
        self._starts = np.fromfile(files.token_starts, dtype="<i8")
        self._weights = np.fromfile(files.token_weights, dtype="<f4")
        axes = np.fromfile(files.token_axes, dtype="<f4")
        count = int(self._starts[-1])
        self._rows: NDArray[np.int8] = np.empty((0, 0), dtype=np.int8)
        if count:
            self._rows = np.memmap(files.tokens, dtype=np.int8, mode="r").reshape(count, -1)
        width = self._rows.shape[1]
        self._axes: Vectors = axes.reshape(-1, width) if width else axes.reshape(0, 0)

    def close(self) -> None:
        """Close the files; no question may be under way."""
        self._reader.close()

    def compare(
        self, question: Tokens, positions: Numbers, glossary: str | None, entries: int
    ) -> tuple[Scores, Scores]:
        """Compare the tokens of a question with those of some positions.

        Args:
            question: its tokens.
            positions: (n,) which entries.
            glossary: the glossary asked, or None for all of them.
            entries: how many entries may answer.

        Returns:
            See `ranking.late_interaction.compare`.
        """
        if not len(question.ids) or not self._axes.size:
            none = np.zeros(len(positions), dtype=np.float32)
            return none, none
        firsts = self._starts[positions]
        counts = self._starts[positions + 1] - firsts
        offsets = np.cumsum(counts) - counts
        rows = np.repeat(firsts - offsets, counts) + np.arange(counts.sum())
        return compare(
            _along(question.vectors, self._axes),
            idf(self._uses(question.ids, glossary), entries),
            self._rows[rows].astype(np.float32) / np.float32(SCALE),
            self._weights[rows],
            counts,
        )

    def _uses(self, ids: NDArray[np.int32], glossary: str | None) -> Numbers:
        """Return how many entries use each token."""
        marks = ",".join("?" * len(ids))
        where = "" if glossary is None else " AND glossary = ?"
        values = [*ids.tolist(), *([] if glossary is None else [glossary])]
        found = dict(
            self._reader.rows(
                f"SELECT token, SUM(entries) FROM uses WHERE token IN ({marks}){where} GROUP BY token",  # noqa: S608 - only marks
                values,
            )
        )
        return np.array([found.get(id_, 0) for id_ in ids.tolist()], dtype=np.int64)

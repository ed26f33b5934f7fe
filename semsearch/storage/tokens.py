"""The tokens of definitions, for late interaction: written once, mapped into memory, read in part.

    tokens.i8           one row for each token: its vector along the axes, times 127
    token_weights.f32   how much each token counts in its glossary
    token_starts.i64    where the tokens of each position begin, and where the last ones end
    token_axes.f32      the axes, (width of the encoder's tokens, width of the rows)
    tokens.db           how many entries of each glossary use a token of the vocabulary (SQLite)

Only the directions along which the tokens of an index differ most are kept: a third of the space
and of the time, and no loss that could be measured (DESIGN.md, decision 20).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.ranking.fusion import Scores
from semsearch.ranking.late_interaction import compare, idf
from semsearch.storage.database import Reader, writing_once
from semsearch.storage.files import sync
from semsearch.storage.int8 import from_int8, to_int8
from semsearch.storage.layout import GenerationLayout
from semsearch.storage.mapped import Rows, mapped
from semsearch.types import Numbers, Tokens, Vectors

WIDTH = 128
"""Axes kept. On the tuning halves 96 to 384 ranked alike."""

SAMPLE = 1500
"""Definitions from whose tokens the axes are computed: some 40,000 tokens."""

_SCHEMA = """
    CREATE TABLE uses (
        token INTEGER NOT NULL,
        glossary TEXT NOT NULL,
        entries INTEGER NOT NULL,
        PRIMARY KEY (token, glossary)
    ) STRICT, WITHOUT ROWID;
"""


def write_tokens(
    files: GenerationLayout, glossaries: Sequence[str], tokens: Callable[[], Iterable[Tokens]]
) -> None:
    """Write the files for entries in the order of their positions, two passes over their tokens.

    Args:
        files: where to.
        glossaries: (entries,) the glossary of each entry.
        tokens: gives the tokens of each definition, one after the other; called twice, so that
            they need not all be in memory.
    """
    surveyed = _survey(glossaries, tokens())
    surveyed.starts.astype("<i8").tofile(files.token_starts)
    surveyed.axes.astype("<f4").tofile(files.token_axes)
    sizes = Counter(glossaries)
    with files.tokens.open("wb") as rows, files.token_weights.open("wb") as weights:
        for one, glossary in zip(tokens(), glossaries, strict=True):
            if len(one.ids):
                rows.write(to_int8(_along(one.vectors, surveyed.axes)).tobytes())
                uses = [surveyed.uses[id_, glossary] for id_ in one.ids.tolist()]
                found = idf(np.array(uses, dtype=np.int64), sizes[glossary])
                weights.write(found.astype("<f4").tobytes())
    with writing_once(files.token_uses, _SCHEMA) as connection:
        rows_of = ((id_, glossary, n) for (id_, glossary), n in sorted(surveyed.uses.items()))
        connection.executemany("INSERT INTO uses VALUES (?, ?, ?)", rows_of)
    for path in (files.tokens, files.token_weights, files.token_starts, files.token_axes):
        sync(path)
    sync(files.token_uses)


@dataclass(frozen=True, slots=True)
class _Survey:
    """What must be known of all tokens before the first one is written."""

    starts: Numbers
    uses: Counter[tuple[int, str]]
    axes: Vectors


def _survey(glossaries: Sequence[str], tokens: Iterable[Tokens]) -> _Survey:
    """Count tokens and their uses, and find the axes from those of some definitions."""
    counts: list[int] = []
    uses: Counter[tuple[int, str]] = Counter()
    moments: NDArray[np.float64] | None = None
    step = max(1, len(glossaries) // SAMPLE)
    for number, (one, glossary) in enumerate(zip(tokens, glossaries, strict=True)):
        counts.append(len(one.ids))
        uses.update((id_, glossary) for id_ in set(one.ids.tolist()))
        if len(one.ids) and number % step == 0:
            rows = one.vectors.astype(np.float64)
            moments = rows.T @ rows + (0 if moments is None else moments)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return _Survey(starts, uses, _axes(moments))


def _axes(moments: NDArray[np.float64] | None) -> Vectors:
    """Return the directions along which tokens are longest, (w, at most `WIDTH`), orthonormal.

    As many as there can be, also for a few tokens, which fewer would span: a question made to lie
    among the tokens of one entry would be like that entry, whatever it asks.
    """
    if moments is None:
        return np.zeros((0, 0), dtype=np.float32)
    _, directions = np.linalg.eigh(moments)
    width = min(WIDTH, len(moments))
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
        self._starts: Numbers = mapped(files.token_starts, "<i8")
        self._weights = mapped(files.token_weights, "<f4")
        count = len(self._weights)
        width = files.tokens.stat().st_size // count if count else 0
        self._rows = Rows(files.tokens, np.int8, width) if count else None
        self._axes: Vectors = mapped(files.token_axes, "<f4").reshape(-1, width or 1)

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
        if not len(question.ids) or self._rows is None:
            none = np.zeros(len(positions), dtype=np.float32)
            return none, none
        firsts = self._starts[positions]
        counts = self._starts[positions + 1] - firsts
        offsets = np.cumsum(counts) - counts
        rows = np.repeat(firsts - offsets, counts) + np.arange(counts.sum())
        return compare(
            _along(question.vectors, self._axes),
            idf(self._uses(question.ids, glossary), entries),
            from_int8(self._rows.take(rows)),
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

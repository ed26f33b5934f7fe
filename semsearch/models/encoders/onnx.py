"""The exported encoder on ONNX Runtime, which embeds questions without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Encoded
from semsearch.models.encoders.wordpieces import (
    NO_TOKENS,
    WordPieces,
    is_word,
    lower_case_pieces,
)
from semsearch.models.onnx.session import ModelExport, OnnxSession

PIECES_AT_ONCE = 64
"""Word pieces of a run; as texts of three tokens they are shorter than others."""


@dataclass(frozen=True, slots=True)
class _FramedPiece:
    """A word piece between the tokens that frame a text, in the place of a tokenized text."""

    ids: tuple[int, ...]

    @property
    def type_ids(self) -> tuple[int, ...]:
        return (0,) * len(self.ids)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of an exported encoder with the original, on texts of the corpus.

    `cosine` is the mean cosine of the two vectors of a text, `top10` the mean share of the ten
    nearest passages that both find.
    """

    cosine: float
    top10: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderExport(ModelExport):
    """Content of `encoder.json`."""

    NOUN: ClassVar[str] = "encoder"
    AGREEMENT: ClassVar[type[Agreement]] = Agreement

    dim: int
    query_prompt: str
    entry_prompt: str
    entries: str
    """The file that embeds definitions: `int8`, `fp32`, or `reference` if neither agrees
    closely."""
    special_ids: tuple[int, ...]
    """Numbers of tokens that stand for no text."""


class OnnxEncoder:
    """An exported encoder. Thread-safe.

    Args:
        folder: of the export.
        export: its description.
        precision: which file to run.
        runs: see `OnnxSession`.

    Raises:
        IndexDamaged: the files are altered.
    """

    def __init__(
        self, folder: Path, export: EncoderExport, precision: str, runs: int | None = None
    ) -> None:
        self._export = export
        self._session = OnnxSession(folder, export, precision, runs)
        self._pieces = WordPieces(self._session.piece, export.special_ids)

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._export.dim

    @property
    def fingerprint(self) -> str:
        """Identity of the original encoder."""
        return self._export.fingerprint

    def encode_entries(self, texts: Sequence[str]) -> Encoded:
        """Embed pieces of definitions; see `Encoder.encode_entries`."""
        return self._encode(texts, self._export.entry_prompt)

    def _encode(self, texts: Sequence[str], prompt: str) -> Encoded:
        in_prompt = len(self._session.pieces(prompt)) if prompt else 0
        encodings = self._session.tokens([prompt + text for text in texts])
        vectors = np.empty((len(encodings), self.dim), dtype=np.float32)
        tokens = [NO_TOKENS] * len(encodings)
        for rows, (found_vectors, *in_context) in self._session.run_all(encodings):
            vectors[rows] = found_vectors
            for found in in_context:
                for i, row in zip(rows, found, strict=True):
                    ids = encodings[i].ids
                    tokens[i] = self._pieces.tokens(ids, row[: len(ids)], in_prompt)
        return Encoded(vectors, tuple(tokens))

    def encode_questions(self, questions: Sequence[str]) -> Encoded:
        """Embed questions; see `Encoder.encode_questions`."""
        return self._encode(questions, self._export.query_prompt)

    def lower_case_pieces(self) -> dict[str, int]:
        """Return the vocabulary, if it is one; see `wordpieces.lower_case_pieces`."""
        return lower_case_pieces(self._session.stated_tokenizer())

    def piece_vectors(self, numbers: Sequence[int]) -> NDArray[np.float32]:
        """Return the vector of each word piece, run alone through the encoder, (n, w).

        It is the one of the token, or of the whole text if the encoder has no token vectors.
        """
        (frame,) = self._session.tokens([""])
        start = len(frame.ids) // 2
        runs = [_FramedPiece((*frame.ids[:start], n, *frame.ids[start:])) for n in numbers]
        found = []
        for first in range(0, len(runs), PIECES_AT_ONCE):
            whole, *tokens = self._session.run(runs[first : first + PIECES_AT_ONCE])
            found.append(tokens[0][:, start] if tokens else whole)
        return np.concatenate(found)

    def is_word(self, text: str) -> bool:
        """Look the word up in the tokenizer; see `Encoder.is_word`."""
        return is_word(self._session.pieces(text))

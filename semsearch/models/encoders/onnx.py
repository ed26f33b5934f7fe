"""The exported encoder on ONNX Runtime, which embeds questions without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from semsearch.core.arrays import Encoded
from semsearch.models.encoders.wordpieces import NO_TOKENS, WordPieces, is_word
from semsearch.models.onnx.session import ModelExport, OnnxSession


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
    """An exported encoder. Thread-safe."""

    def __init__(self, folder: Path, export: EncoderExport, precision: str) -> None:
        self._export = export
        self._session = OnnxSession(folder, export, precision)
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

    def is_word(self, text: str) -> bool:
        """Look the word up in the tokenizer; see `Encoder.is_word`."""
        return is_word(self._session.pieces(text))

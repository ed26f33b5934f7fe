"""The exported reranker on ONNX Runtime, which reorders hits without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from semsearch.models.onnx.session import ModelExport, OnnxSession
from semsearch.models.rerankers.base import LogOdds


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Agreement of an exported reranker with the original, on pairs of texts of the corpus.

    `correlation` is Pearson's of the log odds, `difference` the mean absolute difference of the
    probabilities.
    """

    correlation: float
    difference: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RerankerExport(ModelExport):
    """Content of `reranker.json`."""

    NOUN: ClassVar[str] = "reranker"
    AGREEMENT: ClassVar[type[PairAgreement]] = PairAgreement


class OnnxReranker:
    """An exported reranker. Thread-safe."""

    def __init__(self, folder: Path, export: RerankerExport, precision: str) -> None:
        self._export = export
        self._session = OnnxSession(folder, export, precision)

    @property
    def fingerprint(self) -> str:
        """Identity of the original reranker."""
        return self._export.fingerprint

    def score(self, question: str, texts: Sequence[str]) -> LogOdds:
        """Score pairs; see `Reranker.score`."""
        scores = np.empty(len(texts), dtype=np.float32)
        pairs = self._session.tokens([(question, text) for text in texts])
        for rows, (found,) in self._session.run_all(pairs):
            scores[rows] = found
        return scores

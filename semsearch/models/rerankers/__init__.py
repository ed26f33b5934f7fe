"""Rerankers: loads the cross-encoder that an index was built with."""

from __future__ import annotations

from pathlib import Path

from semsearch.core.index_info import RerankerInfo
from semsearch.models.rerankers.base import Reranker
from semsearch.models.rerankers.onnx import OnnxReranker, RerankerExport

NO_RERANKER = "none"
"""The name for building without a reranker."""


def load_reranker(folder: Path, info: RerankerInfo) -> Reranker:
    """Load the reranker of an index; torch is not needed.

    Args:
        folder: of the exported reranker.
        info: its description in the manifest.

    Raises:
        IndexDamaged: the exported files are missing or altered.
    """
    export = RerankerExport.load_stated(folder, info.fingerprint, info.sha256)
    return OnnxReranker(folder, export, info.precision)

"""Rerankers behind one seam: the reference, and its exported copy, which answers."""

from __future__ import annotations

from pathlib import Path

from semsearch.core.index_info import RerankerInfo
from semsearch.models.rerankers.base import Reranker
from semsearch.models.rerankers.onnx import OnnxReranker, RerankerExport

NO_RERANKER = "none"
"""The name that stands for building without one."""


def load_reranker(folder: Path, stated: RerankerInfo) -> Reranker:
    """Load the reranker of an index, as its manifest states it; torch is never needed.

    Args:
        folder: where the exported reranker lies.
        stated: which one it is.

    Raises:
        IndexDamaged: the exported files are missing or altered.
    """
    export = RerankerExport.load_stated(folder, stated.fingerprint, stated.sha256)
    return OnnxReranker(folder, export, stated.precision)

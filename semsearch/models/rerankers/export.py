"""Exports a reranker to ONNX, and measures how well the copies agree with the original.

The graph maps token ids to log odds (`onnx/export.py`). The int8 copy is used if it agrees well
enough.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from semsearch.core.errors import EncoderError
from semsearch.core.progress import Progress
from semsearch.models.onnx import calibration_texts
from semsearch.models.onnx.export import max_tokens, replacing, write_graphs
from semsearch.models.onnx.session import EXPORT_VERSION, PRECISIONS
from semsearch.models.registry import Model
from semsearch.models.rerankers.base import LogOdds, Reranker
from semsearch.models.rerankers.cross_encoder import CrossReranker
from semsearch.models.rerankers.onnx import OnnxReranker, PairAgreement, RerankerExport
from semsearch.ranking.rerank_scores import probability

MIN_CORRELATION = 0.98
MAX_DIFFERENCE = 0.02
"""Least agreement of a copy. fp32 reaches 1 and 0; `semsearch build` prints the figures of int8. No
trained model was available to set these limits by (docs/decisions/0016)."""

QUESTIONS = 16
TEXTS = 8
"""Numbers of compared pairs: so many texts serve as questions, each paired with itself (which
matches) and with other texts (most do not)."""


def export_reranker(
    model: Model, folder: Path, texts: Sequence[str], progress: Progress
) -> RerankerExport:
    """Export a reranker into `folder` and choose the precision that scores.

    Args:
        model: the model, already checked by `find_reranker`.
        folder: of the export; replaced as a whole, so that no incomplete export is visible.
        texts: texts of the corpus on which the copies are compared with the original.
        progress: reports each step.

    Raises:
        EncoderError: it cannot be loaded or exported, or no copy agrees with the original; a
            service has no torch to fall back to.
    """
    progress.start("loading the reranker", 1)
    reference = CrossReranker(model)
    progress.advance(1)
    with replacing(folder) as scratch:
        written = write_reranker(reference, model, scratch, progress)
        progress.start("comparing the copies with the reranker", 1)
        export = _compare(reference, written, scratch, texts)
        progress.advance(1)
        if export.precision not in PRECISIONS:
            raise EncoderError(
                f"the reranker {model.name!r} cannot be used without torch "
                f"({export.problem or _disagreement(export)}); choose another, or build without one"
            )
        export.save(scratch)
    return export


def write_reranker(
    reference: CrossReranker, model: Model, folder: Path, progress: Progress
) -> RerankerExport:
    """Write the graphs of a reranker into an empty folder; nothing is compared or chosen yet."""
    cross = reference.cross
    pairs = list(pairwise(calibration_texts.TEXTS))
    small, large = (cross.preprocess(some) for some in (pairs[:2], pairs))
    written = write_graphs(cross, small, large, _log_odds, folder, progress)
    return RerankerExport(
        version=EXPORT_VERSION,
        fingerprint=model.fingerprint,
        model=model.name,
        max_tokens=max_tokens(cross.max_seq_length),
        pad_id=int(getattr(cross.tokenizer, "pad_token_id", 0) or 0),
        inputs=written.inputs,
        sha256=written.sha256,
        agreement={},
        precision="reference",
        problem=written.problem,
    )


def _log_odds(cross: Any, features: dict[str, Any]) -> tuple[Any, ...]:  # noqa: ANN401 - torch
    return (cross(features)["scores"].flatten(),)


def _compare(
    reference: Reranker, export: RerankerExport, folder: Path, texts: Sequence[str]
) -> RerankerExport:
    agreement: dict[str, PairAgreement] = {}
    chosen = export.precision
    wanted = _scores(reference, texts)
    for precision in PRECISIONS:
        if f"{precision}.onnx" not in export.sha256:
            continue
        with contextlib.suppress(Exception):  # a graph that cannot run does not agree
            copy = OnnxReranker(folder, export, precision)
            agreement[precision] = agree(wanted, _scores(copy, texts))
        found = agreement.get(precision)
        if (
            chosen == "reference"
            and found
            and found.correlation >= MIN_CORRELATION
            and found.difference <= MAX_DIFFERENCE
        ):
            chosen = precision
    return replace(export, agreement=agreement, precision=chosen)


def _scores(reranker: Reranker, texts: Sequence[str]) -> LogOdds:
    """Score texts as questions, paired with themselves and with others spread over all texts."""
    step = max(1, len(texts) // QUESTIONS)
    asked = range(0, len(texts), step)
    stride = max(1, len(texts) // TEXTS)
    return np.concatenate(
        [reranker.score(texts[i], [*texts[i::stride], *texts[:i:stride]][:TEXTS]) for i in asked]
    )


def agree(reference: LogOdds, copy: LogOdds) -> PairAgreement:
    """Compare the log odds of two rerankers for the same pairs, (n,) each.

    The correlation of a constant reranker is 0.
    """
    varies = len(reference) > 1 and reference.std() > 0 and copy.std() > 0
    correlation = float(np.corrcoef(reference, copy)[0, 1]) if varies else 0.0
    difference = float(np.abs(probability(reference) - probability(copy)).mean())
    return PairAgreement(correlation=round(correlation, 4), difference=round(difference, 4))


def _disagreement(export: RerankerExport) -> str:
    found = export.agreement.get("fp32")
    if found is None:
        return "its copy cannot be run"
    return (
        f"its exact copy gives other scores: correlation {found.correlation}, mean difference "
        f"{found.difference}"
    )

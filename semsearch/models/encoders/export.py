"""Exports an encoder to ONNX, and measures how well the copies agree with the original.

The graph maps token ids to unit vectors (`onnx/export.py`). The int8 copy is used if it agrees well
enough.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from semsearch.core.arrays import Vectors
from semsearch.models.encoders.onnx import Agreement, EncoderExport, OnnxEncoder
from semsearch.models.encoders.sentence_transformer import SentenceEncoder
from semsearch.models.onnx.calibration_texts import TEXTS
from semsearch.models.onnx.export import max_tokens, replacing, write_graphs
from semsearch.models.onnx.session import EXPORT_VERSION, PRECISIONS
from semsearch.models.registry import Model

MIN_TOP10_OF_ENTRIES = 0.98
"""Least agreement of a copy that embeds definitions, in a fraction of the time."""

MIN_COSINE = 0.98
MIN_TOP10 = 0.85
"""Least agreement of a copy that embeds questions. int8 of all-MiniLM-L6-v2 reaches .99 and about
.95; a broken export is far below (`semsearch build` prints the figures)."""


def export_encoder(
    reference: SentenceEncoder, model: Model, folder: Path, texts: Sequence[str]
) -> EncoderExport:
    """Export a model into `folder` and choose the precision that embeds questions.

    Args:
        reference: the loaded original.
        model: the same model's folder.
        folder: of the export; replaced as a whole, so that no incomplete export is visible.
        texts: texts of the corpus on which the copies are compared with the original.

    Returns:
        The export. `precision` is `reference` if no copy agrees or the export failed.
    """
    with replacing(folder) as scratch:
        export = _write(reference, model, scratch)
        export = _compare(reference, export, scratch, texts)
        export.save(scratch)
    return export


def _write(reference: SentenceEncoder, model: Model, folder: Path) -> EncoderExport:
    transformer = reference.transformer
    small, large = (transformer.preprocess(list(texts)) for texts in (TEXTS[:2], TEXTS))
    written = write_graphs(transformer, small, large, _outputs, folder)
    return EncoderExport(
        version=EXPORT_VERSION,
        fingerprint=model.fingerprint,
        model=model.name,
        dim=reference.dim,
        max_tokens=max_tokens(transformer.max_seq_length),
        pad_id=int(getattr(transformer.tokenizer, "pad_token_id", 0) or 0),
        inputs=written.inputs,
        special_ids=tuple(getattr(transformer.tokenizer, "all_special_ids", ())),
        query_prompt=reference.query_prompt,
        entry_prompt=reference.entry_prompt,
        entries="reference",
        sha256=written.sha256,
        agreement={},
        precision="reference",
        problem=written.problem,
    )


def _outputs(transformer: Any, features: dict[str, Any]) -> tuple[Any, ...]:  # noqa: ANN401 - torch
    """Return the unit vectors of texts and, if the model has them, of their tokens."""
    import torch

    found = transformer(features)
    wanted = [found[name] for name in ("sentence_embedding", "token_embeddings") if name in found]
    return tuple(torch.nn.functional.normalize(tensor, dim=-1) for tensor in wanted)


def _compare(
    reference: SentenceEncoder, export: EncoderExport, folder: Path, texts: Sequence[str]
) -> EncoderExport:
    agreement: dict[str, Agreement] = {}
    chosen = for_entries = "reference"
    entries = reference.encode_entries(texts).vectors
    questions = reference.encode_questions(texts).vectors
    for precision in PRECISIONS:
        if f"{precision}.onnx" not in export.sha256:
            continue
        copied: Vectors | None = None
        with contextlib.suppress(Exception):  # a graph that cannot run does not agree
            encoder = OnnxEncoder(folder, export, precision)
            agreement[precision] = agree(
                questions, encoder.encode_questions(texts).vectors, entries
            )
            copied = encoder.encode_entries(texts).vectors
        if for_entries == "reference" and copied is not None:
            near = nearest_shared(questions @ entries.T, questions @ copied.T)
            for_entries = precision if near >= MIN_TOP10_OF_ENTRIES else for_entries
        found = agreement.get(precision)
        if (
            chosen == "reference"
            and found
            and found.cosine >= MIN_COSINE
            and found.top10 >= MIN_TOP10
        ):
            chosen = precision
    return replace(export, agreement=agreement, precision=chosen, entries=for_entries)


def agree(reference: Vectors, copy: Vectors, entries: Vectors) -> Agreement:
    """Compare two sets of question vectors by the entries they find.

    Args:
        reference: (n, d) unit vectors of the original.
        copy: (n, d) unit vectors of the copy, in the same order.
        entries: (m, d) unit vectors of entries by the original.
    """
    cosine = float((reference * copy).sum(axis=1).mean())
    top10 = nearest_shared(reference @ entries.T, copy @ entries.T)
    return Agreement(cosine=round(cosine, 4), top10=round(top10, 4))


def nearest_shared(wanted: Vectors, got: Vectors) -> float:
    """Return the mean share of the ten nearest entries that two tables of cosines share.

    Args:
        wanted: (n, m) cosines of questions and entries.
        got: (n, m) others.
    """
    k = min(10, wanted.shape[1])
    tens = [np.argsort(-cosines, axis=1, kind="stable")[:, :k] for cosines in (wanted, got)]
    return float(np.mean([len(np.intersect1d(a, b)) / k for a, b in zip(*tens, strict=True)]))

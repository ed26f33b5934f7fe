"""Exports an encoder to ONNX, and measures how well the copies agree with the original.

The graph maps token ids to unit vectors (`onnx/export.py`). The int8 copy is used if it agrees well
enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from semsearch.core.progress import Progress
from semsearch.models.encoders.agreement import compare_copies
from semsearch.models.encoders.onnx import EncoderExport
from semsearch.models.encoders.sentence_transformer import SentenceEncoder
from semsearch.models.onnx.calibration_texts import TEXTS
from semsearch.models.onnx.export import max_tokens, replacing, write_graphs
from semsearch.models.onnx.session import EXPORT_VERSION
from semsearch.models.registry import Model


def export_encoder(
    reference: SentenceEncoder,
    model: Model,
    folder: Path,
    texts: Sequence[str],
    progress: Progress,
) -> EncoderExport:
    """Export a model into `folder` and choose the precision that embeds questions.

    Args:
        reference: the loaded original.
        model: the same model's folder.
        folder: of the export; replaced as a whole, so that no incomplete export is visible.
        texts: texts of the corpus on which the copies are compared with the original.
        progress: reports each step.

    Returns:
        The export. `precision` is `reference` if no copy agrees or the export failed.
    """
    with replacing(folder) as scratch:
        export = _write(reference, model, scratch, progress)
        export = compare_copies(reference, export, scratch, texts, progress)
        export.save(scratch)
    return export


def _write(
    reference: SentenceEncoder, model: Model, folder: Path, progress: Progress
) -> EncoderExport:
    transformer = reference.transformer
    small, large = (transformer.preprocess(list(texts)) for texts in (TEXTS[:2], TEXTS))
    written = write_graphs(transformer, small, large, _outputs, folder, progress)
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

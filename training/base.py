"""The base encoder, exported to ONNX, for matching and grouping training texts.

It is faster than the reference encoder.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from semsearch.core.progress import Silent
from semsearch.models import load_answering_encoder
from semsearch.models.encoders.base import Encoder
from semsearch.models.encoders.export import export_encoder
from semsearch.models.encoders.onnx import EncoderExport
from semsearch.models.registry import BASE_MODEL, find_model


def base_encoder(folder: Path, sample: Sequence[str]) -> Encoder:
    """Load the exported base encoder, which is exported once.

    Args:
        folder: where the export lies, or goes.
        sample: texts on which a new export is compared with the reference.
    """
    model = find_model(BASE_MODEL)
    export = EncoderExport.find(folder, model.fingerprint)
    if export is None:
        from semsearch.models.encoders.sentence_transformer import SentenceEncoder  # noqa: PLC0415 - loads torch

        export = export_encoder(SentenceEncoder(model), model, folder, sample, Silent())
    return load_answering_encoder(
        folder, model=model.name, fingerprint=model.fingerprint, precision=export.precision
    )

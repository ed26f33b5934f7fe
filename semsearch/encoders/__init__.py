"""Encoders behind one seam: the reference, its exported copy, and one without a model."""

from __future__ import annotations

from pathlib import Path

from semsearch.encoders import hashed
from semsearch.encoders.base import Encoder
from semsearch.encoders.onnx import Export, OnnxEncoder
from semsearch.errors import EncoderMismatch

REFERENCE = "reference"
"""Precision of an index whose encoder could not be exported: sentence-transformers answers."""


def load_answering_encoder(
    folder: Path, *, model: str, fingerprint: str, precision: str, sha256: str | None = None
) -> Encoder:
    """Load the encoder that answers questions of an index, as its manifest states it.

    Args:
        folder: where the exported encoder lies.
        model: the model's name, for messages and for the reference encoder.
        fingerprint: the identity the vectors of the index were made with.
        precision: `int8`, `fp32`, `reference`, or `hashed`.
        sha256: of the export's description, as the manifest states it; not checked by default.

    Raises:
        IndexDamaged: the exported files are missing or altered.
        EncoderMismatch: the model of that name is not the one of the index any more.
    """
    if precision == hashed.NAME:
        encoder: Encoder = hashed.HashedEncoder()
    elif precision == REFERENCE:
        from semsearch.encoders.models import find_model  # noqa: PLC0415
        from semsearch.encoders.sentence import SentenceEncoder  # noqa: PLC0415 - loads torch

        encoder = SentenceEncoder(find_model(model))
    else:
        export = Export.load_stated(folder, fingerprint, sha256)
        return OnnxEncoder(folder, export, precision)
    if encoder.fingerprint != fingerprint:
        raise EncoderMismatch(
            f"the model {model} is not the one this index was built with; "
            f"run `semsearch build --model {model}` again"
        )
    return encoder

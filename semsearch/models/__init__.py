"""Encoders behind one seam: the reference, its exported copy, and one without a model."""

from __future__ import annotations

from pathlib import Path

from semsearch.core.errors import EncoderMismatch
from semsearch.models.encoders import hashed
from semsearch.models.encoders.base import Encoder
from semsearch.models.encoders.onnx import EncoderExport, OnnxEncoder
from semsearch.models.registry import RETIRED_DEFAULTS, find_model, packaged_name

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
        from semsearch.models.encoders.sentence_transformer import SentenceEncoder  # noqa: PLC0415 - loads torch

        encoder = SentenceEncoder(find_model(model))
    else:
        export = EncoderExport.load_stated(folder, fingerprint, sha256)
        return OnnxEncoder(folder, export, precision)
    if encoder.fingerprint != fingerprint:
        raise EncoderMismatch(
            f"the model {model} is not the one this index was built with; "
            f"run `semsearch build --model {model}` again"
        )
    return encoder


def is_meant(name: str, *, model: str, fingerprint: str) -> bool:
    """Whether a user's name for an encoder means the one that an index was built with.

    Those that come along, or did, are known by name: a service has its index and not their packages.

    Args:
        name: what the user says.
        model: what the manifest of the index calls its encoder.
        fingerprint: the identity of that encoder.

    Raises:
        ModelRefused: there is no such encoder.
    """
    if name == hashed.NAME or name in RETIRED_DEFAULTS:
        return model == name
    packaged = packaged_name(name)
    return packaged == model if packaged else find_model(name).fingerprint == fingerprint

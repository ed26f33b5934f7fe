"""Encoders and rerankers: loads the model that an index was built with."""

from __future__ import annotations

from pathlib import Path

from semsearch.core.errors import EncoderMismatch
from semsearch.models.encoders import embeddings_server, hashed
from semsearch.models.encoders.base import Encoder
from semsearch.models.encoders.onnx import EncoderExport, OnnxEncoder
from semsearch.models.registry import RETIRED_DEFAULTS, find_model, packaged_name
from semsearch.models.server_description import NAME_PREFIX, ServerDescription

REFERENCE = "reference"
"""Precision of an index whose encoder could not be exported; sentence-transformers embeds
questions."""


WITHOUT_EXPORT = (hashed.NAME, embeddings_server.PRECISION)
"""Precisions of encoders that have no exported copy."""


def load_answering_encoder(
    folder: Path,
    *,
    model: str,
    fingerprint: str,
    precision: str,
    sha256: str | None = None,
    is_patient: bool = False,
) -> Encoder:
    """Load the encoder for the questions of an index.

    Args:
        folder: of the exported encoder.
        model: the model's name, for messages and for the reference encoder.
        fingerprint: identity of the encoder that made the vectors of the index.
        precision: `int8`, `fp32`, `reference`, `server`, or `hashed`.
        sha256: of the export's description in the manifest; not checked by default.
        is_patient: whether an embeddings server may take its time for questions.

    Raises:
        IndexDamaged: the exported files are missing or altered.
        EncoderMismatch: the model of that name is no longer the one of the index.
    """
    if precision == embeddings_server.PRECISION:
        description = ServerDescription.load_stated(folder, fingerprint, sha256)
        return embeddings_server.ServerEncoder(description, is_patient=is_patient)
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
    """Return whether a user's name for an encoder refers to the one an index was built with.

    Bundled encoders, former ones too, are recognised by name, since a service may have the index
    but not their packages. So are models of an embeddings server, which may be away; what it
    answers is checked when it answers.

    Args:
        name: from the user.
        model: name of the encoder in the manifest.
        fingerprint: identity of that encoder.

    Raises:
        ModelRefused: there is no such encoder.
    """
    if name == hashed.NAME or name in RETIRED_DEFAULTS or name.startswith(NAME_PREFIX):
        return model == name
    packaged = packaged_name(name)
    return packaged == model if packaged else find_model(name).fingerprint == fingerprint

"""Static encoders of this user, so that only the first export of an encoder makes one.

A file may be deleted at any time. A cache that others may write to is refused.
"""

from __future__ import annotations

import contextlib
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np

from semsearch.core.cache_folder import check_cached, make_cache_folder, trusted_cache_folder
from semsearch.core.temporary_folders import PREFIX
from semsearch.models.encoders.onnx import OnnxEncoder
from semsearch.models.encoders.static import FITTED_TEXTS, StaticEncoder, distil
from semsearch.text.common_questions import CommonQuestions

VERSION = 1
"""Version of how static encoders are made; a change makes all anew."""

_ARRAYS = ("rows", "scales", "mean", "axes")


def static_encoder_of(encoder: OnnxEncoder, common: CommonQuestions) -> StaticEncoder | None:
    """Return the static encoder of an exported one, from the cache or made in seconds.

    Args:
        encoder: the exported encoder.
        common: the texts that fit it.

    Returns:
        The static encoder; None if the encoder has no vocabulary for one.

    Raises:
        ModelRefused: others may write to the cache, or it has a link or a device.
    """
    name = f"{encoder.fingerprint[:16]}-{common.digest[:16]}-{VERSION}.npz"
    file = trusted_cache_folder() / "static" / name
    check_cached(file)
    found = _read(file)
    if found is None:
        found = distil(encoder, common.texts(FITTED_TEXTS))
        if found is not None:
            _write(found, file)
    return found


def _read(file: Path) -> StaticEncoder | None:
    try:
        with np.load(BytesIO(file.read_bytes()), allow_pickle=False) as stored:
            pieces = bytes(stored["pieces"]).decode().split("\n")
            rows, scales, mean, axes = (stored[name] for name in _ARRAYS)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    shapes = (rows.shape, scales.shape, axes.shape)
    whole = ((len(pieces), axes.shape[-1]), (len(pieces),), (len(mean), axes.shape[-1]))
    return StaticEncoder(tuple(pieces), rows, scales, mean, axes) if shapes == whole else None


def _write(made: StaticEncoder, file: Path) -> None:
    """Write a file beside its place and rename it; a cache that cannot be written stays."""
    pieces = np.frombuffer("\n".join(made.pieces).encode(), dtype=np.uint8)
    with contextlib.suppress(OSError):
        make_cache_folder(file.parent)
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=PREFIX) as folder:
            scratch = Path(folder) / file.name
            np.savez(scratch, pieces=pieces, **{name: getattr(made, name) for name in _ARRAYS})
            scratch.replace(file)

"""An encoder as bytes: the same vectors without its folder, nothing altered, one version."""

from __future__ import annotations

import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from semsearch.core.errors import IndexDamaged, InvalidSetting
from semsearch.models import load_answering_encoder
from semsearch.models.encoders.hashed import HashedEncoder
from semsearch.models.encoders.onnx import EncoderExport
from semsearch.models.encoders.portable import PortableEncoder

TEXTS = [
    "A pot.",
    "The inside of a loaf, between the crusts.",
    *(f"Board {n} for jars." for n in range(40)),
]


def test_an_encoder_without_files_is_made_anew() -> None:
    """The hashed one."""
    fingerprint = HashedEncoder().fingerprint
    portable = PortableEncoder.of(Path("nowhere"), "hashed", fingerprint, "hashed")
    assert portable.files == {}
    assert portable.load().fingerprint == fingerprint


@pytest.mark.parametrize("precision", ["reference", "server"])
def test_an_encoder_without_an_exported_copy_is_refused(precision: str) -> None:
    """With the name of the encoder, and the way out."""
    with pytest.raises(InvalidSetting, match=r"the encoder api:some has no .*; build without --ra"):
        PortableEncoder.of(Path("nowhere"), "api:some", "0", precision)


def test_another_version_of_semsearch_is_refused() -> None:
    """Both versions are named."""
    portable = PortableEncoder.of(Path("nowhere"), "hashed", HashedEncoder().fingerprint, "hashed")
    with pytest.raises(InvalidSetting, match=r"and the build 0\.0; install the same version"):
        replace(portable, version="0.0").load()


@pytest.mark.model
def test_the_vectors_are_the_same_after_a_journey(seed_index: Path, tmp_path: Path) -> None:
    """To the last bit, when the folder is gone, and however many runs there are at once."""
    (source,) = (seed_index / "encoders").iterdir()
    folder = Path(shutil.copytree(source, tmp_path / "encoder"))
    export = EncoderExport.load(folder)
    assert export is not None
    portable = PortableEncoder.of(folder, export.model, export.fingerprint, "fp32")
    assert not any("int8" in name for name in portable.files), "what is not needed stays"
    local = load_answering_encoder(
        folder, model=export.model, fingerprint=export.fingerprint, precision="fp32"
    ).encode_entries(TEXTS)
    sent = pickle.dumps(portable)
    shutil.rmtree(folder)
    arrived: PortableEncoder = pickle.loads(sent)  # noqa: S301 - our own
    remote = arrived.load(runs=1).encode_entries(TEXTS)
    assert np.array_equal(local.vectors, remote.vectors)
    for one, other in zip(local.tokens, remote.tokens, strict=True):
        assert np.array_equal(one.ids, other.ids)
        assert np.array_equal(one.vectors, other.vectors)
    altered = {**arrived.files, "tokenizer.json": b"{}"}
    with pytest.raises(IndexDamaged, match="missing or altered"):
        replace(arrived, files=altered).load()

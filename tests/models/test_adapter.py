"""An adapter is merged whole, from its own folder only, and makes another encoder of its base."""

from __future__ import annotations

import shutil
import warnings
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from semsearch.core.checksums import sha256_of
from semsearch.core.errors import EncoderError, ModelRefused
from semsearch.models.encoders.mpnet_parts import ACCURATE_MODEL
from semsearch.models.encoders.onnx import EncoderExport
from semsearch.models.encoders.sentence_transformer import SentenceEncoder
from semsearch.models.registry import (
    ACCURATE_ADAPTER,
    ACCURATE_ADAPTER_SHA256,
    ADAPTER,
    ADAPTER_SHA256,
    BASE_MODEL,
    DEFAULT_MODEL,
    Model,
    find_model,
    with_adapter,
)

TEXTS = ["A tool of bent wires for beating air into eggs.", "the lowest beam of a hull", "a pot"]
FILES = tuple(ADAPTER_SHA256)


def _model(folder: Path, base: Model | None = None) -> Model:
    """Return a base with the adapter of a folder, whatever its hashes are."""
    hashes = {name: sha256_of(folder / name) or "" for name in FILES}
    return with_adapter(base or find_model("base"), "trial", folder, hashes)


@pytest.mark.model
@pytest.mark.parametrize("which", ["random", "shipped"])
def test_merged_weights_encode_as_unmerged_ones_do(
    which: str, request: pytest.FixtureRequest
) -> None:
    """Vectors agree to 1e-5 in float32 and differ from the base; no adapter is left."""
    from peft import PeftModel

    folder = ADAPTER if which == "shipped" else request.getfixturevalue("random_adapter")
    merged = SentenceEncoder(_model(folder))
    base = SentenceEncoder(find_model("base"))
    bare = base.encode_entries(TEXTS).vectors
    module = base.transformer[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        module.model = PeftModel.from_pretrained(module.model, str(folder))
    unmerged = base.encode_entries(TEXTS).vectors
    found = merged.encode_entries(TEXTS).vectors
    np.testing.assert_allclose(found, unmerged, atol=1e-5)
    assert ((found * bare).sum(axis=1) < 0.999).all()
    names, tensors = zip(*merged.transformer.named_parameters(), strict=True)
    assert {str(tensor.dtype) for tensor in tensors} == {"torch.float32"}
    assert [name for name in names if "lora" in name] == []
    assert not merged.transformer.training


@pytest.mark.model
def test_an_adapter_that_lacks_weights_is_not_half_applied(
    random_adapter: Path, tmp_path: Path
) -> None:
    """PEFT would leave those layers as they are, and only warn."""
    from safetensors.torch import load_file, save_file  # noqa: PLC0415 - loads torch

    folder = tmp_path / "adapter"
    shutil.copytree(random_adapter, folder)
    tensors = load_file(folder / "adapter_model.safetensors")
    tensors.pop(next(name for name in tensors if "layer.3" in name))
    save_file(tensors, folder / "adapter_model.safetensors")
    with pytest.raises(EncoderError, match="'trial' cannot be loaded: Found missing adapter keys"):
        SentenceEncoder(_model(folder))


@pytest.mark.model
def test_an_adapter_of_another_architecture_is_an_error(
    random_adapter: Path, small_model: Path
) -> None:
    """It has no such layers."""
    other = find_model(str(small_model))
    with pytest.raises(EncoderError, match="'trial' cannot be loaded: Target modules"):
        SentenceEncoder(_model(random_adapter, other))


@pytest.mark.parametrize(
    ("folder", "known", "base"),
    [
        (ADAPTER, ADAPTER_SHA256, BASE_MODEL),
        (ACCURATE_ADAPTER, ACCURATE_ADAPTER_SHA256, ACCURATE_MODEL),
    ],
)
def test_a_shipped_adapter_is_the_one_that_is_known(
    folder: Path, known: dict[str, str], base: str
) -> None:
    """It is a resource of the package.

    Its files have the hashes stated, are small, and name their base.
    """
    assert resources.files("semsearch.models").joinpath(folder.name, FILES[1]).is_file()
    assert {name: sha256_of(folder / name) for name in FILES} == known
    assert sum((folder / name).stat().st_size for name in FILES) < 6_000_000
    assert f'"sentence-transformers/{base}"' in (folder / FILES[0]).read_text("utf-8")
    assert (folder / "MODEL_CARD.md").read_text("utf-8").startswith("# ")


@pytest.mark.parametrize("name", FILES)
def test_an_altered_adapter_is_refused(tmp_path: Path, name: str) -> None:
    """One flipped bit is enough; the message says which file, and how to go on without it."""
    folder = tmp_path / "definitions"
    shutil.copytree(ADAPTER, folder)
    base = find_model("base")
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ModelRefused, match=rf"{name} .* \(sha256 differs\).* --model base"):
        with_adapter(base, DEFAULT_MODEL, folder)
    (folder / name).unlink()
    with pytest.raises(ModelRefused, match=rf"{name} .* is missing; reinstall semsearch"):
        with_adapter(base, DEFAULT_MODEL, folder)


@pytest.mark.model
def test_the_fingerprint_covers_base_and_adapter(random_adapter: Path, tmp_path: Path) -> None:
    """Either of them makes another encoder; the base alone is what it was before."""
    base = find_model("base")
    folder = tmp_path / "adapter"
    shutil.copytree(random_adapter, folder)
    config = folder / "adapter_config.json"
    config.write_text(config.read_text().replace('"lora_alpha": 8', '"lora_alpha": 9'))
    other_base = Model("other", base.path, "0" * 64)
    models = [_model(random_adapter), _model(folder), _model(random_adapter, other_base), base]
    assert len({model.fingerprint for model in models}) == 4
    assert base.fingerprint.startswith("011f2893811fb82b")
    assert _model(random_adapter) == models[0]


def test_a_folder_that_is_only_an_adapter_is_refused(tmp_path: Path) -> None:
    """Its base would come from elsewhere, unchecked."""
    shutil.copytree(ADAPTER, tmp_path / "mine")
    with pytest.raises(ModelRefused, match=r"only an adapter \(adapter_config.json\): merge it"):
        find_model(str(tmp_path / "mine"))


@pytest.mark.model
def test_the_exported_encoder_agrees_with_the_merged_one(seed_index: Path) -> None:
    """int8 is near enough to answer, as it is for the base."""
    model = find_model("default")
    export = EncoderExport.load(seed_index / "encoders" / model.fingerprint[:16])
    assert export is not None
    assert (export.model, export.precision) == (DEFAULT_MODEL, "int8")
    assert export.agreement["int8"].cosine > 0.98
    assert export.agreement["fp32"].cosine == pytest.approx(1, abs=1e-3)

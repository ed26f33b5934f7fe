"""A trained adapter is installed in half precision, and the hashes of its files are stored."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.checksums import sha256_of
from semsearch.core.errors import ImportFailed
from semsearch.models import registry
from training.install import ACCURATE, CONFIG, DEFAULT, MAX_BYTES, WEIGHTS, AdapterPlace, install

pytestmark = pytest.mark.model  # all write weights with torch

STATED = {"peft_type": "LORA", "base_model_name_or_path": "elsewhere", "inference_mode": False}
UP, DOWN = "base_model.model.x.lora_B.weight", "base_model.model.x.lora_A.weight"


def _trained(folder: Path, *, up: float = 0.25, width: int = 3, **config: object) -> Path:
    """Write an adapter as PEFT would; `up` fills the matrix that is 0 before training."""
    import torch
    from safetensors.torch import save_file  # noqa: PLC0415 - loads torch

    folder.mkdir()
    (folder / CONFIG).write_text(json.dumps({**STATED, **config}), encoding="utf-8")
    tensors = {UP: torch.full((width, 2), up), DOWN: torch.full((2, 3), 1 / 3)}
    save_file(tensors, folder / WEIGHTS)
    return folder


def _place(folder: Path) -> AdapterPlace:
    """Give the place of the default's adapter, in another folder."""
    return replace(DEFAULT, folder=folder)


@pytest.fixture
def constants(tmp_path: Path) -> Path:
    """Give a copy of the module that states the hashes."""
    copy = tmp_path / "models.py"
    copy.write_text(Path(registry.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    return copy


def test_the_order_of_lists_does_not_matter(tmp_path: Path, constants: Path) -> None:
    """PEFT writes sets, in another order each time; the hash stays."""
    one = _trained(tmp_path / "one", target_modules=["query", "dense"])
    other = _trained(tmp_path / "other", target_modules=["dense", "query"])
    target = tmp_path / "in"
    assert install(one, _place(target), constants) == install(other, _place(target), constants)


def test_a_part_of_what_was_learned_may_be_kept(tmp_path: Path, constants: Path) -> None:
    """One of the two matrices is scaled, so that their product is."""
    from safetensors.torch import load_file  # noqa: PLC0415 - loads torch

    install(_trained(tmp_path / "trained"), _place(tmp_path / "in"), constants, 0.5)
    found = load_file(tmp_path / "in" / WEIGHTS)
    assert found[UP].unique().tolist() == [0.125]
    assert found[DOWN].unique().tolist() == [pytest.approx(1 / 3, abs=1e-3)]


def test_an_adapter_is_installed_as_half_precision(tmp_path: Path, constants: Path) -> None:
    """Its base is named, its hashes replace those of the module, and nothing else changes there."""
    from safetensors.torch import load_file  # noqa: PLC0415 - loads torch

    before = constants.read_text(encoding="utf-8")
    target = tmp_path / "definitions"
    hashes = install(_trained(tmp_path / "trained"), _place(target), constants)
    assert hashes == {name: sha256_of(target / name) for name in (CONFIG, WEIGHTS)}
    config = json.loads((target / CONFIG).read_text(encoding="utf-8"))
    assert config["base_model_name_or_path"] == "sentence-transformers/all-MiniLM-L6-v2"
    assert config["inference_mode"] is True
    found = load_file(target / WEIGHTS)
    assert {str(tensor.dtype) for tensor in found.values()} == {"torch.float16"}
    assert found[DOWN].float().tolist()[0][0] == pytest.approx(1 / 3, abs=1e-3)
    after = constants.read_text(encoding="utf-8")
    assert all(f'"{name}": "{digest}"' in after for name, digest in hashes.items())
    hidden = re.compile(r"(adapter_\S+ \")[0-9a-f]{64}")
    assert hidden.sub(r"\1", after) == hidden.sub(r"\1", before)


def test_the_larger_encoder_has_hashes_of_its_own(tmp_path: Path, constants: Path) -> None:
    """Those of the default stay, and the larger base is named."""
    before = constants.read_text(encoding="utf-8")
    place = replace(ACCURATE, folder=tmp_path / "accurate")
    hashes = install(_trained(tmp_path / "trained"), place, constants)
    changed = set(constants.read_text(encoding="utf-8").split()) - set(before.split())
    assert changed == {f'"{digest}",' for digest in hashes.values()}
    assert f"/{ACCURATE.base}" in (place.folder / CONFIG).read_text(encoding="utf-8")


def test_the_same_adapter_gives_the_same_bytes(tmp_path: Path, constants: Path) -> None:
    """Installed twice, also from what was installed."""
    trained = _trained(tmp_path / "trained")
    once = install(trained, _place(tmp_path / "once"), constants)
    assert install(trained, _place(tmp_path / "twice"), constants) == once
    assert install(tmp_path / "once", _place(tmp_path / "again"), constants) == once


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"peft_type": "IA3"}, "only LoRA"),
        ({"modules_to_save": ["pooler"]}, "only LoRA"),
        ({"up": 0.0}, "changes nothing"),
        ({"up": 1e6}, "lora_B.weight, which half precision cannot hold"),
        ({"width": MAX_BYTES // 4 + 1}, r"bytes in half precision; at most 6,000,000"),
    ],
)
def test_what_does_not_belong_in_the_package_is_refused(
    tmp_path: Path, constants: Path, change: dict[str, object], reason: str
) -> None:
    """A refusal writes nothing."""
    before = constants.read_text(encoding="utf-8")
    trained = _trained(tmp_path / "trained", **change)  # type: ignore[arg-type]
    with pytest.raises(ImportFailed, match=reason):
        install(trained, _place(tmp_path / "definitions"), constants)
    assert not (tmp_path / "definitions").exists()
    assert constants.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (CONFIG, "{", "is not the description of an adapter"),
        (CONFIG, "[]", "is not the description of an adapter"),
        (WEIGHTS, "x", "is not a file of weights"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, constants: Path, name: str, content: str, reason: str
) -> None:
    """The error has the path of the file."""
    trained = _trained(tmp_path / "trained")
    (trained / name).write_text(content, encoding="utf-8")
    with pytest.raises(ImportFailed, match=rf"{name}: {reason}"):
        install(trained, _place(tmp_path / "definitions"), constants)

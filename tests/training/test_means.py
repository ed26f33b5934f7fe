"""The mean of several trained encoders."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed
from semsearch.models.registry import ADAPTER, BASE_MODEL, find_model
from training import means
from training.install import CONFIG, WEIGHTS
from training.means import MODEL_WEIGHTS, write_mean

UP, DOWN = "base_model.model.x.lora_B.weight", "base_model.model.x.lora_A.weight"

pytestmark = pytest.mark.model  # all read weights with torch


def written(folder: Path, up: float, down: float, rank: int = 2) -> Path:
    """Write an adapter as PEFT would."""
    import torch
    from safetensors.torch import save_file  # noqa: PLC0415 - loads torch

    folder.mkdir()
    (folder / CONFIG).write_text(json.dumps({"peft_type": "LORA", "r": rank}), encoding="utf-8")
    tensors = {UP: torch.full((3, rank), up), DOWN: torch.full((rank, 3), down)}
    save_file(tensors, folder / WEIGHTS)
    return folder


def values(folder: Path) -> tuple[float, float]:
    """Return the one value of each matrix."""
    from safetensors.torch import load_file  # noqa: PLC0415 - loads torch

    found = load_file(folder / WEIGHTS)
    (up,), (down,) = (found[name].float().unique().tolist() for name in (UP, DOWN))
    return up, down


def test_the_mean_of_several_is_that_of_each_factor(tmp_path: Path) -> None:
    """All of them count alike."""
    folders = [written(tmp_path / str(n), n, 2 * n) for n in (1, 2, 6)]
    write_mean(folders, tmp_path / "mean", WEIGHTS)
    assert values(tmp_path / "mean") == (3, 6)


def test_adapters_of_two_ranks_have_no_mean(tmp_path: Path) -> None:
    """The message has the file."""
    folders = [written(tmp_path / "one", 1, 2), written(tmp_path / "other", 3, 6, rank=4)]
    with pytest.raises(ImportFailed, match=r"other/adapter_model.*another rank"):
        write_mean(folders, tmp_path / "mean", WEIGHTS)
    assert not (tmp_path / "mean").exists()


def test_the_mean_of_adapters_is_a_model_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next step of a training goes on from either."""
    monkeypatch.setattr(sys, "argv", ["means", str(tmp_path / "mean"), str(ADAPTER), str(ADAPTER)])
    means.main()
    assert (tmp_path / "mean" / CONFIG).read_bytes() == (ADAPTER / CONFIG).read_bytes()
    assert find_model(str(tmp_path / "mean" / "model")).path.name == "model"


def test_the_mean_of_adapters_is_merged_into_their_base(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is named, as for their training."""
    merged: list[str] = []
    monkeypatch.setattr(means, "save_whole", lambda _, __, base: merged.append(base))
    folders = [str(written(tmp_path / str(n), n, n)) for n in (1, 2)]
    for options in ([], ["--base", "larger"]):
        monkeypatch.setattr(sys, "argv", ["means", str(tmp_path / "mean"), *folders, *options])
        means.main()
    assert merged == [BASE_MODEL, "larger"]


def test_models_of_two_shapes_have_no_mean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And leave no model in its place."""
    import torch
    from safetensors.torch import save_file  # noqa: PLC0415 - loads torch

    for width in (2, 3):
        (tmp_path / str(width) / "model").mkdir(parents=True)
        file = tmp_path / str(width) / "model" / MODEL_WEIGHTS
        save_file({"layer": torch.zeros(width)}, file, {"format": "pt"})
    folders = [str(tmp_path / width) for width in ("2", "3")]
    monkeypatch.setattr(sys, "argv", ["means", str(tmp_path / "mean"), *folders])
    with pytest.raises(ImportFailed, match="other layers"):
        means.main()
    assert not (tmp_path / "mean").exists()


def test_models_have_a_mean_without_adapters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All their weights count alike; the other files are those of one."""
    from safetensors.torch import load_file, save_file  # noqa: PLC0415 - loads torch

    base = find_model(BASE_MODEL).path
    weights = load_file(base / MODEL_WEIGHTS)
    name = next(name for name in sorted(weights) if name.endswith("query.weight"))
    runs = [tmp_path / "one", tmp_path / "other"]
    for change, run in zip((1.0, 3.0), runs, strict=True):
        shutil.copytree(base, run / "model")
        changed = {**weights, name: weights[name] + change}
        save_file(changed, run / "model" / MODEL_WEIGHTS, {"format": "pt"})
    monkeypatch.setattr(sys, "argv", ["means", str(tmp_path / "mean"), *map(str, runs)])
    means.main()
    found = load_file(tmp_path / "mean" / "model" / MODEL_WEIGHTS)
    assert (found[name] - weights[name]).mean().item() == pytest.approx(2, abs=1e-5)
    assert not (tmp_path / "mean" / CONFIG).exists()
    assert find_model(str(tmp_path / "mean" / "model")).path.name == "model"

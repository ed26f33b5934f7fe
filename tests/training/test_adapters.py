"""Adapters to go on from, and the mean of several."""

import json
from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed
from training.adapters import write_mean, write_start
from training.install import CONFIG, WEIGHTS

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
    """All of them count alike, and the description is that of one."""
    folders = [written(tmp_path / str(n), n, 2 * n) for n in (1, 2, 6)]
    write_mean(folders, tmp_path / "mean")
    assert values(tmp_path / "mean") == (3, 6)
    assert (tmp_path / "mean" / CONFIG).read_bytes() == (folders[0] / CONFIG).read_bytes()


def test_adapters_of_two_ranks_have_no_mean(tmp_path: Path) -> None:
    """The message has the file."""
    folders = [written(tmp_path / "one", 1, 2), written(tmp_path / "other", 3, 6, rank=4)]
    with pytest.raises(ImportFailed, match=r"other/adapter_model.*another rank"):
        write_mean(folders, tmp_path / "mean")
    assert not (tmp_path / "mean").exists()


def test_training_starts_with_a_share_of_what_was_learned(tmp_path: Path) -> None:
    """One matrix of each layer is scaled, as in an installed adapter."""
    write_start(written(tmp_path / "first", 1, 2), tmp_path / "start", 0.5)
    assert values(tmp_path / "start") == (0.5, 2)

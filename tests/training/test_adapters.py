"""Adapters to go on from, and what lies between two of them."""

import json
from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed
from training.adapters import write_merged, write_start
from training.install import CONFIG, WEIGHTS

UP, DOWN = "base_model.model.x.lora_B.weight", "base_model.model.x.lora_A.weight"


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


@pytest.mark.parametrize(("share", "expected"), [(0, (1, 2)), (0.25, (1.5, 3)), (1, (3, 6))])
def test_a_share_of_the_change_is_kept(
    tmp_path: Path, share: float, expected: tuple[float, float]
) -> None:
    """Nothing of it is the start, all of it the trained adapter."""
    start, trained = written(tmp_path / "start", 1, 2), written(tmp_path / "trained", 3, 6)
    write_merged(start, trained, tmp_path / "merged", share)
    assert values(tmp_path / "merged") == expected
    assert (tmp_path / "merged" / CONFIG).read_bytes() == (trained / CONFIG).read_bytes()


def test_adapters_of_two_ranks_cannot_be_merged(tmp_path: Path) -> None:
    """The message has the file."""
    start, trained = written(tmp_path / "start", 1, 2), written(tmp_path / "trained", 3, 6, rank=4)
    with pytest.raises(ImportFailed, match=r"trained/adapter_model.*another rank"):
        write_merged(start, trained, tmp_path / "merged", 0.5)


def test_training_starts_with_a_share_of_what_was_learned(tmp_path: Path) -> None:
    """As it would be installed, so one matrix of each layer is scaled."""
    write_start(written(tmp_path / "first", 1, 2), tmp_path / "start", 0.5)
    assert values(tmp_path / "start") == (0.5, 2)

"""Adapters (LoRA): the start of a training run, and the mean of several adapters.

`python -m training.adapters TARGET ADAPTER...` writes the mean.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from semsearch.core.errors import ImportFailed
from semsearch.models.registry import BASE_MODEL
from training.install import CONFIG, WEIGHTS, contents_of


def write_start(adapter: Path, target: Path, strength: float, base: str = BASE_MODEL) -> None:
    """Write an adapter as it would be installed, scaled by a share; see `install`."""
    target.mkdir(parents=True, exist_ok=True)
    for name, content in contents_of(adapter, strength, base).items():
        (target / name).write_bytes(content)


def load_into(model: Any, adapter: Path) -> None:  # noqa: ANN401 - untyped library
    """Load an adapter into a sentence-transformers model for training, in float32.

    Args:
        model: the base that the adapter was trained on.
        adapter: a folder in PEFT's format, of any precision.
    """
    model.load_adapter(str(adapter), adapter_name="default", is_trainable=True)
    whole = model.transformers_model
    whole.peft_config["default"].base_model_name_or_path = whole.name_or_path  # else a hub is asked
    for name, weights in model.named_parameters():
        weights.requires_grad_("lora_" in name)
        if "lora_" in name:
            weights.data = weights.data.float()


def add_fresh(model: Any, rank: int) -> None:  # noqa: ANN401 - untyped library
    """Add a zero adapter to every linear layer of a model's blocks.

    Args:
        model: a sentence-transformers model of the kind of BERT or MPNet.
        rank: of the adapter.
    """
    from peft import LoraConfig

    shape = LoraConfig(
        r=rank,
        lora_alpha=rank,
        target_modules=r".*layer\.\d+\..*\.(query|key|value|q|k|v|o|dense)",
        task_type="FEATURE_EXTRACTION",
    )
    model.add_adapter(shape)


def write_mean(adapters: Sequence[Path], target: Path) -> None:
    """Write the mean of adapters trained from one start (model soup; Wortsman et al., 2022).

    The mean is that of the factors of each layer. It differs from the mean of their products by
    products of the changes since the start, which are small for a short training
    (https://arxiv.org/abs/2203.05482).

    Raises:
        ImportFailed: the adapters have different layers.
    """
    from safetensors.torch import load_file, save_file  # noqa: PLC0415 - loads torch

    first, *others = [load_file(folder / WEIGHTS) for folder in adapters]
    shapes = {name: tensor.shape for name, tensor in first.items()}
    for folder, one in zip(adapters[1:], others, strict=True):
        if {name: tensor.shape for name, tensor in one.items()} != shapes:
            raise ImportFailed(
                f"has other layers or another rank than {adapters[0]}", folder / WEIGHTS
            )
    mean = {
        name: sum((one[name].float() for one in others), first[name].float()) / len(adapters)
        for name in first
    }
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(adapters[-1] / CONFIG, target / CONFIG)
    save_file(mean, target / WEIGHTS, {"format": "pt"})


def main() -> None:
    """Write the mean of the adapters that are named."""
    parser = argparse.ArgumentParser(prog="python -m training.adapters", description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("adapters", type=Path, nargs="+", metavar="ADAPTER")
    given = parser.parse_args()
    write_mean(given.adapters, given.target)
    print(f"The mean of {len(given.adapters)} adapters: {given.target}")


if __name__ == "__main__":
    main()

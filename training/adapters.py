"""Adapters (LoRA) as starting points, and two of them merged."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from semsearch.core.errors import ImportFailed
from training.install import CONFIG, WEIGHTS, contents_of


def write_start(adapter: Path, target: Path, strength: float) -> None:
    """Write an adapter as it would be installed, with a share of what it learned; see `install`."""
    target.mkdir(parents=True, exist_ok=True)
    for name, content in contents_of(adapter, strength).items():
        (target / name).write_bytes(content)


def load_into(model: Any, adapter: Path) -> None:  # noqa: ANN401 - untyped library
    """Put an adapter into a sentence-transformers model, to be trained on, in float32.

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


def write_merged(start: Path, trained: Path, target: Path, share: float) -> None:
    """Write the weights between two adapters, of which one was trained from the other.

    Both factors of each layer are interpolated. That differs from interpolating their product by
    share * (1 - share) times the product of their changes, which is small for a short training.

    Args:
        start: the adapter that training began with.
        trained: what it ended with.
        target: the folder of the outcome.
        share: how much of the change is kept; 1 is `trained`, 0 is `start`.

    Raises:
        ImportFailed: the two adapters have different layers.
    """
    from safetensors.torch import load_file, save_file  # noqa: PLC0415 - loads torch

    old, new = (load_file(folder / WEIGHTS) for folder in (start, trained))
    shapes = [{name: tensor.shape for name, tensor in one.items()} for one in (old, new)]
    if shapes[0] != shapes[1]:
        raise ImportFailed(f"has other layers or another rank than {start}", trained / WEIGHTS)
    merged = {
        name: ((1 - share) * old[name].float() + share * new[name].float()).contiguous()
        for name in old
    }
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(trained / CONFIG, target / CONFIG)
    save_file(merged, target / WEIGHTS, {"format": "pt"})

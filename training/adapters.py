"""Adapters (LoRA): what a training run goes on from, loaded or fresh."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from semsearch.models.registry import BASE_MODEL
from training.install import contents_of


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

"""Small real models, made in a second each. Only to be read."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from semsearch.models.registry import BASE_MODEL, find_model


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a model of another architecture: random DistilBERT, a dense layer, and prompts."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import (
        Dense,
        Pooling,
        Transformer,
    )
    from torch import manual_seed
    from transformers import AutoTokenizer, DistilBertConfig, DistilBertModel

    manual_seed(7)
    folder = tmp_path_factory.mktemp("models")
    tokenizer = AutoTokenizer.from_pretrained(find_model(BASE_MODEL).path)
    config = DistilBertConfig(
        vocab_size=tokenizer.vocab_size, dim=32, n_layers=2, n_heads=4, hidden_dim=64
    )
    DistilBertModel(config).save_pretrained(folder / "bare")
    tokenizer.save_pretrained(folder / "bare")
    transformer = Transformer(str(folder / "bare"), max_seq_length=64)
    modules = [transformer, Pooling(32, "cls"), Dense(32, 24)]
    model = SentenceTransformer(
        modules=modules, device="cpu", prompts={"query": "question: ", "document": "definition: "}
    )
    model.save(str(folder / "small"))
    return folder / "small"


@pytest.fixture(scope="session")
def random_adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an adapter (LoRA) of rank 4 for the bundled base, with random weights."""
    import torch
    from peft import LoraConfig, get_peft_model
    from sentence_transformers import SentenceTransformer

    folder = tmp_path_factory.mktemp("adapters") / "random"
    base = find_model("base").path
    model = SentenceTransformer(str(base), device="cpu", local_files_only=True)
    config = LoraConfig(r=4, lora_alpha=8, target_modules=["query", "value"])
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        adapted = get_peft_model(model[0].model, config)
        for name, weights in adapted.named_parameters():
            if "lora_" in name:
                torch.nn.init.normal_(weights, std=0.05)
        adapted.save_pretrained(folder)
    return folder

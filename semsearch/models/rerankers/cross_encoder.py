"""The original reranker, sentence-transformers' CrossEncoder; only builds load it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from semsearch.core.errors import ModelRefused
from semsearch.models.encoders.sentence_transformer import BATCH, load_model
from semsearch.models.registry import Model, find_foreign_model
from semsearch.models.rerankers.base import LogOdds

_WAY_OUT = "give a CrossEncoder with one label, such as 'cross-encoder/ms-marco-MiniLM-L6-v2'"


def find_reranker(name: str) -> Model:
    """Find and check the reranker that a user named, without loading it.

    Args:
        name: a local folder, or a model id on the hub.

    Raises:
        ModelRefused: there is no such model, it is unsafe to load, or it is not a cross-encoder.
    """
    model = find_foreign_model(name)
    config, settings = (
        _read(model, file) for file in ("config.json", "config_sentence_transformers.json")
    )
    # A bi-encoder would load, too, with random weights in its last layer. Only newer models
    # state their kind; the architecture shows that of others.
    architecture = str(next(iter(config.get("architectures") or ()), "unknown"))
    is_classifier = architecture.endswith("ForSequenceClassification")
    if settings.get("model_type", "CrossEncoder" if is_classifier else "") != "CrossEncoder":
        raise ModelRefused(
            f"the model {name!r} ({architecture}) makes vectors of single texts, it does not score "
            f"pairs: use it with --model, or {_WAY_OUT}"
        )
    return model


def _read(model: Model, file: str) -> dict[str, Any]:
    """Read a file that `find_foreign_model` has checked; empty if there is none."""
    path = model.path / file
    settings = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return settings if isinstance(settings, dict) else {}


class CrossReranker:
    """A CrossEncoder on the CPU.

    Raises:
        EncoderError: sentence-transformers cannot load the folder.
        ModelRefused: it gives several labels for a pair.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self.cross = load_model(model, "CrossEncoder")
        if self.cross.num_labels != 1:
            raise ModelRefused(
                f"the model {model.name!r} gives {self.cross.num_labels} labels for a pair, and "
                f"hits are ordered by one score: {_WAY_OUT}"
            )

    @property
    def fingerprint(self) -> str:
        """Identity of the reranker."""
        return self._model.fingerprint

    def score(self, question: str, texts: Sequence[str]) -> LogOdds:
        """Score pairs without the model's own activation; see `Reranker.score`."""
        import torch

        if not texts:
            return np.empty(0, dtype=np.float32)
        scores = self.cross.predict(
            [(question, text) for text in texts],
            batch_size=BATCH,
            activation_fn=torch.nn.Identity(),
            show_progress_bar=False,
        )
        return np.asarray(scores, dtype=np.float32)

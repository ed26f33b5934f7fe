"""Exports a sentence-transformers model as ONNX graphs, for encoders and rerankers.

The whole model becomes one graph, from token ids to the final output, so pooling and dense layers
are included in any architecture. fp32 is an exact copy; int8 (`quantise.py`) answers about twice as
fast.
"""

from __future__ import annotations

import contextlib
import io
import logging
import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from semsearch.core.checksums import sha256_of
from semsearch.core.progress import Progress
from semsearch.core.temporary_folders import (
    make_temporary_folder,
    remove_temporary_folders,
    without_temporary_folders,
)
from semsearch.models.onnx.attention import join_heads
from semsearch.models.onnx.quantise import quantise, save_graph

OPSET = 23
"""The first version of ONNX with attention as one operator, which halves the number of nodes."""

UNLIMITED = 512
"""Most tokens of a model that states no limit; definitions are rarely longer."""

Compute = Callable[[Any, dict[str, Any]], tuple[Any, ...]]
"""Compute the outputs of a model from its named input tensors; their number is constant."""


@dataclass(frozen=True, slots=True)
class ExportedGraph:
    """The written files: inputs of the graphs, and the SHA-256 of every file."""

    inputs: tuple[str, ...]
    sha256: dict[str, str]
    problem: str = ""
    """Why there is no graph, if so."""


def max_tokens(limit: float | None) -> int:
    """Return how many tokens a model reads; `UNLIMITED` if it states no limit."""
    return int(limit) if limit and math.isfinite(limit) else UNLIMITED


@contextlib.contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Give an empty folder that replaces `folder` when the block ends without an error.

    It is replaced as a whole, so that no incomplete export is visible.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = make_temporary_folder(folder.parent)
    try:
        yield scratch
        if folder.exists():
            folder.rename(scratch.with_name(f"{scratch.name}-old"))
        scratch.rename(folder)
    finally:
        remove_temporary_folders(folder.parent)


def write_graphs(
    model: Any,  # noqa: ANN401 - a torch module
    features: Mapping[str, Any],
    observed: Mapping[str, Any],
    compute: Compute,
    folder: Path,
    progress: Progress,
) -> ExportedGraph:
    """Write the tokenizer of a model, and its graphs in both precisions.

    Args:
        model: a sentence-transformers model, in evaluation mode.
        features: output of its `preprocess` for two texts or pairs; the tensors become the inputs.
        observed: the same for all calibration texts, on which the int8 copy is fitted.
        compute: computes the outputs from the model and such tensors.
        folder: an empty folder.
        progress: reports exporting and quantising.

    Returns:
        The written files; an architecture that cannot be exported is a `problem`, not an error.
    """
    tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
    if tokenizer is None:
        return ExportedGraph((), {}, "its tokenizer has no fast form")
    tokenizer.save(str(folder / "tokenizer.json"))
    inputs: tuple[str, ...] = ()
    problem = ""
    try:
        progress.start("exporting to ONNX", 1)
        with _quiet():
            inputs = _to_onnx(model, features, compute, folder)
        progress.advance(1)
        progress.start("quantising to int8", 1)
        numbers = {name: observed[name].numpy() for name in inputs}
        with _quiet():
            quantise(folder / "fp32.onnx", folder / "int8.onnx", numbers)
        progress.advance(1)
    except Exception as error:
        told = without_temporary_folders(f"{type(error).__name__}: {error}")
        problem = told.splitlines()[0]
    files = [f for f in sorted(folder.iterdir()) if f.suffix in {".json", ".onnx", ".bin"}]
    return ExportedGraph(inputs, {f.name: sha256_of(f) or "" for f in files}, problem)


def _to_onnx(
    model: Any,  # noqa: ANN401 - a torch module
    features: Mapping[str, Any],
    compute: Compute,
    folder: Path,
) -> tuple[str, ...]:
    """Export the whole model with `torch.onnx` (the exporter based on `torch.export`)."""
    import torch

    names = [name for name, value in features.items() if isinstance(value, torch.Tensor)]

    class Whole(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: Any) -> tuple[Any, ...]:  # noqa: ANN401 - torch tensors
            return compute(self.model, dict(zip(names, tensors, strict=True)))

    dynamic = torch.export.Dim.DYNAMIC
    program = torch.onnx.export(
        Whole().eval(),
        tuple(features[name] for name in names),
        dynamo=True,
        opset_version=OPSET,
        input_names=names,
        dynamic_shapes=(tuple({0: dynamic, 1: dynamic} for _ in names),),
    )
    graph = program.model_proto
    join_heads(graph.graph)
    save_graph(graph, folder / "fp32.onnx")
    return tuple(names)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Suppress the exporter's output."""
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)

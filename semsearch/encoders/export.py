"""Export a sentence-transformers model to ONNX once, and measure how well the copies agree.

The whole model is exported as one graph, from token ids to the unit vector, so that pooling
and dense layers come along whatever the architecture. fp32 is the exact copy; int8 (dynamic
quantisation, per channel) answers about twice as fast and is used when it agrees.
"""

from __future__ import annotations

import contextlib
import io
import logging
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from semsearch.encoders.models import Model
from semsearch.encoders.onnx import EXPORT_VERSION, Agreement, Export, OnnxEncoder
from semsearch.encoders.sentence import SentenceEncoder
from semsearch.hashing import sha256_of
from semsearch.types import Vectors

PRECISIONS = ("int8", "fp32")
"""Exported precisions, the preferred one first."""

OPSET = 23
"""The first version of ONNX with attention as one operator, which halves the nodes of a graph. The
quantiser mistakes it for another operator of that name, so it is told what to quantise."""

MIN_COSINE = 0.98
MIN_TOP10 = 0.85
"""What a copy must reach to answer instead of the reference. int8 of all-MiniLM-L6-v2 reaches
.99 and about .95; a broken export falls far below (`semsearch build` prints the figures)."""

_SAMPLE = ["a short text", "and a second text that is a little longer than the first one"]


def export_encoder(
    reference: SentenceEncoder, model: Model, folder: Path, texts: Sequence[str]
) -> Export:
    """Export a model into `folder` and choose the precision that answers.

    Args:
        reference: the loaded reference encoder.
        model: the same model's folder.
        folder: where the export goes; replaced as a whole, so a half-written one is never seen.
        texts: texts of the corpus on which the copies are compared with the reference.

    Returns:
        What was written. `precision` is `reference` when no copy agrees or the export failed.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".tmp-", dir=folder.parent))
    try:
        export = _write(reference, model, scratch)
        export = _compare(reference, export, scratch, texts)
        export.save(scratch)
        if folder.exists():
            folder.rename(scratch.with_name(f"{scratch.name}-old"))
        scratch.rename(folder)
    finally:
        for leftover in folder.parent.glob(".tmp-*"):
            shutil.rmtree(leftover, ignore_errors=True)
    return export


def _write(reference: SentenceEncoder, model: Model, folder: Path) -> Export:
    transformer = reference.transformer
    tokenizer = getattr(transformer.tokenizer, "backend_tokenizer", None)
    problem = "" if tokenizer else "its tokenizer has no fast form"
    inputs: tuple[str, ...] = ()
    sha256: dict[str, str] = {}
    if tokenizer is not None:
        tokenizer.save(str(folder / "tokenizer.json"))
        try:
            with _quiet():
                inputs = _to_onnx(transformer, folder)
                _quantise(folder)
        except Exception as error:  # an architecture that cannot be exported still builds
            problem = f"{type(error).__name__}: {error}".splitlines()[0]
        sha256 = {
            f.name: sha256_of(f) or ""
            for f in sorted(folder.iterdir())
            if f.suffix in {".json", ".onnx"}
        }
    return Export(
        version=EXPORT_VERSION,
        fingerprint=model.fingerprint,
        model=model.name,
        dim=reference.dim,
        max_tokens=int(transformer.max_seq_length or 512),
        pad_id=int(getattr(transformer.tokenizer, "pad_token_id", 0) or 0),
        inputs=inputs,
        query_prompt=str((transformer.prompts or {}).get("query", "")),
        sha256=sha256,
        agreement={},
        precision="reference",
        problem=problem,
    )


def _to_onnx(transformer: Any, folder: Path) -> tuple[str, ...]:  # noqa: ANN401 - untyped library
    """Export the whole model with `torch.onnx` (the exporter based on `torch.export`)."""
    import torch

    class Graph(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, names: list[str]) -> None:
            super().__init__()
            self.transformer, self.names = transformer, names

        def forward(self, *tensors: Any) -> Any:  # noqa: ANN401 - torch tensors
            features = dict(zip(self.names, tensors, strict=True))
            vectors = self.transformer(features)["sentence_embedding"]
            return torch.nn.functional.normalize(vectors, dim=-1)

    features = transformer.preprocess(_SAMPLE)
    names = [name for name, value in features.items() if isinstance(value, torch.Tensor)]
    dynamic = torch.export.Dim.DYNAMIC
    program = torch.onnx.export(
        Graph(names).eval(),
        tuple(features[name] for name in names),
        dynamo=True,
        opset_version=OPSET,
        input_names=names,
        output_names=["vectors"],
        dynamic_shapes=(tuple({0: dynamic, 1: dynamic} for _ in names),),
    )
    program.save(str(folder / "fp32.onnx"))
    return tuple(names)


def _quantise(folder: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        str(folder / "fp32.onnx"),
        str(folder / "int8.onnx"),
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gemm", "Gather"],
    )


def _compare(
    reference: SentenceEncoder, export: Export, folder: Path, texts: Sequence[str]
) -> Export:
    agreement: dict[str, Agreement] = {}
    chosen = "reference"
    entries = reference.encode_entries(texts)
    questions = reference.encode_questions(texts)
    for precision in PRECISIONS:
        if f"{precision}.onnx" not in export.sha256:
            continue
        with contextlib.suppress(Exception):  # a graph that cannot be run does not agree
            encoder = OnnxEncoder(folder, export, precision)
            agreement[precision] = agree(questions, encoder.encode_questions(texts), entries)
        found = agreement.get(precision)
        if (
            chosen == "reference"
            and found
            and found.cosine >= MIN_COSINE
            and found.top10 >= MIN_TOP10
        ):
            chosen = precision
    stated = {f: getattr(export, f) for f in Export.__dataclass_fields__}
    return Export(**{**stated, "agreement": agreement, "precision": chosen})


def agree(reference: Vectors, copy: Vectors, entries: Vectors) -> Agreement:
    """Compare two sets of question vectors, over the entries they would search.

    Args:
        reference: (n, d) unit vectors of the reference encoder.
        copy: (n, d) unit vectors of the copy, in the same order.
        entries: (m, d) unit vectors of entries by the reference encoder.
    """
    cosine = float((reference * copy).sum(axis=1).mean())
    k = min(10, len(entries))
    wanted = np.argsort(-(reference @ entries.T), axis=1, kind="stable")[:, :k]
    got = np.argsort(-(copy @ entries.T), axis=1, kind="stable")[:, :k]
    shared = [len(np.intersect1d(a, b)) / k for a, b in zip(wanted, got, strict=True)]
    return Agreement(cosine=round(cosine, 4), top10=round(float(np.mean(shared)), 4))


@contextlib.contextmanager
def _quiet() -> Any:  # noqa: ANN401 - a generator used as a context manager
    """Keep the exporter's steps and notes off the user's screen."""
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)

"""The exported encoder on ONNX Runtime: what answers questions, without torch.

An export is a folder written once by `export.py`:

    encoder.json     what it is (see `Export`), with the SHA-256 of the files beside it
    tokenizer.json   the fast tokenizer
    fp32.onnx  int8.onnx
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from semsearch.encoders.pieces import is_word
from semsearch.errors import IndexDamaged
from semsearch.hashing import sha256_of
from semsearch.types import Vectors

DESCRIPTION = "encoder.json"
EXPORT_VERSION = 1
"""Version of exports; a build exports again what an earlier one wrote."""

BATCH = 16
"""Texts per run; larger batches were slower on two cores."""

THREADS = 2
"""Threads of one run. More than two have not been measured."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far an exported encoder agrees with the reference, on texts of the corpus.

    `cosine` is the mean cosine between the two vectors of a text, `top10` the mean share of
    the ten nearest passages that both find.
    """

    cosine: float
    top10: float


@dataclass(frozen=True, slots=True)
class Export:
    """What `encoder.json` says."""

    version: int
    fingerprint: str
    model: str
    dim: int
    max_tokens: int
    pad_id: int
    inputs: tuple[str, ...]
    query_prompt: str
    sha256: dict[str, str]
    agreement: dict[str, Agreement]
    precision: str
    """The file that answers: `int8`, `fp32`, or `reference` when neither agrees."""
    problem: str = ""
    """Why there is no exported file, when there is none."""

    def save(self, folder: Path) -> None:
        """Write `encoder.json`; the last file of an export, so that it vouches for the others."""
        (folder / DESCRIPTION).write_text(json.dumps(asdict(self), indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Export | None:
        """Read `encoder.json`; None when there is no finished export of this version here."""
        try:
            stated = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
            agreement = {k: Agreement(**v) for k, v in stated.pop("agreement").items()}
            inputs = tuple(stated.pop("inputs"))
            known = {f.name for f in fields(cls)}
            return cls(
                agreement=agreement,
                inputs=inputs,
                **{k: v for k, v in stated.items() if k in known},
            )
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def is_sound(self, folder: Path) -> bool:
        """Whether it is of this version and the files it answers with are as they were written."""
        if self.version != EXPORT_VERSION:
            return False
        if self.precision not in {"int8", "fp32"}:
            return True
        wanted = ("tokenizer.json", f"{self.precision}.onnx")
        return all(sha256_of(folder / name) == self.sha256.get(name) for name in wanted)


class OnnxEncoder:
    """An exported encoder. Several threads may call it; one runs at a time, on two cores."""

    def __init__(self, folder: Path, export: Export, precision: str) -> None:
        import onnxruntime
        from tokenizers import Tokenizer  # noqa: PLC0415

        if not export.is_sound(folder):
            raise IndexDamaged(
                f"the exported encoder in {folder} is missing or altered; "
                "run `semsearch build` to export it again"
            )
        self._export = export
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(export.max_tokens)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(THREADS, os.cpu_count() or 1)
        options.inter_op_num_threads = 1
        # Two threads that wait by sleeping gain nothing on so short a run; spinning they save a third
        # of it. They stop when the run ends, so that the event loop has its core back.
        options.add_session_config_entry("session.intra_op.allow_spinning", "1")
        options.add_session_config_entry("session.force_spinning_stop", "1")
        self._one_run = Lock()  # threads of two runs at once would spin against each other
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / f"{precision}.onnx"), options, providers=["CPUExecutionProvider"]
        )

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._export.dim

    @property
    def fingerprint(self) -> str:
        """Identity of the reference encoder this one was exported from."""
        return self._export.fingerprint

    def encode_entries(self, texts: Sequence[str]) -> Vectors:
        """Embed pieces of definitions; see `Encoder.encode_entries`."""
        encodings = self._tokenizer.encode_batch_fast(list(texts))
        vectors = np.empty((len(encodings), self.dim), dtype=np.float32)
        by_length = sorted(range(len(encodings)), key=lambda i: len(encodings[i].ids))
        for start in range(0, len(by_length), BATCH):
            rows = by_length[start : start + BATCH]
            vectors[rows] = self._run([encodings[i] for i in rows])
        return vectors

    def encode_questions(self, questions: Sequence[str]) -> Vectors:
        """Embed questions; see `Encoder.encode_questions`.

        Each is run by itself: int8 activations are scaled over the whole batch, so that beside a
        long text the vector of a short one moves (cosine down to .96), and an answer must not
        depend on what else was asked.
        """
        prompt = self._export.query_prompt
        rows = [self.encode_entries([prompt + question]) for question in questions]
        return np.concatenate(rows) if rows else np.empty((0, self.dim), dtype=np.float32)

    def is_word(self, text: str) -> bool:
        """Look the word up in the tokenizer; see `Encoder.is_word`."""
        return is_word(self._tokenizer.encode(text, add_special_tokens=False).tokens)

    def _run(self, encodings: list[Any]) -> Vectors:
        width = max(len(e.ids) for e in encodings)
        ids = np.full((len(encodings), width), self._export.pad_id, dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        with self._one_run:
            (vectors,) = self._session.run(None, {n: feeds[n] for n in self._export.inputs})
        return np.asarray(vectors, dtype=np.float32)

"""Runs an exported ONNX model on ONNX Runtime without torch, for encoders and rerankers.

An export is a folder that is written once (`export.py`):

    <noun>.json      description (`ModelExport`), with the SHA-256 of the other files
    tokenizer.json   the fast tokenizer
    fp32.onnx  fp32.bin  int8.onnx  int8.bin

A graph keeps its large tensors in the `.bin` file, which ONNX Runtime maps into memory: processes
share it, and no copy is made while the graph is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from semsearch.core.checksums import sha256_of
from semsearch.core.cores import cores
from semsearch.core.errors import UNREADABLE, IndexDamaged, IndexForbidden

EXPORT_VERSION = 5
"""Version of exports; a build repeats exports of earlier versions."""

READABLE_VERSIONS = (3, 4, EXPORT_VERSION)
"""Versions that answer. Version 3 has the tensors within the graph, 4 more nodes."""

PRECISIONS = ("int8", "fp32")
"""Exported precisions, preferred one first."""

BATCH = 16
"""Texts of a run; 32 were no faster."""

SLOW_FUSIONS = ("SkipLayerNormFusion",)
"""Disabled optimisations of ONNX Runtime. The fused addition and normalisation takes 5 to 10 times
as long as the separate normalisation (docs/decisions/0009)."""

THREADS = 1
"""Threads of one run. Two save a sixth of the time on an idle machine and cost more on any other.
One run on each core, with one thread, answers more questions (docs/decisions/0010)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelExport:
    """The description of an exported model, encoder or reranker."""

    NOUN: ClassVar[str]
    """What the model is called in messages; the description file is named after it."""
    AGREEMENT: ClassVar[type[Any]]
    """How copies are compared with the original."""

    version: int
    fingerprint: str
    model: str
    max_tokens: int
    pad_id: int
    inputs: tuple[str, ...]
    sha256: dict[str, str]
    agreement: dict[str, Any]
    precision: str
    """The file that answers: `int8`, `fp32`, or `reference` if neither agrees."""
    problem: str = ""
    """Why there is no exported file, if so."""

    @classmethod
    def description(cls, folder: Path) -> Path:
        """Return the file that describes the export in a folder."""
        return folder / f"{cls.NOUN}.json"

    def save(self, folder: Path) -> None:
        """Write the description, the last file of an export, with the hashes of the others."""
        self.description(folder).write_text(json.dumps(asdict(self), indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """Read the description; None if there is no complete export of this version.

        Raises:
            IndexForbidden: its permissions forbid it.
        """
        try:
            content = json.loads(cls.description(folder).read_text(encoding="utf-8"))
            content["agreement"] = {k: cls.AGREEMENT(**v) for k, v in content["agreement"].items()}
            content["inputs"] = tuple(content["inputs"])
            known = {f.name for f in fields(cls)}
            return cls(**{k: v for k, v in content.items() if k in known})
        except PermissionError as error:
            raise IndexForbidden(error) from error
        except (OSError, *UNREADABLE):
            return None

    @classmethod
    def find(cls, folder: Path, fingerprint: str) -> Self | None:
        """Return the intact export of the model with this fingerprint and the current version."""
        export = cls.load(folder)
        if export is None or export.version != EXPORT_VERSION:
            return None
        return export if export.fingerprint == fingerprint and export.is_sound(folder) else None

    @classmethod
    def load_stated(cls, folder: Path, fingerprint: str, sha256: str | None) -> Self:
        """Load the export that a manifest names.

        Args:
            folder: of the export.
            fingerprint: of the original model.
            sha256: of the description; not checked if None.

        Raises:
            IndexDamaged: it is missing, altered, or of another model.
        """
        export = cls.load(folder)
        altered = sha256 is not None and sha256 != sha256_of(cls.description(folder))
        if export is None or altered or export.fingerprint != fingerprint:
            raise cls.damaged(folder)
        return export

    @classmethod
    def damaged(cls, folder: Path) -> IndexDamaged:
        """Return the error for an export that is missing or altered."""
        return IndexDamaged(
            f"the exported {cls.NOUN} in {folder} is missing or altered; "
            "run `semsearch build` to export it again"
        )

    def is_sound(self, folder: Path, precision: str | None = None) -> bool:
        """Return whether the version can be read and the needed files are unaltered.

        Args:
            folder: of the export.
            precision: the file that will answer; the chosen one by default.
        """
        if self.version not in READABLE_VERSIONS:
            return False
        answers = precision or self.precision
        if answers not in PRECISIONS:
            return True
        graph, tensors = f"{answers}.onnx", f"{answers}.bin"
        wanted = ["tokenizer.json", graph, *([tensors] if tensors in self.sha256 else [])]
        hashes = {name: sha256_of(folder / name) for name in wanted}
        return all(found is not None and found == self.sha256.get(n) for n, found in hashes.items())


class OnnxSession:
    """A loaded exported model. Thread-safe; each run uses one thread.

    Args:
        folder: of the export.
        export: its description.
        precision: which file to run.
        runs: most runs at once; by default one for each core.

    Raises:
        IndexDamaged: the files are altered.
    """

    def __init__(
        self, folder: Path, export: ModelExport, precision: str, runs: int | None = None
    ) -> None:
        import onnxruntime
        from tokenizers import Tokenizer  # noqa: PLC0415

        if precision not in PRECISIONS or not export.is_sound(folder, precision):
            raise export.damaged(folder)
        self._export = export
        self._runs = runs
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(export.max_tokens)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        options.inter_op_num_threads = THREADS
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / f"{precision}.onnx"),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=list(SLOW_FUSIONS),
        )

    def tokens(self, texts: Sequence[str] | Sequence[tuple[str, str]]) -> list[Any]:
        """Tokenize texts, or pairs of texts; long ones are truncated."""
        return list(self._tokenizer.encode_batch_fast(list(texts)))

    def pieces(self, text: str) -> list[str]:
        """Split a text into word pieces, without special tokens."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).tokens)

    def piece(self, id_: int) -> str | None:
        """Return the word piece of this number."""
        return self._tokenizer.id_to_token(id_)  # type: ignore[no-any-return]

    def stated_tokenizer(self) -> dict[str, Any]:
        """Return what `tokenizer.json` says."""
        return dict(json.loads(self._tokenizer.to_str()))

    def run_all(
        self, encodings: Sequence[Any]
    ) -> Iterator[tuple[list[int], list[NDArray[np.float32]]]]:
        """Compute all outputs for `encodings`, in batches of similar length that run side by side.

        Yields:
            The positions of a batch, and the outputs for these, in that order.
        """
        by_length = sorted(range(len(encodings)), key=lambda i: len(encodings[i].ids))
        batches = [by_length[i : i + BATCH] for i in range(0, len(by_length), BATCH)]
        if len(batches) == 1:
            yield batches[0], self.run([encodings[i] for i in batches[0]])
        elif batches:
            with ThreadPoolExecutor(self._runs or cores()) as pool:
                each = ([encodings[i] for i in rows] for rows in batches)
                yield from zip(batches, pool.map(self.run, each), strict=True)

    def run(self, encodings: Sequence[Any]) -> list[NDArray[np.float32]]:
        """Compute all outputs for `encodings`, padded to the longest."""
        width = max(len(e.ids) for e in encodings)
        ids = np.full((len(encodings), width), self._export.pad_id, dtype=np.int64)
        mask, types = np.zeros_like(ids), np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
            types[row, : len(encoding.ids)] = encoding.type_ids
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        outputs = self._session.run(None, {n: feeds[n] for n in self._export.inputs})
        return [np.asarray(output, dtype=np.float32) for output in outputs]

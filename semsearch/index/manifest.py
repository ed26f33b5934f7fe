"""The manifest of a generation, and `CURRENT`, the pointer to the generation that answers.

`CURRENT` holds the hash of the manifest, and the manifest holds the hashes of the files. All of
them are checked before anything is parsed.
"""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from semsearch.core.checksums import sha256_of
from semsearch.core.errors import FormatTooNew, FormatTooOld, IndexDamaged, IndexMissing
from semsearch.core.index_info import EngineInfo, RerankerInfo
from semsearch.ranking.similarity_baseline import Baseline
from semsearch.ranking.weights import DEFAULT, weights_as_dict
from semsearch.storage.atomic_files import replace_atomically
from semsearch.storage.layout import GenerationLayout, IndexLayout

FORMAT = 7
"""Version of the index files. Any change to their meaning raises it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Content of `MANIFEST.json`."""

    format: int
    generation: int
    store: str
    """Identity of the store that the generation was derived from."""
    revision: int
    """The revision of that store."""
    built_at: str
    built_by: str
    model: str
    encoder_sha256: str | None
    """Of `encoder.json`, which describes the exported encoder; None for an encoder without
    files."""
    fingerprint: str
    embedded_by: str
    """The key of the vectors in the store."""
    dim: int
    precision: str
    engine: EngineInfo
    """What finds entries."""
    phrase_engine: EngineInfo
    """The engine for asked-as phrases."""
    reranker: RerankerInfo | None
    entries: int
    vectors: int
    """Number of vectors of passages and phrases."""
    phrases: int
    mean_words: float
    """Mean number of words of an entry, names included; BM25 compares each entry's length with
    it."""
    similarity_baseline: Baseline
    """Baseline of the similarity over all glossaries together."""
    similarity_baselines: dict[str, Baseline]
    """The same for each glossary."""
    weights: dict[str, float]
    """Weights of the fused score, for which `score_baseline` and `score_baselines` were
    measured."""
    score_baseline: Baseline
    """Baseline of the fused score over all glossaries together."""
    score_baselines: dict[str, Baseline]
    """The same for each glossary."""
    sha256: dict[str, str]

    @property
    def tag(self) -> str:
        """A short text that differs between any two generations; the base of ETags."""
        return f"{self.generation}-{hashlib.sha256(self.to_bytes()).hexdigest()[:12]}"

    def to_bytes(self) -> bytes:
        """Return the content of the file."""
        return json.dumps(asdict(self), indent=2, sort_keys=True).encode()


def publish(layout: IndexLayout, manifest: Manifest) -> None:
    """Make a complete generation the current one."""
    pointer = {
        "format": FORMAT,
        "generation": manifest.generation,
        "manifest_sha256": hashlib.sha256(manifest.to_bytes()).hexdigest(),
    }
    replace_atomically(layout.current, json.dumps(pointer).encode())


def current_generation(layout: IndexLayout) -> tuple[int, str]:
    """Return the number of the current generation and the hash of its manifest.

    Raises:
        IndexMissing: there is no index.
        IndexDamaged: the pointer cannot be read. FormatTooOld, FormatTooNew: another version of
            semsearch wrote it.
    """
    try:
        pointer = json.loads(layout.current.read_bytes())
        version, number, digest = (
            int(pointer["format"]),
            int(pointer["generation"]),
            str(pointer["manifest_sha256"]),
        )
    except FileNotFoundError:
        raise IndexMissing(
            f"there is no index in {layout.root}; run `semsearch build PATHS --index {layout.root}`"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(_damaged(layout.root, "CURRENT cannot be read")) from error
    if version < FORMAT:
        raise FormatTooOld(
            f"the index in {layout.root} has format {version}, this version reads {FORMAT}; "
            f"run `semsearch build PATHS --index {layout.root}` again"
        )
    if version > FORMAT:
        raise FormatTooNew(
            f"the index in {layout.root} has format {version}, this version reads {FORMAT}; "
            "upgrade semsearch"
        )
    return number, digest


@dataclass(frozen=True, slots=True)
class BuiltWith:
    """The encoder of an index, as its manifest names it."""

    model: str
    fingerprint: str


def built_with(layout: IndexLayout) -> BuiltWith | None:
    """Return the encoder of the current generation; None if it cannot be read.

    Builds use it to report a change of the encoder. Nothing is checked, so it also works for
    indexes of another format version.
    """
    try:
        number = int(json.loads(layout.current.read_bytes())["generation"])
        parsed = json.loads(layout.generation(number).manifest.read_bytes())
        return BuiltWith(str(parsed["model"]), str(parsed["fingerprint"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def load_manifest(layout: IndexLayout) -> tuple[Manifest, GenerationLayout]:
    """Return the manifest of the current generation after checking the hashes of all its files.

    Raises:
        StoredIndexError: see `current_generation`; also if a file is missing or altered.
    """
    manifest, files = read_manifest(layout)
    try:
        altered = _altered(files.root, manifest.sha256)
    except OSError as error:
        raise IndexDamaged(_damaged(layout.root, f"{files.root} is incomplete")) from error
    if altered is not None:
        raise IndexDamaged(_damaged(layout.root, f"{altered} is altered"))
    return manifest, files


def read_manifest(layout: IndexLayout) -> tuple[Manifest, GenerationLayout]:
    """Return the manifest of the current generation after checking it, but not the files it lists.

    Raises:
        StoredIndexError: see `current_generation`; also if the manifest is missing or altered.
    """
    number, digest = current_generation(layout)
    files = layout.generation(number)
    try:
        content = files.manifest.read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise IndexDamaged(_damaged(layout.root, f"{files.manifest} is altered"))
        parsed = json.loads(content)
        if parsed["weights"] != weights_as_dict(DEFAULT):
            raise FormatTooOld(
                f"the index in {layout.root} was built by {parsed['built_by']}, which "
                f"weighs scores differently; run `semsearch build PATHS --index {layout.root}` "
                f"again (with `--model {parsed['model']}`, its present encoder, nothing is "
                "embedded again)"
            )
        for one, each in (
            ("similarity_baseline", "similarity_baselines"),
            ("score_baseline", "score_baselines"),
        ):
            parsed[one] = Baseline(**parsed[one])
            parsed[each] = {k: Baseline(**v) for k, v in parsed[each].items()}
        for engine in ("engine", "phrase_engine"):
            parsed[engine] = EngineInfo(**parsed[engine])
        parsed["reranker"] = parsed["reranker"] and RerankerInfo(**parsed["reranker"])
        return Manifest(**parsed), files
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(_damaged(layout.root, f"{files.root} is incomplete")) from error


def _altered(root: Path, sha256: dict[str, str]) -> Path | None:
    """Return the first file whose hash differs from the manifest; hash several at once."""
    paths = [root / name for name in sha256]
    order = sorted(paths, key=lambda path: -path.stat().st_size if path.exists() else 0)
    with ThreadPoolExecutor() as threads:  # hashing releases the GIL
        found = dict(zip(order, threads.map(sha256_of, order), strict=True))
    return next((path for path in paths if found[path] != sha256[path.name]), None)


def _damaged(root: Path, what: str) -> str:
    return (
        f"the index in {root} is damaged: {what}; run `semsearch build PATHS --index {root}`, "
        "which keeps all vectors that were computed before"
    )

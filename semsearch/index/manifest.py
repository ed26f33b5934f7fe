"""The manifest of a generation, and `CURRENT`, the pointer to the generation that answers.

`CURRENT` holds the hash of the manifest, and the manifest holds the hashes of the files. All of
them are checked before anything is parsed.
"""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Protocol

from semsearch.core.checksums import sha256_of
from semsearch.core.errors import (
    UNREADABLE,
    FormatTooNew,
    FormatTooOld,
    IndexDamaged,
    IndexForbidden,
    IndexMissing,
)
from semsearch.core.index_info import EngineInfo, RerankerInfo
from semsearch.core.presentation import Presentation
from semsearch.index.manifest_names import check_names
from semsearch.ranking.similarity_baseline import Baseline
from semsearch.ranking.weights import DEFAULT, weights_as_dict
from semsearch.storage.files.atomic_files import replace_atomically
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.storage.files.layout import IndexLayout

FORMAT = 9
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
    """Of `encoder.json`, which describes the exported encoder, or of `server.json`; None for an
    encoder without files."""
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
    common_questions: str
    """Hash of the common questions that its entries have; empty if they have none."""
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
    presentation: Presentation = field(default_factory=Presentation)
    """How the owner wants the glossaries shown."""
    declines_common_questions: bool = False
    """Whether a build was told to leave common questions out, so that later builds do so, too."""
    candidates: str = ""
    """The set in PostgreSQL that has its vectors and tokens; empty if it has files of them."""

    @property
    def tag(self) -> str:
        """A short text that differs between any two generations; the base of ETags."""
        return f"{self.generation}-{hashlib.sha256(self.to_bytes()).hexdigest()[:12]}"

    def to_bytes(self) -> bytes:
        """Return the content of the file."""
        return json.dumps(asdict(self), indent=2, sort_keys=True).encode()


class StatedModels(Protocol):
    """What a manifest of any format states of its generation and the models of it."""

    @property
    def generation(self) -> int:
        """Number of the generation."""

    @property
    def model(self) -> str:
        """Name of the encoder."""

    @property
    def fingerprint(self) -> str:
        """Identity of the encoder."""

    @property
    def precision(self) -> str:
        """Precision of the encoder for questions."""

    @property
    def encoder_sha256(self) -> str | None:
        """Of `encoder.json` or `server.json`; None for an encoder without files."""

    @property
    def reranker(self) -> RerankerInfo | None:
        """The reranker, if there is one."""


def publish(layout: IndexLayout, manifest: Manifest) -> None:
    """Make a complete generation the current one."""
    replace_atomically(layout.current, pointer_to(manifest))


def pointer_to(manifest: Manifest) -> bytes:
    """Return the content of `CURRENT` that names a generation."""
    pointer = {
        "format": FORMAT,
        "generation": manifest.generation,
        "manifest_sha256": hashlib.sha256(manifest.to_bytes()).hexdigest(),
    }
    return json.dumps(pointer).encode()


def name_store(layout: IndexLayout, identity: str) -> None:
    """Make the current generation one of a store with this identity; nobody may have it open.

    Raises:
        StoredIndexError: see `load_manifest`.
    """
    manifest, files = load_manifest(layout)
    renamed = replace(manifest, store=identity)
    replace_atomically(files.manifest, renamed.to_bytes())
    publish(layout, renamed)


OLDEST_UPGRADED = 5
"""Earliest format that `semsearch upgrade` reads."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """Content of `CURRENT`, of any format."""

    format: int
    generation: int
    manifest_sha256: str


def read_pointer(layout: IndexLayout) -> Pointer:
    """Return what `CURRENT` names.

    Raises:
        IndexMissing: there is no index.
        IndexDamaged: the pointer cannot be read.
        FormatTooNew: a newer version of semsearch wrote it.
    """
    try:
        content = json.loads(layout.current.read_bytes())
        pointer = Pointer(
            int(content["format"]), int(content["generation"]), str(content["manifest_sha256"])
        )
    except FileNotFoundError:
        raise IndexMissing(
            f"there is no index in {layout.root}; run `semsearch build PATHS --index {layout.root}`"
        ) from None
    except PermissionError as error:
        raise IndexForbidden(error) from error
    except (OSError, *UNREADABLE) as error:
        raise IndexDamaged(damaged(layout.root, "CURRENT cannot be read")) from error
    if pointer.format > FORMAT:
        raise FormatTooNew(
            f"the index in {layout.root} has format {pointer.format}, this version reads {FORMAT}; "
            "upgrade semsearch"
        )
    return pointer


def current_generation(layout: IndexLayout) -> tuple[int, str]:
    """Return the number of the current generation and the hash of its manifest.

    Raises:
        IndexMissing: there is no index.
        IndexDamaged: the pointer cannot be read. FormatTooOld, FormatTooNew: another version of
            semsearch wrote it.
    """
    pointer = read_pointer(layout)
    if pointer.format < FORMAT:
        raise FormatTooOld(
            f"the index in {layout.root} has format {pointer.format}, this version reads {FORMAT}; "
            + way_out(layout, pointer.format)
        )
    return pointer.generation, pointer.manifest_sha256


def way_out(layout: IndexLayout, format: int) -> str:
    """Return what a message says about an index of an earlier format."""
    if format < OLDEST_UPGRADED or layout.shared.exists():  # copies are not upgraded
        return f"run `semsearch build PATHS --index {layout.root}` again"
    return f"run `semsearch upgrade --index {layout.root}`, which embeds nothing again"


def read_manifest_bytes(layout: IndexLayout, generation: int, digest: str) -> bytes:
    """Return the manifest of a generation after checking its hash.

    Raises:
        IndexDamaged: it is missing or altered.
        IndexForbidden: its permissions forbid it.
    """
    file = layout.generation(generation).manifest
    try:
        content = file.read_bytes()
    except PermissionError as error:
        raise IndexForbidden(error) from error
    except OSError as error:
        raise IndexDamaged(damaged(layout.root, f"{file.parent} is incomplete")) from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise IndexDamaged(damaged(layout.root, f"{file} is altered"))
    return content


@dataclass(frozen=True, slots=True)
class BuiltWith:
    """The encoder of an index and the choice of its owner, as its manifest states them."""

    model: str
    fingerprint: str
    declines_common_questions: bool
    engine: str


def built_with(layout: IndexLayout) -> BuiltWith | None:
    """Return what the current generation was built with; None if that cannot be read.

    Builds use it to report a change of the encoder, and to go on as before. Nothing is checked, so
    it also works for indexes of another format version.
    """
    try:
        number = int(json.loads(layout.current.read_bytes())["generation"])
        parsed = json.loads(layout.generation(number).manifest.read_bytes())
        declines = parsed.get("declines_common_questions") is True
        engine = str(parsed.get("engine", {}).get("name", ""))
        return BuiltWith(str(parsed["model"]), str(parsed["fingerprint"]), declines, engine)
    except (OSError, *UNREADABLE):
        return None


def load_manifest(layout: IndexLayout) -> tuple[Manifest, GenerationLayout]:
    """Return the manifest of the current generation after checking the hashes of all its files.

    Raises:
        StoredIndexError: see `current_generation`; also if a file is missing or altered.
    """
    manifest, files = read_manifest(layout)
    try:
        altered = _altered(files.root, manifest.sha256)
    except PermissionError as error:
        raise IndexForbidden(error) from error
    except OSError as error:
        raise IndexDamaged(damaged(layout.root, f"{files.root} is incomplete")) from error
    if altered is not None:
        raise IndexDamaged(damaged(layout.root, f"{altered} is altered"))
    return manifest, files


def read_manifest(layout: IndexLayout) -> tuple[Manifest, GenerationLayout]:
    """Return the manifest of the current generation after checking it, but not the files it lists.

    Raises:
        StoredIndexError: see `current_generation`; also if the manifest is missing or altered.
    """
    number, digest = current_generation(layout)
    files = layout.generation(number)
    try:
        parsed = json.loads(read_manifest_bytes(layout, number, digest))
        check_names(parsed)
        if parsed["weights"] != weights_as_dict(DEFAULT):
            raise FormatTooOld(
                f"the index in {layout.root} was built by {parsed['built_by']}, which "
                f"weighs scores differently; {way_out(layout, FORMAT)}"
            )
        for one, each in (
            ("similarity_baseline", "similarity_baselines"),
            ("score_baseline", "score_baselines"),
        ):
            parsed[one] = Baseline(**parsed[one])
            parsed[each] = {k: Baseline(**v) for k, v in parsed[each].items()}
        for engine in ("engine", "phrase_engine"):
            parsed[engine] = EngineInfo(**parsed[engine])
        parsed["presentation"] = Presentation.of(parsed.get("presentation", {}))
        parsed["reranker"] = parsed["reranker"] and RerankerInfo(**parsed["reranker"])
        return Manifest(**parsed), files
    except UNREADABLE as error:
        raise IndexDamaged(damaged(layout.root, f"{files.root} is incomplete")) from error


def _altered(root: Path, sha256: dict[str, str]) -> Path | None:
    """Return the first file whose hash differs from the manifest; hash several at once."""
    paths = [root / name for name in sha256]
    order = sorted(paths, key=lambda path: -path.stat().st_size if path.exists() else 0)
    with ThreadPoolExecutor() as threads:  # hashing releases the GIL
        found = dict(zip(order, threads.map(sha256_of, order), strict=True))
    return next((path for path in paths if found[path] != sha256[path.name]), None)


def damaged(root: Path, what: str) -> str:
    """Return the message of an index that is damaged."""
    return (
        f"the index in {root} is damaged: {what}; run `semsearch build PATHS --index {root}`, "
        "which keeps all vectors that were computed before"
    )


def check_store_exists(layout: IndexLayout) -> None:
    """Refuse an index without a store; a new store would lack all entries."""
    if not layout.store.exists():
        raise IndexDamaged(
            f"the index in {layout.root} has no {layout.store.name}, so it can be read but not "
            "edited or backed up; use the index that it was copied from, or run `semsearch build`"
        )


def check_store_belongs(layout: IndexLayout, identity: str, stated: str) -> None:
    """Refuse a store whose identity is not the one that the manifest states."""
    if identity != stated:
        raise IndexDamaged(
            f"{layout.store} is not the store that the index was made from; run `semsearch build`"
        )

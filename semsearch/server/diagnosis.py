"""Checks an installation and an index: what `semsearch doctor` prints.

Every check calls the function that the program itself calls, so that both say the same. Nothing is
written, except that opening an index may repair the journal of its store, and nothing is
downloaded.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from semsearch.core.cache_folder import VARIABLE, check_cached, trusted_cache_folder
from semsearch.core.cores import cores
from semsearch.core.errors import (
    EncoderUnavailable,
    IndexMissing,
    MissingExtra,
    SemsearchError,
    how_to_install,
)
from semsearch.core.settings import Settings
from semsearch.core.version import __version__
from semsearch.index.manifest import check_store_belongs, check_store_exists, read_manifest
from semsearch.ingest.shared.diagnosis import joined, shared_state
from semsearch.models.encoders import export_cache, hashed, mpnet_parts
from semsearch.models.registry import (
    ACCURATE_DEFINITIONS,
    DEFAULT_MODEL,
    find_model,
    packaged_name,
)
from semsearch.models.server_description import NAME_PREFIX, describe_server_model
from semsearch.search.glossary import Glossary
from semsearch.server.workers import worker_count
from semsearch.server.workers.serve import bound
from semsearch.storage.database import translate_corruption
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.layout import IndexLayout

FIRST_BUILD_BYTES = 400_000_000
"""Room for a first index with the default encoder: its export is 110 MB, in the index, in the cache
and once more while it is copied (`du -sh index/encoders`)."""

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)[^;]*(?:;\s*extra == ['\"]([a-z]+)['\"])?")
_PURPOSES = {
    "build": "building an index, and measuring it",
    "accurate": "the larger encoder, --model accurate",
    "mcp": "`semsearch mcp` and the address /mcp",
    "postgres": "a shared store, --store",
    "tracing": "traces of requests",
}
"""What each extra is for; the extra for developing is not checked."""

_SHOWN = ("onnxruntime", "faiss-cpu", "numpy", "sentence-transformers", "torch")
"""Libraries whose versions are told: they compute vectors, or find them."""


class CheckState(StrEnum):
    """The outcome of a check."""

    OK = "ok"
    WARNING = "warning"
    """Something does not work or will fail, but what is there answers."""
    ERROR = "error"
    """Questions cannot be answered."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was checked, the outcome, and what was found and is to be done."""

    name: str
    state: CheckState
    message: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All checks, in the order in which they are shown."""

    checks: tuple[Check, ...]

    @property
    def is_sound(self) -> bool:
        """Whether no check found an error; there may be warnings."""
        return all(check.state is not CheckState.ERROR for check in self.checks)


def diagnose(settings: Settings) -> Diagnosis:
    """Check the installation, the models, the index and the machine. Reads all files of the index.

    Args:
        settings: which index, model and address.
    """
    found: list[Check] = []
    for check in (_versions, _extras, _model, _cache, _index, _store, _disk, _memory, _port):
        try:
            found.extend(check(settings))
        except OSError as error:
            name = check.__name__.removeprefix("_")
            found.append(Check(name, CheckState.ERROR, f"cannot be checked: {error}"))
    return Diagnosis(tuple(found))


def _ok(name: str, message: str) -> Check:
    return Check(name, CheckState.OK, message)


def _refused(name: str, error: SemsearchError, state: CheckState = CheckState.ERROR) -> Check:
    return Check(name, state, str(error))


def _versions(_settings: Settings) -> Iterator[Check]:
    yield _ok("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield _ok("semsearch", __version__)
    versions = {name: _version(name) for name in _SHOWN}
    yield _ok(
        "libraries", ", ".join(f"{name} {found}" for name, found in versions.items() if found)
    )


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _extras(_settings: Settings) -> Iterator[Check]:
    """Check that all required libraries are there, and which extras."""
    try:
        stated = requires("semsearch") or []
    except PackageNotFoundError:
        yield Check(
            "installation",
            CheckState.WARNING,
            f"semsearch is not installed as a package, so its libraries cannot be checked; "
            f"{how_to_install()}",
        )
        return
    needed: dict[str, list[str]] = {}
    for requirement in stated:
        match = _REQUIREMENT.fullmatch(requirement)  # one for other systems only does not match
        if match is not None:
            needed.setdefault(match[2] or "", []).append(match[1])
    if lost := _missing(needed[""]):
        told = f"not installed: {', '.join(lost)}; {how_to_install()}"
        yield Check("installation", CheckState.ERROR, told)
    else:
        yield _ok("installation", f"all {len(needed[''])} required libraries are installed")
    for extra, purpose in _PURPOSES.items():
        own = [
            name
            for name in needed.get(extra, ())
            if extra == "build" or name not in needed["build"]
        ]
        yield _extra(extra, purpose, own)


def _missing(packages: list[str]) -> list[str]:
    return [name for name in packages if _version(name) is None]


def _extra(extra: str, purpose: str, packages: list[str]) -> Check:
    """Check the libraries of an extra; to have none of them is in order."""
    name, missing = f"extra {extra}", _missing(packages)
    if not missing:
        return _ok(name, f"installed: {purpose}")
    if len(missing) == len(packages):
        return _ok(name, f"not installed: {purpose}; {how_to_install(extra)}")
    told = f"{', '.join(missing)} is missing: {purpose}; {how_to_install(extra)}"
    return Check(name, CheckState.WARNING, told)


def _model(settings: Settings) -> Iterator[Check]:
    """Check the model that a build would use, without loading, unpacking or downloading it."""
    name = settings.model or DEFAULT_MODEL
    packaged = packaged_name(name)
    if name == hashed.NAME:
        yield _ok("model", f"{name} needs no files")
        return
    if name.startswith(NAME_PREFIX):
        yield _server_model(name)
        return
    if packaged is None and not Path(name).is_dir():
        told = f"{name} is of a hub, which is not asked; a build checks it"
        yield Check("model", CheckState.WARNING, told)
        return
    try:
        if packaged in {ACCURATE_DEFINITIONS, mpnet_parts.ACCURATE_MODEL} and not (
            mpnet_parts.is_unpacked()
        ):
            yield _ok("model", f"{name} is not unpacked yet; the first build with it takes 1 GB")
            return
        model = find_model(name)
        is_cached = export_cache.is_cached(model.fingerprint)
    except MissingExtra as error:
        yield _ok("model", f"cannot build: {error}")
    except SemsearchError as error:
        yield _refused("model", error, CheckState.WARNING)
    else:
        exported = "is in the cache" if is_cached else "is made by the first build"
        checked = "are as published" if packaged else "are safe to load"
        yield _ok("model", f"{model.name}: the weights {checked}, its export {exported}")


def _server_model(name: str) -> Check:
    """Ask the embeddings server for one vector, as a build does."""
    try:
        found = describe_server_model(name, None)
    except SemsearchError as error:
        return _refused("model", error, CheckState.WARNING)
    prefixes = f"prefixes {found.query_prefix!r} and {found.passage_prefix!r}"
    return _ok("model", f"the embeddings server has {name}: {found.dim} dimensions, {prefixes}")


def _cache(_settings: Settings) -> Iterator[Check]:
    try:
        folder = trusted_cache_folder()
        check_cached(folder)
    except SemsearchError as error:
        yield _refused("cache folder", error, CheckState.WARNING)
        return
    there = next(place for place in (folder, *folder.parents) if place.exists())
    is_made = there == folder
    if not there.is_dir():
        reason = f"{folder} cannot be made: {there} is a file"
    elif not os.access(there, os.W_OK | os.X_OK):
        reason = f"{folder} cannot be {'written' if is_made else f'made in {there}'}"
    elif is_made:
        yield _ok("cache folder", f"{folder}; nobody else can write to it")
        return
    else:
        yield _ok("cache folder", f"{folder} is made by the first build")
        return
    told = f"{reason}, so every new index exports its encoder; name another folder with {VARIABLE}"
    yield Check("cache folder", CheckState.WARNING, told)


def _index(settings: Settings) -> Iterator[Check]:
    """Open the index as `ask` does, and ask it something."""
    try:
        if settings.store is not None:
            joined(IndexLayout(settings.index), settings.store.get_secret_value())
        with Glossary.open(settings.index, model=settings.model) as glossary:
            info = glossary.info()
            answer = glossary.ask("is the encoder intact", k=1)
            if answer.is_passing:
                glossary.encode(["is the encoder intact"])  # says why
    except EncoderUnavailable as error:
        told = f"{settings.index} answers by words and names only: {error}"
        yield Check("index", CheckState.WARNING, told)
        return
    except SemsearchError as error:
        yield _refused("index", error)
        return
    entries = f"{info.entries:,} {'entry' if info.entries == 1 else 'entries'}"
    yield _ok(
        "index",
        f"{info.path} answers: format {info.format}, generation {info.generation}, {entries}, "
        f"encoder {info.model}; `semsearch verify --deep` checks more",
    )


def _store(settings: Settings) -> Iterator[Check]:
    """Check that the store is that of the generation, and that this user may edit it."""
    layout = IndexLayout(settings.index)
    try:
        manifest, _ = read_manifest(layout)
        check_store_exists(layout)
        with translate_corruption(layout.store), closing(EntryReader(layout.store)) as store:
            identity, revision = store.revision
            later = store.count_changes_since(manifest.revision)
        check_store_belongs(layout, identity, manifest.store)
        shared = shared_state(layout)
    except IndexMissing:
        return  # told by `_index`
    except SemsearchError as error:
        yield _refused("store", error, CheckState.WARNING)
        return
    waiting = f", {later:,} changed since the generation" if later else ""
    yield _ok("store", f"revision {revision}, belongs to the generation{waiting}{shared}")
    closed = [path for path in (layout.root, layout.store) if not os.access(path, os.W_OK)]
    if closed:
        told = (
            f"this user may not write {' and '.join(map(str, closed))}: questions are answered, "
            "edits and builds are refused; run semsearch as the owner of the index"
        )
        yield Check("permissions", CheckState.WARNING, told)
    else:
        yield _ok("permissions", "this user may read, edit and build the index")


def _disk(settings: Settings) -> Iterator[Check]:
    """Compare the free space with what a build writes beside the present generation."""
    root = settings.index.absolute()
    there = next(folder for folder in (root, *root.parents) if folder.exists())
    free, needed = shutil.disk_usage(there).free, _build_bytes(IndexLayout(root))
    told = f"{_size(free)} free at {there}, a build needs some {_size(needed)}"
    if free >= needed:
        yield _ok("disk", told)
    else:
        way_out = "free space on the disk, or choose another folder with --index"
        yield Check("disk", CheckState.WARNING, f"{told}; {way_out}")


def _build_bytes(layout: IndexLayout) -> int:
    """Return the bytes that a build may write: as much as generation and store have now."""
    try:
        _, files = read_manifest(layout)
        return sum(
            path.stat().st_size for path in (*files.root.iterdir(), layout.store) if path.exists()
        )
    except (SemsearchError, OSError):
        return FIRST_BUILD_BYTES


def _memory(_settings: Settings) -> Iterator[Check]:
    free, workers = worker_count.memory(), worker_count.automatic()
    known = "not told by this system" if free == sys.maxsize else f"{_size(free)} free"
    told = f"{known}, {cores()} cores: `serve --workers auto` starts {workers}"
    if free < worker_count.PROCESS_BYTES:
        told += f"; a process may need {_size(worker_count.PROCESS_BYTES)}, so free some memory"
        yield Check("memory", CheckState.WARNING, told)
    else:
        yield _ok("memory", told)


def _port(settings: Settings) -> Iterator[Check]:
    try:
        with bound(settings.host, settings.port):
            yield _ok("port", f"{settings.port} on {settings.host} is free")
    except SemsearchError as error:
        yield _refused("port", error, CheckState.WARNING)


def _size(count: int) -> str:
    """Return bytes in words."""
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"

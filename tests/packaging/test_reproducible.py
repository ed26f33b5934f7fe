"""The wheel and the source archive are the same to the bit, wherever and whenever they are made."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.archives import extract
from tests.conftest import PROJECT

SOURCES = (
    "pyproject.toml",
    ".gitignore",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "DESIGN.md",
    "SECURITY.md",
    "corpus",
    "semsearch",
)
_DAY_S = 86_400


def _checkout(folder: Path, *, age_s: int) -> Path:
    """Copy what the archives are made of; the files are `age_s` old."""
    for source in SOURCES:
        if (PROJECT / source).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(PROJECT / source, folder / source, ignore=ignored)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(PROJECT / source, folder / source)
    then = time.time() - age_s
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (then, then))
    return folder


def _build(folder: Path, to: Path, *, umask: int, zone: str) -> dict[str, str]:
    """Make both archives and return the hash of each file by its name."""
    environment = {name: v for name, v in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", str(to)],
        cwd=folder,
        env=environment | {"TZ": zone, "PYTHONHASHSEED": str(umask)},
        umask=umask,
        check=True,
        capture_output=True,
        timeout=120,
    )
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in to.iterdir()}


@pytest.mark.packaging
def test_archives_are_the_same_to_the_bit(tmp_path: Path) -> None:
    """Folder, time, age of the files, umask and time zone leave no trace in them."""
    first = _checkout(tmp_path / "here", age_s=400 * _DAY_S)
    made = _build(first, tmp_path / "first", umask=0o022, zone="UTC")
    assert sorted(Path(name).suffix for name in made) == [".gz", ".whl"]
    time.sleep(2.1)  # a zip archive counts in steps of two seconds
    second = _checkout(tmp_path / "else" / "where", age_s=0)
    assert _build(second, tmp_path / "second", umask=0o077, zone="Asia/Tokyo") == made


@pytest.mark.packaging
def test_the_wheel_of_the_source_archive_is_the_same(tmp_path: Path) -> None:
    """What is published in source makes what is published as a wheel."""
    made = _build(_checkout(tmp_path / "here", age_s=0), tmp_path / "made", umask=0o022, zone="UTC")
    (archive,) = (tmp_path / "made").glob("*.tar.gz")
    extract(archive, tmp_path / "unpacked")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    again = _build(unpacked, tmp_path / "again", umask=0o022, zone="UTC")
    wheel = next(name for name in made if name.endswith(".whl"))
    assert again[wheel] == made[wheel]

"""Disk images: an ext4 that is mounted from a file, to be copied as a power cut would leave it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOOLS = ("mkfs.ext4", "mount", "umount", "cp")
SIZE = 1 << 27
UNHELPFUL = "commit=300,noauto_da_alloc"
"""Mount options: the file system writes as late as possible, and does not sync by itself."""


def missing() -> str:
    """Return why no image can be mounted here; empty where it can."""
    if os.geteuid():
        return "only root may mount an image"
    if lacking := [tool for tool in TOOLS if shutil.which(tool) is None]:
        return f"there is no {lacking[0]}"
    with tempfile.TemporaryDirectory(prefix="semsearch-torture-") as folder:
        try:
            with mounted(make(Path(folder) / "disk"), Path(folder) / "there"):
                return ""
        except subprocess.CalledProcessError as error:
            return f"no image can be mounted: {error.stderr.strip() or error}"


def make(image: Path) -> Path:
    """Write an image of an empty file system."""
    with image.open("wb") as file:
        file.truncate(SIZE)
    _run("mkfs.ext4", "-q", "-F", str(image))
    return image


@contextmanager
def mounted(image: Path, at: Path) -> Iterator[Path]:
    """Mount an image in a folder, which is made, until the end."""
    at.mkdir(exist_ok=True)
    _run("mount", "-o", f"loop,{UNHELPFUL}", str(image), str(at))
    try:
        yield at
    finally:
        _run("umount", str(at))


@contextmanager
def memory(at: Path) -> Iterator[Path]:
    """Mount an empty disk that is memory in a folder, which is made, until the end."""
    at.mkdir()
    _run("mount", "-t", "tmpfs", "-o", f"size={SIZE >> 2}", "tmpfs", str(at))
    try:
        yield at
    finally:
        _run("umount", "--lazy", str(at))  # a broken promise holds files until it is told


def freeze(mounted: Path) -> None:
    """Make a mounted disk read-only."""
    _run("mount", "-o", "remount,ro", str(mounted))


def copy(image: Path, to: Path) -> None:
    """Copy what has reached the disk; pages that are still in memory only are not in its image."""
    _run("cp", "--sparse=always", str(image), str(to))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)

"""Temporary folders beside the folder that they replace, and the leftovers of killed processes.

Whoever writes a folder that others read writes it under a temporary name first, and renames it when
it is complete. A process that is killed in between leaves the temporary folder. The next one
removes it: the export of a model in `models/onnx/export.py`, a build in `index/retention.py`.
"""

from __future__ import annotations

import re
import secrets
import shutil
from pathlib import Path

PREFIX = ".tmp-"
_STEP = re.compile(rf"[/\\]{re.escape(PREFIX)}[\w-]+")
"""A temporary folder in a path."""


def make_temporary_folder(parent: Path) -> Path:
    """Make an empty folder that nobody reads, on the disk where it will be renamed.

    Its mode follows the umask. `tempfile.mkdtemp` makes 0700, which the folder would keep when it
    is renamed, so that no other user could read the index.
    """
    folder = parent / f"{PREFIX}{secrets.token_hex(8)}"
    folder.mkdir()
    return folder


def remove_temporary_folders(parent: Path) -> None:
    """Remove the temporary folders of all processes; the caller holds the lock of `parent`."""
    for leftover in parent.glob(f"{PREFIX}*"):
        shutil.rmtree(leftover, ignore_errors=True)


def without_temporary_folders(message: str) -> str:
    """Take temporary folders out of the paths in a message: nobody else knows their names."""
    return _STEP.sub("", message)

"""Runs programs as somebody who owns nothing of an index, as a container does."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

OWNER = 10001
"""The user that the index is given to."""


def without_rights_to(folder: Path) -> list[str]:
    """Give a folder to another user, modes as they are, and return the start of a command line.

    What follows it runs without the right of root to pass over modes. The user id stays, so that it
    may run an interpreter that lies in a home folder.
    """
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0 or setpriv is None:
        pytest.skip("needs root and setpriv to run as somebody else")
    for path in (folder, *folder.rglob("*")):
        os.chown(path, OWNER, OWNER)
    lost = "-dac_override,-dac_read_search,-fowner"
    return [setpriv, "--clear-groups", "--inh-caps=-all", f"--bounding-set={lost}"]

"""The command line that starts another process of this installation."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

import semsearch
from semsearch.core.own_command import own_command
from semsearch.core.version import __version__


@pytest.mark.process
def test_the_child_runs_the_same_code(tmp_path: Path) -> None:
    """Also a checkout beside an installed semsearch."""
    copy = tmp_path / "semsearch"
    copytree(Path(semsearch.__file__).parent, copy, ignore=ignore_patterns("__pycache__"))
    version = copy / "core" / "version.py"
    version.write_text(version.read_text().replace(__version__, "99.0"))
    ask = (
        "import subprocess; from semsearch.core.own_command import own_command;"
        "subprocess.run(own_command('--version'), check=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=tmp_path,
        env=os.environ | {"PYTHONSAFEPATH": ""},  # the supervisor sets it for its workers
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("semsearch 99.0\n", "")


@pytest.mark.process
def test_nothing_is_imported_from_the_working_directory(tmp_path: Path) -> None:
    """Whatever lies there."""
    for name in ("typer.py", "json.py"):
        (tmp_path / name).write_text("raise SystemExit('imported')")
    done = subprocess.run(
        own_command("--version"), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == (f"semsearch {__version__}\n", "")

"""What a build shows while it runs: one bar on a terminal, a line for each step elsewhere."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from semsearch.cli.output.common import BuildProgress
from tests.cli.running import run
from tests.conftest import PROJECT

BUILD = ("build", "corpus", "--model", "hashed", "--index")


def test_elsewhere_each_step_is_a_line_without_a_bar(tmp_path: Path) -> None:
    """Standard error has the steps in order, each with its number of parts."""
    done = run(*BUILD, str(tmp_path / "index"))
    lines = done.stderr.decode().splitlines()
    assert (lines[0], lines[-1]) == ("reading", "publishing: 2")
    assert any(line.startswith("embedding: ") for line in lines)
    assert all(line and line.isascii() for line in lines)
    assert done.stdout.decode().startswith("Entries: ")


def test_json_comes_without_any_progress(tmp_path: Path) -> None:
    """With --json nothing is printed on standard error."""
    assert run(*BUILD, str(tmp_path / "index"), "--json").stderr == b""


def test_a_step_of_one_part_has_a_bar_that_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar at 0/1 would look dead for as long as the step takes."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    with BuildProgress(quiet=False) as progress:
        progress.start("loading the encoder", 1)
        (task,) = progress._bar.tasks
        assert task.total is None
        progress.start("embedding", 20)
        (task,) = progress._bar.tasks
        assert task.total == 20


@pytest.mark.process
def test_no_bar_stays_on_a_terminal(tmp_path: Path) -> None:
    """The bar is one line, and it is cleared before the summary."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "semsearch", *BUILD, str(tmp_path / "index")]
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=theirs, stderr=theirs, env=os.environ | {"TERM": "xterm"}
    ) as process:
        os.close(theirs)
        said = b""
        while piece := _read(ours):
            said += piece
    os.close(ours)
    assert process.returncode == 0
    bar, _, summary = said.decode().rpartition("\x1b[2K")
    assert "publishing" in bar
    assert summary.startswith("Entries: ")
    assert "\N{BOX DRAWINGS HEAVY HORIZONTAL}" not in summary
    assert bar.count("\n") == 1  # the cursor leaves the bar, and goes back to clear it


def _read(terminal: int) -> bytes:
    """Read from a terminal; at its end Linux raises an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""

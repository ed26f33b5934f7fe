"""`doctor`: a line for each check, JSON for programs, and an exit code.

Covers `cli/output/doctor`.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.running import run


def test_a_sound_index_is_reported_line_by_line(hashed_index: Path) -> None:
    """Exit code 0, and a last line that sums up."""
    done = run("doctor", "-i", str(hashed_index), "-m", "hashed", "--port", "0")
    lines = done.stdout.decode().splitlines()
    assert (done.returncode, done.stderr) == (0, b"")
    assert lines[0].startswith("ok  Python")
    assert lines[-1] == "everything is in order"


def test_without_an_index_the_exit_code_is_three(tmp_path: Path) -> None:
    """As of any command that needs one; the JSON has the same checks."""
    none = str(tmp_path / "none")
    done = run("doctor", "-i", none, "-m", "hashed", "--port", "0")
    assert (done.returncode, done.stderr) == (3, b"")
    assert done.stdout.decode().endswith("1 error\n")
    done = run("doctor", "-i", none, "-m", "hashed", "--port", "0", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["is_sound"]) == (3, False)
    (error,) = (check for check in told["checks"] if check["state"] == "error")
    assert error["name"] == "index"
    assert error["message"].startswith("there is no index in")

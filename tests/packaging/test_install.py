"""What is shown while packages are installed, with the real pip and a wheel made here."""

from __future__ import annotations

import importlib.util
import os
import pty
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import PROJECT

SCRIPT = PROJECT / "requirements" / "install.py"


@pytest.fixture(scope="module")
def install() -> ModuleType:
    """Give the script as a module."""
    spec = importlib.util.spec_from_file_location("install", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """Give a wheel of one empty module."""
    path = tmp_path / "some_thing-1.2-py3-none-any.whl"
    info = "some_thing-1.2.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("some_thing.py", "")
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: some-thing\nVersion: 1.2\n"
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


def _arguments(folder: Path, what: str) -> list[str]:
    target = str(folder / "target")
    return [sys.executable, str(SCRIPT), "--no-index", "--no-deps", "--target", target, what]


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("  Downloading torch-2.13.0-cp311-none-any.whl (191.2 MB)", "torch 2.13.0 (191.2 MB)"),
        ("Downloading a_b-1.0rc1-py3-none-any.whl (1 kB)", "a-b 1.0rc1 (1 kB)"),
        ("  Using cached opentsne-1.0.4.tar.gz (2.5 MB)", "opentsne 1.0.4 (2.5 MB)"),
        ("Processing /some/where/numpy-2.3.1-cp311-cp311-linux_x86_64.whl", "numpy 2.3.1"),
        ("  Downloading torch-2.13.0-cp311-none-any.whl.metadata (28 kB)", None),
        ("Collecting torch==2.13.0 (from -r requirements/run.lock (line 70))", None),
        ("Requirement already satisfied: pip in ./.venv/lib (23.2.1)", None),
    ],
)
def test_what_is_fetched_is_told_from_what_pip_says(
    install: ModuleType, line: str, package: str | None
) -> None:
    """Name, version and size of files; metadata and names alone are not worth a line."""
    assert install.download_of(line) == package


def test_times_are_said_in_words(install: ModuleType) -> None:
    """Seconds, and minutes from 60 seconds."""
    assert [install.duration(s) for s in (0.4, 59.4, 59.6, 125)] == [
        "0 s",
        "59 s",
        "1 min 0 s",
        "2 min 5 s",
    ]


@pytest.mark.process
def test_a_pipe_gets_a_line_for_each_step(tmp_path: Path, wheel: Path) -> None:
    """No line that changes, no colours."""
    done = subprocess.run(
        _arguments(tmp_path, str(wheel)), capture_output=True, text=True, check=True, timeout=120
    )
    *steps, last = done.stdout.splitlines()
    assert steps == ["  fetching some-thing 1.2", "  unpacking 1 package"]
    assert last.startswith("  installed 1 package (")
    assert "\r" not in done.stdout
    assert "\x1b" not in done.stdout
    assert (tmp_path / "target" / "some_thing.py").exists()


@pytest.mark.process
def test_a_terminal_keeps_nothing_but_the_last_line(tmp_path: Path, wheel: Path) -> None:
    """The line that changes is cleared before the result is written."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(_arguments(tmp_path, str(wheel)), stdout=theirs) as process:
        os.close(theirs)
        said = b""
        while piece := _read(ours):
            said += piece
    os.close(ours)
    assert process.returncode == 0
    before, clear, last = said.rpartition(b"\r\x1b[K")
    assert clear
    assert b"\n" not in before
    assert last.startswith(b"  installed 1 package (")


@pytest.mark.process
def test_when_pip_fails_all_that_it_said_is_shown(tmp_path: Path) -> None:
    """The exit code is that of pip."""
    done = subprocess.run(
        _arguments(tmp_path, "no-such-package-here"),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1
    assert "pip failed" in done.stdout
    assert "No matching distribution found for no-such-package-here" in done.stderr


def _read(terminal: int) -> bytes:
    """Read from a terminal; at its end Linux raises an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""

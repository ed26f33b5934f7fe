"""What systems without the calls of Linux can do: build, ask, edit, and serve by one process.

Nobody runs these tests on Windows. They take away what Windows lacks, and what macOS lacks, from a
process on Linux: modules, functions and constants.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from semsearch.core.errors import InvalidSetting
from semsearch.core.settings import load_settings
from semsearch.server.workers import worker_count
from semsearch.server.workers.serve import serve
from semsearch.storage.files import atomic_files
from tests.conftest import PROJECT

TAKEN_AWAY = """
import asyncio, errno, fcntl, os, signal, socket, subprocess, sys, types

posix = fcntl  # the standard library, which asks whether there is a msvcrt, is loaded above

def locking(descriptor, mode, count):
    try:
        posix.lockf(descriptor, posix.LOCK_EX | posix.LOCK_NB, count, 0, os.SEEK_CUR)
    except BlockingIOError:
        raise PermissionError(errno.EACCES, "Permission denied") from None

sys.modules["msvcrt"] = types.ModuleType("msvcrt")
sys.modules["msvcrt"].locking, sys.modules["msvcrt"].LK_NBLCK = locking, 2
for name in ("fcntl", "grp", "pwd", "resource", "termios", "uvloop"):
    sys.modules[name] = None
for module, names in (
    (os, "getegid geteuid getgid getuid pread pwrite sched_getaffinity setpriority"),
    (signal, "pthread_sigmask"),
    (socket, "SO_REUSEPORT"),
):
    for name in names.split():
        delattr(module, name)

from semsearch.cli import main

def run(*arguments):
    sys.argv = ["semsearch", *arguments]
    try:
        main()
    except SystemExit as stop:
        return stop.code or 0
    return 0
"""

EVERYTHING = """
import json, threading, urllib.request

from semsearch.core.settings import load_settings
from semsearch.server.workers.serve import serve

glossary, index = sys.argv[1:]
assert run("build", glossary, "--model", "hashed", "--index", index) == 0
assert run("add", "bakery", "Peel", "A shovel for loaves.", "--index", index) == 0
assert run("ask", "peel", "--index", index) == 0
assert run("doctor", "--index", index, "--model", "hashed", "--port", "0") == 0
told = []

def request(listening):
    with urllib.request.urlopen(f"{listening.url}/v1/search?q=leaven", timeout=30) as answer:
        told.append(json.load(answer)["hits"][0]["term"])
    signal.raise_signal(signal.SIGTERM)

def ready(listening):
    threading.Thread(target=request, args=(listening,)).start()

serve(load_settings(index=index, port=0), ready)
assert told == ["Leaven"], told
"""

HELD = """
from pathlib import Path
from semsearch.core.errors import IndexBusy
from semsearch.storage.files.atomic_files import file_lock

try:
    with file_lock(Path(sys.argv[1]), 0.1):
        print("free")
except IndexBusy as error:
    print(error)
"""


def _python(program: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", TAKEN_AWAY + program, *map(str, arguments)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


@pytest.mark.process
def test_everything_works_without_the_calls_of_linux(tmp_path: Path) -> None:
    """A glossary is built, edited, asked and served by one process on the loop of asyncio."""
    glossary = tmp_path / "bakery.csv"
    glossary.write_text("term,definition\nLeaven,Fermented dough.\nCrumb,The inside of a loaf.\n")
    done = _python(EVERYTHING, glossary, tmp_path / "index")
    assert done.returncode == 0, done.stderr
    assert "starts 1" in done.stdout


@pytest.mark.process
def test_a_lock_of_another_process_is_seen_with_its_holder(tmp_path: Path) -> None:
    """It is free again when that process has died."""
    lock = tmp_path / "LOCK"
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            TAKEN_AWAY + "from pathlib import Path\n"
            "from semsearch.storage.files.atomic_files import file_lock\n"
            "with file_lock(Path(sys.argv[1])):\n    print('held', flush=True)\n    input()",
            str(lock),
        ],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert f"is under way (process {holder.pid})" in _python(HELD, lock).stdout
        holder.kill()
        holder.wait()
    assert _python(HELD, lock).stdout == "free\n"


def test_several_processes_are_refused_where_they_cannot_be_started(
    hashed_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So are metrics, which a process of its own exports."""
    monkeypatch.setattr(worker_count, "HAS_SEVERAL", False)
    assert worker_count.automatic() == 1
    for given in ({"workers": 2}, {"workers": 1, "metrics_port": 0}):
        with pytest.raises(InvalidSetting, match="start it with --workers 1"):
            serve(load_settings(index=hashed_index, port=0, **given))


def test_a_folder_that_cannot_be_opened_is_not_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files still are, opened for writing as Windows wants it."""
    monkeypatch.setattr(atomic_files, "_SYNCS_FOLDERS", False)
    file = tmp_path / "file"
    file.write_bytes(b"old")
    atomic_files.replace_atomically(file, b"new")
    assert file.read_bytes() == b"new"

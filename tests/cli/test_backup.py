"""`semsearch backup`, `restore-backup` and `verify`: what they print, and their exit codes."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.running import run


@pytest.fixture
def saved(hashed_index: Path, tmp_path: Path) -> Path:
    """Give a backup of an index."""
    file = tmp_path / "saved.semsearch"
    assert run("backup", str(file), "-i", str(hashed_index)).returncode == 0
    return file


def test_a_backup_says_what_it_holds(hashed_index: Path, tmp_path: Path) -> None:
    """The revision, the size and when it was made, for people and for programs."""
    file = tmp_path / "saved.semsearch"
    said = run("backup", str(file), "-i", str(hashed_index)).stdout.decode()
    assert said.startswith(f"backed up {hashed_index} into {file} (revision ")
    assert re.search(r", [\d.]+ MB, made \d{4}-\d\d-\d\dT", said)
    stated = json.loads(run("backup", str(file), "-i", str(hashed_index), "--json").stdout)
    assert stated["size"] == file.stat().st_size


def test_an_index_comes_back_and_is_sound(saved: Path, tmp_path: Path) -> None:
    """`restore` makes the folder; the entries answer as before."""
    index = str(tmp_path / "back")
    done = run("restore-backup", str(saved), "-i", index)
    assert done.stdout.decode().startswith(f"restored {index} from {saved} (revision ")
    assert "is sound: generation 1 with 7 entries" in run("verify", "-i", index).stdout.decode()
    answer = json.loads(run("ask", "crumb", "-i", index, "--json").stdout)
    assert answer["hits"][0]["term"] == "Crumb"


def test_nothing_is_restored_over_an_index(saved: Path, hashed_index: Path, tmp_path: Path) -> None:
    """One line that says so, and exit code 3 or 2; the index stays as it was."""
    index = Path(shutil.copytree(hashed_index, tmp_path / "index"))
    done = run("restore-backup", str(saved), "-i", str(index))
    assert done.returncode in (2, 3)
    assert done.stderr.decode().startswith("semsearch: ")
    assert done.stderr.count(b"\n") == 1
    assert run("verify", "-i", str(index)).returncode == 0


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    """The error is one line with the name of the file."""
    file = tmp_path / "photo.jpg"
    file.write_bytes(b"no backup")
    done = run("restore-backup", str(file), "-i", str(tmp_path / "new"))
    assert done.returncode in (2, 3)
    assert str(file) in done.stderr.decode()
    assert not (tmp_path / "new" / "store.db").exists()


def test_damage_is_named_by_its_file(hashed_index: Path, tmp_path: Path) -> None:
    """The exit code is 3."""
    index = Path(shutil.copytree(hashed_index, tmp_path / "index"))
    damaged = index / "generations" / "000001" / "vectors.f32"
    damaged.write_bytes(damaged.read_bytes()[:-4] + b"\x00\x01\x02\x03")
    done = run("verify", "-i", str(index))
    assert done.returncode == 3
    assert "vectors.f32" in done.stderr.decode()

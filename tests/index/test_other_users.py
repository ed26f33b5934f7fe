"""An index built by one user is read by another, as in a container that does not run as root."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from semsearch.core.temporary_folders import make_temporary_folder
from semsearch.models.onnx.export import replacing
from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now
from tests.cli.running import run
from tests.conftest import PROJECT
from tests.other_user import without_rights_to

ASK = (sys.executable, "-m", "semsearch", "ask", "leaven", "--index")


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Give an index that the command line has built under the umask of this process."""
    glossary, index = tmp_path / "bakery.md", tmp_path / "index"
    glossary.write_text("## Leaven\n\nA piece of fermented dough.\n", encoding="utf-8")
    assert run("build", str(glossary), "--model", "hashed", "--index", str(index)).returncode == 0
    return index


def _ask(index: Path) -> subprocess.CompletedProcess[str]:
    command = [*without_rights_to(index), *ASK, str(index)]
    return subprocess.run(
        command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.process
def test_another_user_reads_what_a_build_wrote(built: Path) -> None:
    """The modes follow the umask; only the file of keys is for its owner alone."""
    KeyStore(built / "keys.db").create(name="Ann", scope=KeyScope.EDIT, now=utc_now())
    asked = _ask(built)
    assert (asked.returncode, asked.stderr) == (0, "")
    closed = {path.name for path in built.rglob("*") if path.stat().st_mode & 0o077 == 0}
    assert closed == {"keys.db", "keys.db-journal", "keys.reserve"}


@pytest.mark.process
@pytest.mark.parametrize(
    "path",
    [
        "CURRENT",
        "generations/000001",
        "generations/000001/MANIFEST.json",
        "generations/000001/postings.i32",
    ],
)
def test_the_message_names_permissions(built: Path, path: str) -> None:
    """A file that may not be read is not called damaged, and no build is advised."""
    (built / path).chmod(0o700 if (built / path).is_dir() else 0o600)
    asked = _ask(built)
    assert asked.returncode == 3
    assert f"{built / path}" in asked.stderr
    assert "permission denied" in asked.stderr
    assert "damaged" not in asked.stderr
    assert "semsearch build" not in asked.stderr


def test_an_exported_model_is_for_all_who_may_read_the_index(tmp_path: Path) -> None:
    """`mkdtemp` would make it 0700, whatever the umask."""
    ordinary = tmp_path / "ordinary"
    ordinary.mkdir()
    with replacing(tmp_path / "encoders" / "abc") as scratch:
        (scratch / "encoder.json").write_text("{}")
    for folder in (tmp_path / "encoders" / "abc", make_temporary_folder(tmp_path)):
        assert folder.stat().st_mode == ordinary.stat().st_mode

"""What `semsearch build` prints, and what it refuses."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.running import run


@pytest.mark.model
def test_a_build_says_that_the_encoder_changed(seed_index: Path, tmp_path: Path) -> None:
    """The message has both encoders, the number of texts embedded again, and the way back."""
    index = tmp_path / "index"
    shutil.copytree(seed_index / "encoders", index / "encoders")  # nothing is to be exported
    build = ("build", "corpus", "-i", str(index))
    assert "changed from" not in run(*build, "-m", "hashed").stdout.decode()
    done = run(*build)
    changed = (
        r"The encoder changed from hashed to semsearch-definitions-v4: (\d+) of \1 texts had to be "
        r"embedded for it; `--model hashed` goes back\n"
    )
    assert re.search(changed, done.stdout.decode())
    back = run(*build, "-m", "hashed").stdout.decode()
    assert re.search(r"to hashed: 0 of \d+ texts .*; `--model semsearch-definitions-v4`", back)
    assert "changed from" not in run(*build, "-m", "hashed").stdout.decode()


def test_an_encoder_that_is_not_the_one_of_the_index(hashed_index: Path) -> None:
    """Refused by every command that asks, with what the index has and what to do."""
    for name in ("base", "default"):
        done = run("info", "-i", str(hashed_index), env={"SEMSEARCH_MODEL": name})
        said = done.stderr.decode()
        assert done.returncode == 3
        assert f"was built with the encoder hashed, not {name}; run `semsearch build PATHS" in said
        assert "or name the encoder it has (--model, SEMSEARCH_MODEL), or none" in said
    assert run("info", "-i", str(hashed_index), env={"SEMSEARCH_MODEL": "hashed"}).returncode == 0


def test_build_reports_what_it_took_and_what_it_refused(tmp_path: Path) -> None:
    """Counts, and file:line with the reason for each refused record."""
    table = tmp_path / "words.csv"
    table.write_text("Wort,Sinn\nKiel,Der unterste Balken.\nMast,\n", encoding="utf-8")
    index = str(tmp_path / "index")
    columns = "term=Wort,definition=Sinn"
    done = run("build", str(table), "-i", index, "-m", "hashed", "--columns", columns)
    shown = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    assert f"refused {table}:3: " in shown
    assert "Entries: 1 new, 0 changed, 0 unchanged, 0 gone, 1 refused" in shown
    again = run("build", str(table), "-i", index, "-m", "hashed", "--columns", columns, "--json")
    report = json.loads(again.stdout)
    assert (report["published"], report["changes"]["unchanged"]) == (False, 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"en,ko\na,b\n", "no term and no definition column"),
        (b"term,definition\ncaf\x81,x\n", "words.csv:2: byte 0x81"),
    ],
)
def test_a_source_that_cannot_be_read_builds_nothing(
    tmp_path: Path, content: bytes, message: str
) -> None:
    """One line with the place, exit code 2."""
    (tmp_path / "words.csv").write_bytes(content)
    done = run("build", str(tmp_path / "words.csv"), "-i", str(tmp_path / "index"), "-m", "hashed")
    assert done.returncode == 2
    assert message in done.stderr.decode()
    assert not (tmp_path / "index" / "CURRENT").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("no-such-folder",), "no such file or folder"),
        (("Makefile",), "Makefile"),
        (("corpus", "--columns", "term"), "'term' is not FIELD=COLUMN"),
    ],
)
def test_paths_and_columns_that_make_no_sense(
    tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    """Each says what is wrong with which value."""
    done = run("build", *arguments, "-i", str(tmp_path / "index"), "-m", "hashed")
    assert done.returncode == 2
    assert message in done.stderr.decode()


def test_an_index_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A file in its place, and a folder without a name in UTF-8: an exit code, no traceback."""
    (tmp_path / "file").touch()
    for index in (str(tmp_path / "file"), "/proc/nothing"):
        done = run("build", "corpus", "-i", index, "-m", "hashed")
        assert done.returncode == 3, done.stderr
        assert "cannot be written" in done.stderr.decode()
    done = run("info", "-i", bytes(tmp_path) + b"/caf\xe9")
    assert done.returncode == 3
    assert "there is no index" in done.stderr.decode()

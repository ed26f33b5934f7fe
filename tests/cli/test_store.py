"""The commands of a shared store: `store`, `copy`, and `--store` of others.

Covers `cli/copy`, `cli/store`, `ingest/shared/diagnosis`.
"""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from semsearch.ingest.shared.local_copy import database_of
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.shared_setting import shared_url
from tests.cli.running import run
from tests.postgres_server import TestServer
from tools.docs.tables import all_commands


@pytest.fixture
def url(postgres_server: TestServer) -> Iterator[str]:
    """Give the address of an empty database; a program that ends closes its connections."""
    found = postgres_server.new_database()
    yield found
    database_of(found).close()
    database_of.cache_clear()


def told(*words: object, code: int = 0, **env: str) -> str:
    """Run a command, check its exit code, and return what it printed, in one line."""
    done = run(*(str(word) for word in words), env=env)
    text = (done.stdout + done.stderr).decode()
    assert done.returncode == code, text
    return " ".join(text.split())


def test_from_a_folder_to_two_servers_and_back(
    url: str, hashed_index: Path, tmp_path: Path
) -> None:
    """Each command says what it did; an edit of one copy is answered by the other."""
    one, other, back = (tmp_path / name for name in ("one", "other", "back"))
    assert "semsearch store migrate" in told("copy", hashed_index, url, code=3)
    assert "0001_store" in told("store", "migrate", "--store", url)
    assert "is up to date" in told("store", "migrate", "--store", url)
    copied = told("copy", hashed_index, "store", SEMSEARCH_STORE=url)
    assert "copied and verified: 7 entries" in copied
    assert "nothing was copied" in told("copy", hashed_index, url, "--if-empty")
    assert "Crumb" in told("ask", "the inside of a loaf", "--store", url, "--index", one)
    told("add", "bakery", "Scoring", "Cutting the surface of the dough.", "--index", one)
    question = "cutting the surface of the dough"
    assert "Scoring" in told("ask", question, "--store", url, "--index", other)
    told("keys", "create", "--name", "Ann", "--index", one)
    assert "Ann" in told("keys", "list", "--index", one)
    info = told("info", "--index", other)
    assert "in step" in info
    assert "Refused purge and upgrade" in info
    doctor = told("doctor", "--index", other)
    assert "which is at revision 8 and has" in doctor
    assert "files of generations in PostgreSQL" in doctor
    told("verify", "--index", other)
    told("backup", tmp_path / "backup.tar", "--index", other)
    with tarfile.open(tmp_path / "backup.tar") as archive:
        assert "SHARED" not in archive.getnames(), "it may have a password"
    told("publish", "--index", other)
    assert "cannot be purged here" in told("purge", "bakery:crumb", "--index", other, code=3)
    assert "1 keys" in told("copy", "store", back, SEMSEARCH_STORE=url)


def test_a_build_goes_into_the_store(url: str, tmp_path: Path) -> None:
    """It is the first one; `SEMSEARCH_STORE` is the same as the option."""
    corpus = tmp_path / "kitchen.md"
    corpus.write_text("# Kitchen\n\nSieve\n: A mesh that holds back lumps.\n", encoding="utf-8")
    told("store", "migrate", SEMSEARCH_STORE=url)
    given = ("--model", "hashed", "--store", url)
    told("build", corpus, "--index", tmp_path / "one", *given)
    question = ("ask", "a mesh that holds back lumps", "--index", tmp_path / "two")
    assert "Sieve" in told(*question, SEMSEARCH_STORE=url)


def test_files_move_into_a_folder_and_back(url: str, hashed_index: Path, tmp_path: Path) -> None:
    """The command says where they are; a server fetches them from there."""
    pytest.importorskip("obstore", reason="the extra objects is not installed")
    folder, one = tmp_path / "objects", tmp_path / "one"
    told("store", "migrate", "--store", url)
    empty = told("store", "files", folder.as_uri(), SEMSEARCH_STORE=url)
    assert f"0 files of 0.0 MB are in {folder.as_uri()}" in empty
    told("copy", hashed_index, "store", SEMSEARCH_STORE=url)
    stored = [path for path in folder.rglob("*") if path.is_file()]
    shown = told("store", "files", "--store", url)
    assert f"{len(stored)} files of" in shown
    assert f"MB are in {folder.as_uri()}" in shown
    told("ask", "the inside of a loaf", "--store", url, "--index", one)
    stored[0].unlink()
    assert f"files are missing there, such as {stored[0].name}" in told(
        "store", "files", "--store", url
    )
    lost = told("store", "files", "postgresql", "--store", url, code=3)
    assert f"the file {stored[0].name} of a generation is missing" in lost
    told("publish", "--index", one)
    assert "are in postgresql" in told("store", "files", "postgresql", "--store", url)
    assert "Crumb" in told("ask", "the inside of a loaf", "--store", url, "--index", tmp_path / "2")
    gone = (tmp_path / "gone").as_uri()
    told("store", "files", gone, "--lost", "--store", url)
    assert "files are missing there" in told("store", "files", "--store", url)
    told("store", "files", "postgresql", "--lost", "--store", url)
    told("publish", "--index", one)
    assert "missing" not in told("store", "files", "--store", url)
    wrong = told("store", "files", "s3://key:secret@bucket", "--store", url, code=2)
    assert "credentials belong into the environment" in wrong
    assert "secret" not in wrong


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    """Without a store, between two folders, with an address of something else."""
    assert "no store is named" in told("store", "migrate", code=2)
    assert "`semsearch backup`" in told("copy", tmp_path / "a", tmp_path / "b", code=2)
    assert "which is not set" in told("copy", tmp_path / "a", "store", code=2)
    pytest.importorskip("psycopg_pool", reason="the extra postgres is not installed")
    wrong = ("ask", "x", "--store", "mysql://x", "--index", tmp_path / "c")
    assert "does not begin with postgresql://" in told(*wrong, code=2)


def test_a_mistyped_address_leaves_nothing_behind(
    url: str, hashed_index: Path, tmp_path: Path
) -> None:
    """Neither a folder nor a setting; what is wrong is told without the password."""
    folder = tmp_path / "new" / "index"
    corpus = tmp_path / "kitchen.md"
    corpus.write_text("# Kitchen\n\nSieve\n: A mesh that holds back lumps.\n", encoding="utf-8")
    wrong = "postgresql://ann:SECRET@127.0.0.1:1/glossary"
    for words in (
        ("ask", "x", "--index", folder, "--store", wrong),
        ("build", corpus, "--model", "hashed", "--index", folder, "--store", wrong),
        ("copy", "store", folder),
        ("copy", hashed_index, "store"),
        ("store", "migrate"),
    ):
        text = told(*words, code=3, SEMSEARCH_STORE=wrong)
        assert "the store postgresql://127.0.0.1:1/glossary cannot be reached" in text
        assert "Connection refused" in text
        assert "check host and port of the address" in text
        assert "SECRET" not in text
        assert "copy of this machine" not in text
        assert not folder.parent.exists()
    told("store", "migrate", "--store", url)
    assert "has no glossary yet" in told("ask", "x", "-i", folder, "--store", url, code=3)
    assert not folder.parent.exists()


OF_ONE_FOLDER = {"follow", "lint", "diff", "purge", "restore-backup", "upgrade"}
"""They check a corpus, or make or change an index that has a store of its own."""


def test_every_command_of_an_index_takes_a_store() -> None:
    """One declaration for all; what is not done to a shared store has no such option."""
    found = {
        name: {option for one in command.params for option in one.opts}
        for name, command in all_commands()
    }
    with_index = {name for name, options in found.items() if "--index" in options}
    with_store = {name for name, options in found.items() if "--store" in options}
    assert with_index - with_store == OF_ONE_FOLDER
    assert with_store - with_index == {"store migrate", "store files"}


@pytest.fixture
def filled(url: str, hashed_index: Path) -> str:
    """Give the address of a store with the small glossary."""
    told("store", "migrate", SEMSEARCH_STORE=url)
    told("copy", hashed_index, "store", SEMSEARCH_STORE=url)
    return url


def test_a_command_makes_the_copy(filled: str, tmp_path: Path) -> None:
    """An empty folder is enough for whoever names the store; nothing else is said twice."""
    for number, (arguments, expected) in enumerate(
        (
            (["add", "bakery", "Scoring", "Cutting the surface of dough."], "bakery:scoring"),
            (["change", "bakery:crumb", "-d", "The soft inside."], "bakery:crumb"),
            (["delete", "bakery:leaven"], "bakery:leaven"),
            (["teach", "what is inside of a loaf?", "Crumb"], "bakery:crumb"),
            (["history", "bakery:crumb"], "build"),
            (["publish"], "published all edits"),
            (["keys", "create", "--name", "Ann"], "This is the key"),
            (["keys", "list"], "Ann"),
            (["info"], "in step"),
            (["show", "Crumb"], "Crumb"),
            (["list"], "Crumb"),
            (["verify"], "is sound"),
            (["export", "bakery", "--format", "jsonl"], "Crumb"),
            (["calibrate", "--reset"], "calibration"),
            (["doctor"], "it is a copy of"),
        )
    ):
        folder = tmp_path / f"{number}"
        done = run(*arguments, "--index", str(folder), "--store", filled)
        assert expected in " ".join((done.stdout + done.stderr).decode().split())
        assert shared_url(IndexLayout(folder)) == filled


def test_an_index_of_its_own_is_not_made_a_copy(
    filled: str, hashed_index: Path, tmp_path: Path
) -> None:
    """Whoever has SEMSEARCH_STORE set is told which folder it is, and what to do."""
    own = Path(shutil.copytree(hashed_index, tmp_path / "own"))
    said = told("add", "bakery", "A", "B c.", "--index", own, code=2, SEMSEARCH_STORE=filled)
    assert "has a store of its own; name another folder with --index" in said
    assert not (own / "SHARED").exists()


def test_candidates_move_into_postgresql(url: str, hashed_index: Path, tmp_path: Path) -> None:
    """`info` says which engine there is, and why; what a store cannot have is refused."""
    one = tmp_path / "one"
    assert "has pgvector 0." in told("store", "migrate", "--pgvector", "--store", url)
    told("copy", hashed_index, url)
    told("ask", "a heavy pot", "--index", one, "--store", url)
    there_is_none = told("publish", "--index", one, "--engine", "annoy", code=2)
    assert "there is no engine 'annoy'; choose one of auto, flat, hnsw, pgvector" in there_is_none
    assert "shared store" in told("publish", "-i", hashed_index, "--engine", "pgvector", code=2)
    assert "published" in told("publish", "--index", one, "--engine", "pgvector")
    assert "nothing to publish" in told("publish", "--index", one, "--engine", "pgvector")
    assert "pgvector, as it was asked for, in PostgreSQL" in told("info", "--index", one)
    assert "Dutch Oven" in told("ask", "a heavy pot with a lid", "--index", one)

"""Generations travel through S3, of which `moto` runs a server on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from semsearch.core.own_command import own_command
from semsearch.core.progress import Silent
from semsearch.core.shared_store_errors import StoreUnavailable
from semsearch.index.shared_files import needed_files
from semsearch.index.verify import verify
from semsearch.ingest import Editor
from semsearch.ingest.publish import publish_edits
from semsearch.ingest.shared.file_moves import move_files, stored_files
from semsearch.ingest.shared.local_copy import catch_up, database_of, join_store, opened
from semsearch.ingest.shared.moves import copy_into_store
from semsearch.storage.files import object_files
from semsearch.storage.files.file_places import FilePlace, file_place
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.object_files import ObjectFiles
from tests.contracts.file_places import FilePlaceContract
from tests.ingest.shared.test_local_copy import SCORING, first_hit
from tests.postgres_server import running_server
from tests.server.service_process import comes

if TYPE_CHECKING:
    from moto.server import ThreadedMotoServer

ADDRESS = "s3://glossaries/semsearch files"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadedMotoServer]:
    """Yield a server of S3 with a bucket, which the environment names."""
    pytest.importorskip("obstore", reason="the extra objects is not installed")
    moto = pytest.importorskip("moto.server", reason="moto is not installed")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    httpx2.post(f"http://{host}:{port}/moto-api/reset").raise_for_status()
    httpx2.put(f"http://{host}:{port}/glossaries").raise_for_status()
    yield server
    server.stop()


@pytest.mark.usefixtures("s3")
class TestS3(FilePlaceContract):
    """Objects of S3, the large ones in parts."""

    @pytest.fixture
    def place(self, s3: ThreadedMotoServer) -> FilePlace:
        """Give a bucket without files."""
        return ObjectFiles(ADDRESS, "store")

    def damage(self, place: FilePlace, digest: str) -> None:
        """Put another content."""
        assert isinstance(place, ObjectFiles)
        import obstore

        obstore.put(place._store, place._path(digest), b"x")


@pytest.mark.usefixtures("s3")
def test_a_missing_bucket_is_told() -> None:
    """It is not taken for an empty one."""
    place = ObjectFiles("s3://missing", "store")
    with pytest.raises(StoreUnavailable, match=r"cannot be reached in s3://missing.*NoSuchBucket"):
        place.sizes()


@pytest.fixture
def url(hashed_index: Path, s3: ThreadedMotoServer) -> Iterator[str]:
    """Give the address of a store whose files are in S3."""
    from semsearch.storage.postgres.migrating import migrate  # noqa: PLC0415 - an extra

    with running_server() as postgres:
        found = postgres.new_database()
        migrate(database_of(found))
        copy_into_store(IndexLayout(hashed_index), database_of(found), Silent())
        move_files(database_of(found), ADDRESS, Silent())
        yield found
        database_of(found).close()
        database_of.cache_clear()


@pytest.fixture
def new_server(url: str, tmp_path: Path) -> Callable[[str], IndexLayout]:
    """Give a function that makes the index folder of a server, from nothing."""

    def make(name: str) -> IndexLayout:
        join_store(IndexLayout(tmp_path / name), url, Silent())
        return IndexLayout(tmp_path / name)

    return make


def add(layout: IndexLayout, term: str) -> None:
    """Add an entry on a server."""
    with Editor(layout.root) as editor:
        editor.add("bakery", replace(SCORING, term=term))


def test_servers_share_generations_by_s3(
    url: str, new_server: Callable[[str], IndexLayout], s3: ThreadedMotoServer
) -> None:
    """While it is away, a publication is refused; afterwards it succeeds, and others fetch it."""
    one, other = new_server("one"), new_server("other")
    add(one, "First")
    assert publish_edits(one, Silent())
    catch_up(other, database_of(url), Silent())
    verify(other.root)
    add(one, "Second")
    s3.stop()
    with pytest.raises(StoreUnavailable, match="cannot be reached in s3://glossaries"):
        publish_edits(one, Silent())
    assert first_hit(one, "Second") == "Second"
    s3._port = int(os.environ["AWS_ENDPOINT_URL"].rpartition(":")[2])
    s3.start()
    assert publish_edits(one, Silent())
    catch_up(other, database_of(url), Silent())
    assert one.current.read_bytes() == other.current.read_bytes()
    assert first_hit(new_server("new"), "Second") == "Second"
    stored = stored_files(database_of(url))
    assert stored.setting.address == ADDRESS
    assert not stored.missing


def test_another_server_publishes_when_the_publisher_was_killed(
    url: str, new_server: Callable[[str], IndexLayout]
) -> None:
    """Wherever it was: no generation lacks a file, and no file is left over."""
    one, other = new_server("one"), new_server("other")
    for turn in range(6):
        add(one, f"Term {turn}")
        with subprocess.Popen(
            own_command("publish", "--index", str(one.root)), stderr=subprocess.DEVNULL
        ) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.5 + 0.3 * turn)
            process.kill()
        publish_edits(other, Silent())
        with opened(database_of(url)) as shared:
            assert file_place(shared.connection).sizes().keys() == needed_files(shared.connection)
    verify(new_server("new").root)
    catch_up(one, database_of(url), Silent())
    assert one.current.read_bytes() == other.current.read_bytes()


def test_workers_fetch_after_their_supervisor_did(
    url: str, new_server: Callable[[str], IndexLayout], tmp_path: Path
) -> None:
    """Threads of obstore do not survive a fork, so that a forked worker would fetch for ever."""
    one = new_server("one")
    layout = IndexLayout(tmp_path / "served")
    command = own_command(
        *("serve", "--store", url, "--index", str(layout.root), "--workers", "2", "--port", "0")
    )
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            assert comes(layout.current.exists, 60)
            add(one, "First")
            assert publish_edits(one, Silent())
            wanted = one.current.read_bytes()
            assert comes(lambda: layout.current.read_bytes() == wanted, 60)
        finally:
            process.terminate()
            process.wait(30)


def test_large_files_are_never_whole_in_memory(
    s3: ThreadedMotoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that puts and fetches one needs some parts of it."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the peak of memory is read as Linux tells it")
    monkeypatch.setenv("SIZE", str(300 << 20))
    done = subprocess.run(
        [sys.executable, "-c", LARGE, ADDRESS, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
    )
    before, after = map(int, done.stdout.split())
    assert after - before < 4 * object_files._PARALLEL * object_files.PART_BYTES / 1024


LARGE = """
import hashlib, os, pathlib, sys
import obstore
from semsearch.storage.files.object_files import ObjectFiles
folder = pathlib.Path(sys.argv[2])
def peak():  # of this program; that of `resource` is also that of the one which started it
    return int(pathlib.Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
with (folder / "file").open("wb") as file:
    for _ in range(int(os.environ["SIZE"]) >> 20):
        file.write(bytes(1 << 20))
with (folder / "file").open("rb") as file:
    digest = hashlib.file_digest(file, "sha256").hexdigest()
place = ObjectFiles(sys.argv[1], "store")
place.sizes()
print(peak())
place.put(folder / "file", digest)
place.fetch(digest, folder / "fetched")
print(peak())
"""

"""Addresses of object stores, and what is said of one that does not answer."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path

import pytest

from semsearch.core.errors import InvalidSetting, MissingExtra
from semsearch.core.shared_store_errors import StoreUnavailable
from semsearch.storage.files import object_files
from semsearch.storage.files.object_files import ObjectFiles, checked_address


@pytest.fixture
def needs_obstore() -> None:
    """Skip where the extra is missing."""
    pytest.importorskip("obstore", reason="the extra objects is not installed")


@pytest.mark.parametrize(
    "address",
    ["s3://bucket/a/b", "s3://bucket", "gs://bucket/a", "az://container/a", "file:///srv/files"],
)
def test_an_address_has_no_slash_at_its_end(address: str) -> None:
    """So the same place has one name."""
    assert checked_address(f"{address}/") == checked_address(address) == address


@pytest.mark.parametrize(
    "address",
    ["/srv/files", "files", "", "file://host/x", "file:///", "s3:///x", "http://x/y", "memory:///"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """The message says how one looks."""
    with pytest.raises(InvalidSetting, match="s3://bucket/prefix"):
        checked_address(address)


@pytest.mark.parametrize(
    "address",
    ["s3://key:secret@bucket/x", "az://c/x?sig=secret", "s3://b/x#secret", "s3://[secret"],
)
def test_credentials_do_not_belong_into_an_address(address: str) -> None:
    """No message shows them."""
    with pytest.raises(InvalidSetting, match="environment") as caught:
        checked_address(address)
    assert "secret" not in str(caught.value)


def test_without_obstore_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that lacks it says what to install."""
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(MissingExtra, match=r"files in s3://b needs obstore.*\[objects\]"):
        ObjectFiles("s3://b", "store")


@pytest.mark.usefixtures("needs_obstore")
def test_a_missing_folder_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    """Its disk may not be mounted. Only who names the place anew makes it."""
    address = (tmp_path / "files").as_uri()
    with pytest.raises(StoreUnavailable, match="cannot be reached in file:///"):
        ObjectFiles(address, "store")
    assert ObjectFiles(address, "store", is_new=True).sizes() == {}
    assert ObjectFiles(address, "store").sizes() == {}


@pytest.mark.usefixtures("needs_obstore")
def test_what_killed_uploads_have_left_is_removed(tmp_path: Path) -> None:
    """In the folder of this store only."""
    place = ObjectFiles(tmp_path.as_uri(), "store")
    for folder in ("store", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "abc#1").touch()
    place.remove([])
    assert [path.parent.name for path in tmp_path.rglob("*#*")] == ["other"]


@pytest.mark.usefixtures("needs_obstore")
@pytest.mark.process
def test_a_store_that_does_not_answer_is_told_in_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whether it refuses connections or is silent; the same problem is always told alike."""
    monkeypatch.setattr(object_files, "_REQUEST_S", 1)
    monkeypatch.setattr(object_files, "_RETRIES", 1)
    for name, value in (("ACCESS_KEY_ID", "key"), ("SECRET_ACCESS_KEY", "secret")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    (tmp_path / "file").write_bytes(b"x")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for port in (1, silent.getsockname()[1]):
            monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
            place = ObjectFiles("s3://bucket/prefix", "store")
            told = set()
            for _ in range(2):
                began = time.monotonic()
                with pytest.raises(StoreUnavailable, match="in s3://bucket/prefix") as caught:
                    place.sizes()
                told.add(str(caught.value))
                with pytest.raises(StoreUnavailable, match="in s3://bucket/prefix"):
                    place.put(tmp_path / "file", "1" * 64)
                assert time.monotonic() - began < 60
            assert len(told) == 1
            assert "secret" not in told.pop()

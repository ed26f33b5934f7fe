"""Whether reading is open, and to whom."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from semsearch.core.errors import IndexDamaged, IndexMissing, InvalidSetting
from semsearch.core.settings import load_settings
from semsearch.server.auth.exposure import Exposure, is_local, resolve_read_access
from semsearch.server.auth.keys import KeyScope, utc_now
from semsearch.server.workers.serve import serve
from tests.conftest import PROJECT
from tests.own_indexes import keys_of, new_key
from tests.server.conftest import problem_of

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what is tested


@pytest.mark.parametrize(
    ("host", "read", "expected"),
    [
        ("127.0.0.1", "auto", "open"),
        ("127.0.0.1", "open", "open"),
        ("127.0.0.1", "key", "key"),
        ("127.8.9.1", "auto", "open"),
        ("::1", "auto", "open"),
        (EVERYWHERE, "auto", "key"),
        (EVERYWHERE, "open", "open"),
        (EVERYWHERE, "key", "key"),
        ("::", "auto", "key"),
    ],
)
def test_reading_goes_by_the_address(folder: Path, host: str, read: str, expected: str) -> None:
    """Open to this machine; closed to others unless it is opened on purpose."""
    new_key(folder, KeyScope.SEARCH)
    settings = load_settings(index=folder, host=host, read=read)
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.bind((host, 0))
        settled = resolve_read_access(settings, listener)
    assert (settled.read, settled.host) == (expected, host)
    for one in (settings, settled):
        assert Exposure.of(one, host).is_open == (expected == "open")


@pytest.mark.parametrize(
    ("public_url", "expected"),
    [
        ("https://words.example", "key"),
        ("http://192.0.2.1/words/", "key"),
        ("https://localhost:8443", "open"),
        ("http://127.0.0.1:8000/x", "open"),
        ("http://LOCALHOST:8000", "open"),
        ("http://127.1:8000", "open"),
        ("http://[::1]:8000", "open"),
    ],
)
def test_a_public_url_closes_what_a_proxy_publishes(
    folder: Path, public_url: str, expected: str
) -> None:
    """The socket is loopback, and other machines reach it; `open` and `key` are as stated."""
    new_key(folder, KeyScope.SEARCH)
    for read in ("auto", "open", "key"):
        settings = load_settings(index=folder, read=read, public_url=public_url)
        exposure = Exposure.of(settings, "127.0.0.1")
        assert exposure.is_open == ((expected if read == "auto" else read) == "open")
        assert exposure.is_private == (exposure.is_open and expected == "open")
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            settled = resolve_read_access(settings, listener)
        assert settled.read == (expected if read == "auto" else read)


def test_a_published_service_needs_a_key(folder: Path) -> None:
    """The message names the public URL, since the socket is on loopback."""
    with pytest.raises(InvalidSetting) as raised:
        serve(load_settings(index=folder, port=0, public_url="https://words.example"))
    assert str(raised.value).startswith(
        "other machines reach https://words.example (--public-url), and the index in "
    )
    assert "`--read open` (SEMSEARCH_READ=open)" in str(raised.value)


def test_a_proxy_that_is_named_publishes(folder: Path) -> None:
    """Unless the public URL says that it is for this machine alone."""
    proxied = load_settings(index=folder, port=0, proxies="127.0.0.1,::1")
    exposure = Exposure.of(proxied, "127.0.0.1")
    assert (exposure.is_open, exposure.is_private) == (False, False)
    with pytest.raises(InvalidSetting) as raised:
        serve(proxied)
    assert str(raised.value).startswith(
        "other machines reach 127.0.0.1 by a proxy (SEMSEARCH_PROXIES), and the index in "
    )
    here = load_settings(index=folder, proxies="127.0.0.1", public_url="https://localhost:8443")
    assert Exposure.of(here, "127.0.0.1").is_private
    opened = load_settings(index=folder, proxies="127.0.0.1", read="open")
    exposure = Exposure.of(opened, "127.0.0.1")
    assert (exposure.is_open, exposure.is_private) == (True, False)


@pytest.mark.parametrize("host", ["semsearch.example", "", "10.0.0.1", "2001:db8::1", "0"])
def test_a_host_that_is_not_known_to_be_local_is_not(host: str) -> None:
    """For a server of somebody else's, which binds by itself; `localhost` is."""
    assert not is_local(host)
    assert not Exposure.of(load_settings(), host).is_open
    assert Exposure.of(load_settings(), "localhost").is_open


@pytest.mark.parametrize(
    "host", ["LOCALHOST", "localhost.", "127.1", "0x7f000001", "::ffff:127.0.0.1"]
)
def test_a_loopback_address_is_local_however_it_is_written(host: str) -> None:
    """As the system reads it."""
    assert is_local(host)
    assert Exposure.of(load_settings(), host).is_private


@pytest.mark.parametrize(
    "named",
    [
        {"host": "127.1"},
        {"host": "LOCALHOST"},
        {"host": "own-name.example"},
        {"public_url": "http://localhost:8000"},
        {"public_url": "http://LOCALHOST:8000"},
        {"public_url": "http://127.1:8000/words"},
        {"read": "open", "public_url": "http://[::1]:8000"},
    ],
)
def test_what_listens_on_loopback_is_private_whatever_it_is_called(named: dict[str, str]) -> None:
    """The address that is bound decides, not the text of a setting."""
    assert Exposure.of(load_settings(**named), "127.0.0.1").is_private
    keyed = load_settings(**{**named, "read": "key"})
    assert not Exposure.of(keyed, "127.0.0.1").is_private
    assert not Exposure.of(load_settings(**named), "192.0.2.1").is_private


@pytest.mark.parametrize("read", ["auto", "key"])
def test_an_address_for_others_needs_a_key(folder: Path, read: str) -> None:
    """A valid one. The error comes before the index is opened, and names both ways out."""
    settings = load_settings(index=folder, host=EVERYWHERE, port=0, read=read)
    expected = (
        f"other machines reach 0.0.0.0, and the index in {folder} has no valid access key: make one "
        f"with `semsearch keys create --index {folder}`, or open reading to everybody with `--read open` "
        "(SEMSEARCH_READ=open)"
    )
    now = utc_now()
    store = keys_of(folder)
    for _ in range(2):
        with pytest.raises(InvalidSetting) as raised:
            serve(settings)
        assert str(raised.value) == expected
        past = now - timedelta(days=2)
        store.create(name="", scope=KeyScope.ADMIN, expires=now - timedelta(days=1), now=past)
        revoked, _ = store.create(name="", scope=KeyScope.ADMIN, now=past)
        store.revoke(revoked.id, now=now)


@pytest.mark.parametrize("read", ["auto", "open", "key"])
def test_a_key_file_that_cannot_be_read_is_told_at_the_start(folder: Path, read: str) -> None:
    """Also where reading needs no key: who sends one would get an error for each request."""
    (folder / "keys.db").write_bytes(b"no database at all, " * 500)
    with pytest.raises(IndexDamaged) as raised:
        serve(load_settings(index=folder, port=0, read=read))
    assert str(raised.value).startswith(f"{folder / 'keys.db'} is not a sound database of keys (")
    assert str(raised.value).endswith("make new keys with `semsearch keys create`")


def test_without_an_index_that_is_said(tmp_path: Path) -> None:
    """Rather than to make a key for none."""
    with pytest.raises(IndexMissing, match="semsearch build"):
        serve(load_settings(index=tmp_path / "none", host=EVERYWHERE, port=0))


@contextmanager
def _serving(index: Path, *options: str) -> Iterator[tuple[httpx2.Client, list[str]]]:
    """Yield a client of `semsearch serve`, and what that has said, whole when it has ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "semsearch", "serve", "-i", str(index), "--port", "0", *options],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    try:
        assert process.stdout
        said.append(process.stdout.readline())
        found = re.search(r"http://127\.0\.0\.1:\d+", said[0])
        assert found, said[0] + process.stdout.read()
        with httpx2.Client(base_url=found[0], trust_env=False) as http:
            yield http, said
        process.send_signal(signal.SIGTERM)
        said.append(process.stdout.read())  # `communicate` would miss what was read ahead
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.communicate()


def _keys(index: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "semsearch", "keys", *command, "-i", str(index)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


@pytest.mark.process
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_real_server_for_others(folder: Path, workers: str) -> None:
    """It requires a key, accepts new keys while it runs, refuses revoked ones, and prints none."""
    texts = [_keys(folder, "create")]
    with _serving(folder, "--host", EVERYWHERE, "--workers", workers) as (http, said):
        assert http.get("/readyz").json() == {"status": "ok"}
        assert "8 entries" not in http.get("/").text
        for _ in range(3):
            problem_of(http.get("/v1/glossaries"), 401, "key-needed")
        texts.append(_keys(folder, "create", "--glossary", "ships"))
        sent = [{"Authorization": f"Bearer {text}"} for text in texts]
        with httpx2.Client(base_url=http.base_url, trust_env=False) as other:
            for client in (http, other):
                found = [client.get("/v1/glossaries", headers=one).json() for one in sent]
                assert [len(glossaries) for glossaries in found] == [2, 1]
            _keys(folder, "revoke", texts[0].split("_")[1])
            for client in (http, other):
                problem_of(client.get("/v1/glossaries", headers=sent[0]), 401, "key-refused")
                assert client.get("/v1/glossaries", headers=sent[1]).status_code == 200
        problem_of(http.get("/v1/search", params={"key": texts[1]}), 400, "key-in-address")
    assert (
        "Reading needs an access key; `semsearch keys create` makes one, and `--read open` opens "
        "reading to everybody\n"
    ) in said[1]
    assert 'curl -G -H "Authorization: Bearer $SEMSEARCH_KEY" http://127' in said[1]
    assert not any(text.rpartition("_")[2] in "".join(said) for text in texts)


@pytest.mark.process
def test_a_real_server_that_is_opened_on_purpose(folder: Path) -> None:
    """Anybody reads, without a key anywhere."""
    with _serving(folder, "--host", EVERYWHERE, "--read", "open") as (http, said):
        assert len(http.get("/v1/glossaries").json()) == 2
        assert "8 entries in 2 glossaries" in http.get("/").text
    assert "access key" not in "".join(said)
    assert not (folder / "keys.db").exists()


@pytest.mark.process
def test_the_command_line_says_why_it_does_not_start(folder: Path) -> None:
    """The message is one line with the exit code of bad input."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "semsearch",
            "serve",
            "-i",
            str(folder),
            "--host",
            EVERYWHERE,
            "--port",
            "0",
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("semsearch: other machines reach 0.0.0.0, and the index in ")
    assert done.stderr.count("\n") == 1

"""The certificate of the server: what is refused, and how it is replaced.

Covers `server/workers/tls`, `server/http/tls_protocol`, `server/http/strict_transport`.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from semsearch.core.errors import InvalidSetting
from semsearch.core.settings import load_settings
from semsearch.server.http.strict_transport import promised_host
from semsearch.server.workers import tls
from semsearch.server.workers.serve import serve
from tests.other_user import without_rights_to
from tests.server.certificates import CertificateFiles, trusting, write_certificate
from tests.server.service_process import serving


@pytest.fixture
def files(tmp_path: Path) -> CertificateFiles:
    """Give a certificate of this machine that is valid for a month."""
    return write_certificate(tmp_path / "tls")


def _refused(files: CertificateFiles) -> str:
    with pytest.raises(InvalidSetting) as refused:
        serve(load_settings(index="no-such-index", port=0, tls_cert=files.cert, tls_key=files.key))
    return str(refused.value)


def test_files_that_are_not_there(files: CertificateFiles, tmp_path: Path) -> None:
    """The file and its option are named, before the index is looked for."""
    there = tmp_path / "nowhere.pem"
    assert _refused(CertificateFiles(there, files.key)) == f"there is no file {there} (--tls-cert)"
    assert _refused(CertificateFiles(files.cert, there)) == f"there is no file {there} (--tls-key)"
    folder = CertificateFiles(tmp_path, files.key)
    assert _refused(folder) == f"{tmp_path} (--tls-cert) cannot be read: Is a directory"


@pytest.mark.process
def test_a_key_that_may_not_be_read(files: CertificateFiles) -> None:
    """Permissions are named, not the file's content."""
    files.key.chmod(0o600)
    start = without_rights_to(files.key.parent)
    command = ["serve", "--tls-cert", str(files.cert), "--tls-key", str(files.key), "--port", "0"]
    done = subprocess.run(
        [*start, sys.executable, "-m", "semsearch", *command],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert (done.returncode, done.stderr) == (
        2,
        f"semsearch: {files.key} (--tls-key) may not be read by this process: permission denied; "
        "let the user of the service read it, and nobody else\n",
    )


def test_a_pair_is_two_files(files: CertificateFiles) -> None:
    """The one that is missing is named."""
    for given, missing in (("tls_cert", "--tls-key"), ("tls_key", "--tls-cert")):
        settings = load_settings(**{given: files.cert})
        with pytest.raises(InvalidSetting, match=f"and {missing} is not given; give both"):
            tls.load(settings)
    assert tls.load(load_settings()) is None


def test_files_of_something_else(files: CertificateFiles, tmp_path: Path) -> None:
    """Texts, swapped files, damaged ones, and a key of another certificate."""
    swapped = CertificateFiles(files.key, files.cert)
    assert _refused(swapped) == f"{files.key} (--tls-cert) has no PEM block CERTIFICATE"
    assert _refused(CertificateFiles(files.cert, files.cert)) == (
        f"{files.cert} (--tls-key) has no PEM block PRIVATE KEY"
    )
    other = write_certificate(tmp_path / "other")
    assert _refused(CertificateFiles(files.cert, other.key)) == (
        f"the key in {other.key} (--tls-key) is not that of the certificate in {files.cert} "
        "(--tls-cert); name files that were made together"
    )
    damaged = tmp_path / "damaged.pem"
    damaged.write_bytes(files.cert.read_bytes()[:200] + b"\n-----END CERTIFICATE-----\n")
    told = _refused(CertificateFiles(damaged, files.key))
    assert told.startswith(f"OpenSSL cannot use {damaged} (--tls-cert) with {files.key}")


def test_a_key_with_a_passphrase(files: CertificateFiles, tmp_path: Path) -> None:
    """Nobody is asked for it, since a service has no terminal."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - only here

    key = serialization.load_pem_private_key(files.key.read_bytes(), None)
    encrypted = tmp_path / "encrypted.pem"
    encrypted.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    told = _refused(CertificateFiles(files.cert, encrypted))
    assert told.startswith(f"the key in {encrypted} (--tls-key) is encrypted; take the passphrase")


@pytest.mark.parametrize(
    ("begins_in", "days", "told"),
    [
        (timedelta(-40), 30, "(--tls-cert) expired on "),
        (timedelta(2), 30, "(--tls-cert) begins to be valid on "),
    ],
)
def test_a_certificate_of_another_time(
    tmp_path: Path, begins_in: timedelta, days: int, told: str
) -> None:
    """The day is said, as the certificate states it."""
    made = write_certificate(tmp_path, begins_in=begins_in, days=days)
    assert told in _refused(made)
    assert "renew it, or set the clock" in _refused(made)


def test_new_files_are_used(
    files: CertificateFiles, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Unusable ones are said once and change nothing; mended ones are used."""
    caplog.set_level(logging.INFO, "semsearch.server")
    certificate = tls.Certificate(files.cert, files.key)
    first = certificate.context
    certificate.refresh()
    assert certificate.context is first
    other = write_certificate(tmp_path / "other")
    other.cert.replace(files.cert)  # the key comes later
    for _ in range(3):
        certificate.refresh()
    assert certificate.context is first
    (warning,) = caplog.messages
    assert warning.startswith("the former certificate stays in use: the key in ")
    other.key.replace(files.key)
    certificate.refresh()
    assert certificate.context is not first
    assert caplog.messages[1] == f"new connections use the certificate that is in {files.cert} now"
    files.cert.unlink()
    certificate.refresh()
    assert caplog.messages[2].endswith(f"there is no file {files.cert} (--tls-cert)")


def test_a_file_that_goes_while_it_is_read(
    files: CertificateFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time of validity is that of the bytes that were read; no file is opened again for it."""
    load = ssl.SSLContext.load_cert_chain

    def gone(self: ssl.SSLContext, cert: Path, key: Path, password: Callable[[], str]) -> None:
        load(self, cert, key, password)
        cert.unlink()

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", gone)
    tls.Certificate(files.cert, files.key)


def test_the_thread_survives_what_nobody_expected(
    files: CertificateFiles, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It logs the error and looks again."""
    certificate = tls.Certificate(files.cert, files.key)
    looked = threading.Event()
    errors = iter([ValueError, FileNotFoundError])

    def failing() -> None:
        for error in errors:
            raise error
        looked.set()

    monkeypatch.setattr(certificate, "refresh", failing)
    with tls.refreshed(certificate, 0.01):
        assert looked.wait(10)
    assert caplog.messages.count("the certificate could not be looked at") == 2


@pytest.mark.parametrize(
    ("public_url", "host"),
    [
        ("", ""),
        ("http://words.example", ""),
        ("https://localhost:8443", ""),
        ("https://127.0.0.1", ""),
        ("https://Words.example:8443/x", "words.example"),
    ],
)
def test_strict_transport_is_promised_by_the_public_url(public_url: str, host: str) -> None:
    """HTTPS, and not on this machine."""
    assert promised_host(load_settings(public_url=public_url)) == host


def _shown(port: int) -> bytes:
    """Return the certificate that a new connection gets."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=60) as plain,
        trusting().wrap_socket(plain, server_hostname="localhost") as encrypted,
    ):
        return encrypted.getpeercert(binary_form=True) or b""


@pytest.mark.process
def test_two_processes_speak_tls(index: Path, files: CertificateFiles) -> None:
    """Both answer, take new files without a dropped connection, and end in time."""
    with serving(
        index,
        workers=2,
        tls_cert=files.cert,
        tls_key=files.key,
        public_url="https://words.example",
        read="open",
    ) as service:
        assert service.url.startswith("https://127.0.0.1:")
        port = int(service.url.rpartition(":")[2])
        with httpx2.Client(base_url=service.url, verify=trusting(), trust_env=False) as http:
            answer = http.get("/v1/search", params={"q": "GPS"})
            assert answer.json()["hits"][0]["id"] == "ships:gps"
            assert "strict-transport-security" not in answer.headers
            for host, promise in (("words.example:8443", "max-age=31536000"), ("localhost", None)):
                named = http.get("/livez", headers={"Host": host})
                assert named.headers.get("strict-transport-security") == promise
            before = {_shown(port) for _ in range(16)}
            assert len(before) == 1
            write_certificate(files.cert.parent)
            until = time.monotonic() + 90
            while before & {_shown(port) for _ in range(16)}:
                assert time.monotonic() < until
                time.sleep(0.2)
            assert len({_shown(port) for _ in range(16)}) == 1
            assert http.get("/livez").status_code == 200  # on the connection from before
        service.process.send_signal(signal.SIGTERM)
        out, err = service.process.communicate(timeout=90)
        assert (out, err, service.process.returncode) == ("stopped\n", "", 0)


@pytest.mark.process
def test_what_is_no_handshake_is_no_trouble(index: Path, files: CertificateFiles) -> None:
    """Plain HTTP, noise, silence and old protocols end the connection, and nothing is logged."""
    with serving(index, workers=1, tls_cert=files.cert, tls_key=files.key) as service:
        address = ("127.0.0.1", int(service.url.rpartition(":")[2]))
        for sent in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", os.urandom(3000), b""):
            with (
                socket.create_connection(address, timeout=60) as client,
                suppress(ConnectionError),
            ):
                client.sendall(sent)
                client.shutdown(socket.SHUT_WR)
                assert b"HTTP/1" not in client.recv(1000)
        old = trusting()
        with pytest.warns(DeprecationWarning):
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        with (
            socket.create_connection(address, timeout=60) as client,
            pytest.raises((ssl.SSLError, ConnectionError)),
        ):
            old.wrap_socket(client, server_hostname="localhost")
        with (
            socket.create_connection(address, timeout=60) as plain,
            trusting().wrap_socket(plain, server_hostname="localhost") as client,
        ):
            assert client.version() in {"TLSv1.2", "TLSv1.3"}
            client.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            received = b""
            while piece := client.recv(65536):
                received += piece
            assert received.startswith(b"HTTP/1.1 200 ")
        service.process.send_signal(signal.SIGTERM)
        assert service.process.communicate(timeout=90) == ("stopped\n", "")


@pytest.mark.process
def test_connections_count_before_their_handshake(index: Path, files: CertificateFiles) -> None:
    """Silent ones end at the deadline of a head, and are no more than connections may be."""
    limit = 10  # of which one address may hold half, and 16 more for health checks
    with (
        serving(
            index, workers=1, tls_cert=files.cert, tls_key=files.key, connections=limit
        ) as service,
        ExitStack() as opened,
    ):
        address = ("127.0.0.1", int(service.url.rpartition(":")[2]))
        began = time.monotonic()
        silent = [
            opened.enter_context(socket.create_connection(address, timeout=60)) for _ in range(60)
        ]
        refused = 0
        for client in silent:
            client.settimeout(0.02)
            try:
                refused += client.recv(1) == b""
            except TimeoutError:
                continue
            except ConnectionError:
                refused += 1
        assert refused == 60 - limit // 2 - 16
        for own in ("127.0.0.1", "127.0.0.2"):  # others, and health checks, get in meanwhile
            through = httpx2.HTTPTransport(verify=trusting(), local_address=own)
            with httpx2.Client(transport=through) as checking:
                assert checking.get(f"{service.url}/livez").status_code == 200
        for client in silent:
            client.settimeout(60)
            try:
                assert client.recv(1000) == b""
            except ConnectionError:
                continue
        assert 8 < time.monotonic() - began < 40
        assert (
            httpx2.get(f"{service.url}/livez", verify=trusting(), trust_env=False).status_code
            == 200
        )

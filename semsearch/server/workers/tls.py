"""The certificate of the server: read, checked, and read again when its files change.

Each new connection is encrypted with the newest certificate that could be read; open connections
keep theirs. OpenSSL checks that certificate and key belong together. Python's `ssl` does not state
the dates of a certificate. So each certificate is tried in a handshake in memory, with a client
that trusts it.
"""

from __future__ import annotations

import errno
import logging
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from semsearch.core.errors import InvalidSetting
from semsearch.core.settings import Settings

INTERVAL_S = 5.0
"""Seconds between two looks at the files."""

_ANY_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL, for which `ssl` has no name."""

_log = logging.getLogger("semsearch.server")

_State = tuple[tuple[int, int, int], ...]
"""Time, size and inode of each file."""


class Certificate:
    """A certificate with its key, in two files that may be replaced at any time.

    Args:
        cert: PEM file with the certificate, and those of intermediate authorities behind it.
        key: PEM file with its private key, without a passphrase.

    Raises:
        InvalidSetting: a file is missing, cannot be read or is not what it should be, they do not
            belong together, or the certificate is not valid now.
    """

    def __init__(self, cert: Path, key: Path) -> None:
        self._cert = cert
        self._key = key
        self._complaint = ""
        self._state = self._stat()
        self.context = self._load()
        """The settings of new connections."""

    def refresh(self) -> None:
        """Read the files again if they have changed; keep what is in use if they are unusable.

        Files that are replaced one after the other do not belong together for a moment. They are
        tried again until they do, and what is wrong with them is logged once.
        """
        try:
            state = self._stat()
            if state == self._state:
                return
            self.context = self._load()
        except InvalidSetting as error:
            if str(error) != self._complaint:
                self._complaint = str(error)
                _log.warning("the former certificate stays in use: %s", error)
            return
        self._state = state
        self._complaint = ""
        _log.info("new connections use the certificate that is in %s now", self._cert)

    def _stat(self) -> _State:
        found = []
        for option, path in (("--tls-cert", self._cert), ("--tls-key", self._key)):
            try:
                stat = path.stat()
            except OSError as error:
                raise _unreadable(option, path, error) from error
            found.append((stat.st_mtime_ns, stat.st_size, stat.st_ino))
        return tuple(found)

    def _load(self) -> ssl.SSLContext:
        texts = []
        for option, path, kind in (
            ("--tls-cert", self._cert, "CERTIFICATE"),
            ("--tls-key", self._key, "PRIVATE KEY"),
        ):
            try:
                text = path.read_bytes()
            except OSError as error:
                raise _unreadable(option, path, error) from error
            if f"{kind}-----".encode() not in text:
                raise InvalidSetting(f"{path} ({option}) has no PEM block {kind}")
            texts.append(text)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.set_alpn_protocols(["http/1.1"])
        try:
            context.load_cert_chain(self._cert, self._key, password=self._refuse_passphrase)
        except OSError as error:  # ssl.SSLError is one
            raise self._unusable(error) from error
        self._check_time(context, texts[0])
        return context

    def _refuse_passphrase(self) -> str:
        raise InvalidSetting(
            f"the key in {self._key} (--tls-key) is encrypted; take the passphrase off "
            "(`openssl pkey -in KEY -out PLAIN-KEY`), and let only the service read it"
        )

    def _unusable(self, error: OSError) -> InvalidSetting:
        reason = getattr(error, "reason", None) or error.strerror or "unknown"
        if reason == "KEY_VALUES_MISMATCH":
            return InvalidSetting(
                f"the key in {self._key} (--tls-key) is not that of the certificate in "
                f"{self._cert} (--tls-cert); name files that were made together"
            )
        return InvalidSetting(
            f"OpenSSL cannot use {self._cert} (--tls-cert) with {self._key} (--tls-key): "
            f"{reason.replace('_', ' ').lower()}; make them anew"
        )

    def _check_time(self, context: ssl.SSLContext, cert: bytes) -> None:
        """Raise `InvalidSetting` unless the certificate is valid now."""
        try:
            stated = _certificate_of(context, cert.decode("ascii", "ignore"))
        except ssl.SSLError:  # of another purpose; clients will say so
            return
        for field, is_wrong, words in (
            (
                "notBefore",
                time.time() < ssl.cert_time_to_seconds(stated["notBefore"]),
                "begins to be valid",
            ),
            ("notAfter", time.time() > ssl.cert_time_to_seconds(stated["notAfter"]), "expired"),
        ):
            if is_wrong:
                raise InvalidSetting(
                    f"the certificate in {self._cert} (--tls-cert) {words} on {stated[field]}; "
                    "renew it, or set the clock"
                )


def load(settings: Settings) -> Certificate | None:
    """Return the certificate that the settings name; None if they name none.

    Raises:
        InvalidSetting: only one of both files is named, or see `Certificate`.
    """
    if settings.tls_cert is None and settings.tls_key is None:
        return None
    if settings.tls_cert is None or settings.tls_key is None:
        missing = "--tls-cert" if settings.tls_cert is None else "--tls-key"
        raise InvalidSetting(
            f"a certificate and its key are two settings, and {missing} is not given; give both, "
            "or none for plain HTTP"
        )
    return Certificate(settings.tls_cert, settings.tls_key)


@contextmanager
def refreshed(certificate: Certificate | None, interval_s: float = INTERVAL_S) -> Iterator[None]:
    """Refresh a certificate in a thread while the block runs."""
    if certificate is None:
        yield
        return
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(interval_s):
            try:
                certificate.refresh()
            except Exception:  # the next look may succeed
                _log.exception("the certificate could not be looked at")

    thread = threading.Thread(target=look, name="certificate", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _unreadable(option: str, path: Path, error: OSError) -> InvalidSetting:
    if error.errno == errno.ENOENT:
        return InvalidSetting(f"there is no file {path} ({option})")
    if isinstance(error, PermissionError):
        return InvalidSetting(
            f"{path} ({option}) may not be read by this process: permission denied; let the user "
            "of the service read it, and nobody else"
        )
    return InvalidSetting(f"{path} ({option}) cannot be read: {error.strerror}")


def _certificate_of(context: ssl.SSLContext, cert: str) -> dict[str, str]:
    """Return what a client sees of a server's certificate, by a handshake in memory.

    Raises:
        ssl.SSLError: it is no certificate for servers.
    """
    client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client_context.check_hostname = False
    client_context.load_verify_locations(cadata=cert)
    client_context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | _ANY_TIME
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server)
    server = context.wrap_bio(to_server, to_client, server_side=True)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return client.getpeercert() or {}  # type: ignore[return-value] # two of the values are read

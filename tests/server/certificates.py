"""Certificates of an authority of the tests, in files as an operator has them."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

AUTHORITY = trustme.CA()


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """A certificate and its key."""

    cert: Path
    key: Path


def write_certificate(
    folder: Path, *names: str, begins_in: timedelta = timedelta(-1), days: int = 30
) -> CertificateFiles:
    """Write a new certificate for host names or addresses; files that are there are replaced."""
    begins = datetime.now(UTC) + begins_in
    issued = AUTHORITY.issue_cert(
        *(names or ("localhost", "127.0.0.1")),
        not_before=begins,
        not_after=begins + timedelta(days=days),
    )
    files = CertificateFiles(folder / "cert.pem", folder / "key.pem")
    folder.mkdir(parents=True, exist_ok=True)
    chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
    for path, content in ((files.cert, chain), (files.key, issued.private_key_pem.bytes())):
        new = path.with_suffix(".new")
        new.write_bytes(content)
        new.replace(path)
    return files


def trusting() -> ssl.SSLContext:
    """Return the settings of a client that trusts the authority, and no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    AUTHORITY.configure_trust(context)
    return context

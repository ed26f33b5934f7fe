"""TLS to PostgreSQL: connections are encrypted and checked, or refused with what is wrong.

Covers `storage/postgres/connection_failures`, `storage/postgres/database`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme

from semsearch.core.progress import Silent
from semsearch.core.shared_store_errors import StoreUnavailable
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.ingest.publish import publish_edits
from semsearch.ingest.shared.local_copy import database_of, join_store
from semsearch.ingest.shared.moves import copy_into_store
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.store_connection import Lock
from tests.tls_postgres import TlsServer, running_tls_server

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

pytestmark = pytest.mark.process

SESSIONS = """
    SELECT ssl, client_dn FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
    WHERE usename = 'checked' AND application_name = 'semsearch'
"""


@pytest.fixture(scope="module")
def server() -> Iterator[TlsServer]:
    """Give a server with a database of the role `checked`."""
    with running_tls_server() as running:
        for role in ("checked", "encrypted"):
            running.run(f"CREATE ROLE {role} LOGIN")
        running.run("CREATE DATABASE glossary OWNER checked")
        yield running


def _checked(server: TlsServer, **more: object) -> str:
    return server.url(
        "checked",
        "glossary",
        sslmode="verify-full",
        sslrootcert=server.authority,
        sslcert=server.client.cert,
        sslkey=server.client.key,
        target_session_attrs="read-write",
        **more,
    )


@contextmanager
def _database(url: str) -> Iterator[SharedDatabase]:
    from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415 - an extra

    with closing(SharedDatabase(url)) as database:
        yield database


def test_every_connection_is_encrypted_and_shows_its_certificate(
    server: TlsServer, hashed_index: Path, tmp_path: Path
) -> None:
    """Those that migrate, copy, listen, edit and publish; the server lets no other ones in."""
    from semsearch.storage.postgres.migrating import migrate  # noqa: PLC0415 - an extra

    url, layout = _checked(server), IndexLayout(tmp_path / "one")
    database = database_of(url)
    migrate(database)
    copy_into_store(IndexLayout(hashed_index), database, Silent())
    join_store(layout, url, Silent())
    with database.listening() as wait, Editor(layout.root, who="ann") as editor:
        editor.add("bakery", Draft("Peel", "A shovel that moves loaves in an oven."))
        assert wait(10.0)
        with (
            closing(database.connect()) as first,
            closing(database.connect()) as other,
            first.locked(Lock.EDITING, 5.0),
            other.locked(Lock.PUBLISHING, 5.0),
        ):
            found = server.run(SESSIONS)
        assert publish_edits(layout, Silent())
    database.close()
    database_of.cache_clear()
    assert len(found) >= 3
    assert {is_encrypted for is_encrypted, _ in found} == {True}
    assert all(name for _, name in found), "the certificate of the client"


def test_parameters_of_the_address_count_for_every_pool(server: TlsServer) -> None:
    """Those of TLS and for failover, as they stand there, also for candidates."""
    from psycopg import conninfo

    from semsearch.storage.postgres.candidate_reader import CandidateReader  # noqa: PLC0415

    given = {
        "sslmode": "verify-full",
        "sslrootcert": str(server.authority),
        "sslcert": str(server.client.cert),
        "sslkey": str(server.client.key),
        "target_session_attrs": "read-write",
    }
    with (
        _database(_checked(server)) as database,
        closing(CandidateReader(database, "0" * 12, 0)) as candidates,
    ):
        for used in (database.conninfo, database._pool.conninfo, candidates._pool.conninfo):
            assert conninfo.conninfo_to_dict(used).items() >= given.items()


def test_a_server_that_only_reads_is_refused_where_one_that_writes_is_asked_for(
    server: TlsServer,
) -> None:
    """By the pool, by whoever listens, and by a migration."""
    from semsearch.storage.postgres.migrating import migrate  # noqa: PLC0415 - an extra

    server.run("ALTER DATABASE glossary SET default_transaction_read_only = on")
    try:
        with _database(_checked(server)) as database:
            for use in (database.connect, lambda: migrate(database), lambda: _listen(database)):
                _refused(use, "read-only", "target_session_attrs")
    finally:
        server.run("ALTER DATABASE glossary RESET default_transaction_read_only")


def _listen(database: SharedDatabase) -> None:
    with database.listening():
        pytest.fail("it listens")


def _refused(use: Callable[[], object], what: str, way_out: str) -> None:
    """Check what is said of a connection that is refused: what is wrong, and the way out."""
    with pytest.raises(StoreUnavailable, match=r"cannot be reached \(.*\); ") as caught:
        use()
    told, _, advice = str(caught.value).partition("); ")
    assert what in told
    assert way_out in advice
    assert "SECRET" not in str(caught.value)


def test_a_server_of_another_authority_is_refused(server: TlsServer, tmp_path: Path) -> None:
    """Also one that no file of an authority is named for, or a file that is not there."""
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    for authority, what, way_out in (
        (other, "certificate verify failed", "sslrootcert=FILE"),
        (tmp_path / "none.pem", "does not exist", "correct `sslrootcert`"),
    ):
        url = server.url("postgres", sslmode="verify-full", sslrootcert=authority)
        with _database(url) as database:
            _refused(database.connect, what, way_out)
            _refused(lambda: _listen(database), what, way_out)


def test_a_server_of_another_name_is_refused(server: TlsServer) -> None:
    """Its certificate is valid, but not for the host of the address."""
    url = server.url("postgres", sslmode="verify-full", sslrootcert=server.authority)
    named = url.replace("@127.0.0.1", "@db.example.org") + "&hostaddr=127.0.0.1"
    with _database(named) as database:
        _refused(database.connect, 'host name "db.example.org"', "as the certificate does")
    with _database(named.replace("verify-full", "verify-ca")) as database:
        database.connect().close()


def test_a_server_without_tls_is_refused_where_it_is_required(server: TlsServer) -> None:
    """Nothing is sent in the clear."""
    with server.without_tls(), _database(server.url("postgres", sslmode="require")) as database:
        _refused(database.connect, "does not support SSL", "`ssl = on`")


def test_a_server_that_wants_tls_says_so(server: TlsServer) -> None:
    """Without it, or without the certificate of the client."""
    for url in (
        server.url("encrypted", sslmode="disable"),
        server.url("checked", sslmode="require"),
    ):
        with _database(url) as database:
            _refused(database.connect, "", "sslmode=verify-full")


@pytest.mark.parametrize(
    ("reason", "way_out"),
    [
        ('FATAL: password authentication failed for user "ann"', "PGPASSWORD"),
        ('FATAL: database "x" does not exist', "CREATE DATABASE"),
        ("failed to resolve host 'db'", "no machine has this name"),
        ('invalid sslmode value: "full"', "a parameter of the address is wrong"),
        ("FATAL: no pg_hba.conf entry for host x, SSL encryption", "add a line to its pg_hba.conf"),
        ("FATAL: no pg_hba.conf entry for host x, no encryption", "sslmode=verify-full"),
        ("SSL error: tlsv1 alert unknown ca", "`ssl_ca_file`"),
        ("SSL error: sslv3 alert certificate expired", "`ssl_ca_file`"),
        ("SSL error: sslv3 alert bad certificate", "`ssl_ca_file`"),
        ("SSL error: tlsv13 alert certificate required", "sslmode=verify-full"),
        ('FATAL: too many connections for role "x"', "CONNECTION LIMIT"),
        ("FATAL: sorry, too many clients already", "max_connections"),
        ('FATAL: permission denied for database "x"', "GRANT CONNECT"),
        ("FATAL: the database system is starting up", "in a moment"),
        ("connection refused", "check host and port"),
    ],
)
def test_each_reason_has_a_way_out(reason: str, way_out: str) -> None:
    """What libpq says is told apart; of what it says otherwise, the address is to be checked."""
    from semsearch.storage.postgres import connection_failures  # noqa: PLC0415 - of an extra

    assert way_out in connection_failures.way_out(reason)

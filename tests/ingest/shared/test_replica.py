"""What is read in place of a replica that cannot be asked; `tests/cluster` has a real one."""

from __future__ import annotations

from contextlib import ExitStack, closing

from semsearch.ingest.shared.local_copy import database_of, opened
from semsearch.ingest.shared.replica import ReadReplica


def test_a_replica_whose_connections_are_all_in_use_is_not_read(url: str) -> None:
    """The primary is, and `info` says why; the next look reads the replica again."""
    from semsearch.storage.postgres.database import MAX_CONNECTIONS  # noqa: PLC0415 - an extra

    # another address of the same database has connections of its own
    replica = ReadReplica(database_of(f"{url}{'&' if '?' in url else '?'}application_name=replica"))
    with opened(database_of(url)) as primary:
        with ExitStack() as used:
            for _ in range(MAX_CONNECTIONS):
                used.enter_context(closing(replica.database.connect()))
            with replica.newest(primary) as read:
                assert read is primary
            assert "connections" in replica.problem
        with replica.newest(primary) as read:
            assert read is not primary
        assert replica.problem == ""

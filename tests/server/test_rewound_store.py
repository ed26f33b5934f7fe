"""A service whose copy is ahead of its store, as when it reaches a former primary."""

from __future__ import annotations

from semsearch.storage.files.shared_setting import shared_url
from tests.server.conftest import problem_of
from tests.server.service_process import comes
from tests.server.test_shared_store import SIEVE, SharedService, services

__all__ = ["services"]


def test_edits_wait_for_the_store_that_has_all_of_the_copy(
    services: tuple[SharedService, SharedService],
) -> None:
    """They get 503, and are taken as soon as the right primary answers."""
    import psycopg

    one, other = services
    assert one.client.post("/v1/entries", json=SIEVE).status_code == 201
    assert comes(lambda: other.first() == "kitchen:sieve")
    url = shared_url(one.layout)
    assert url
    again = {**SIEVE, "term": "Colander"}
    with psycopg.connect(url, autocommit=True) as primary:
        primary.execute("UPDATE store SET revision = revision - 1")
        refused = one.client.post("/v1/entries", json=again)
        problem_of(refused, 503, "store-away")
        assert one.first() == "kitchen:sieve"
        primary.execute("UPDATE store SET revision = revision + 1")
    assert one.client.post("/v1/entries", json=again).status_code == 201

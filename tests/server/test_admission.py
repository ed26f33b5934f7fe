"""One guard for all paths: classes of requests, and refusals of both ways to a route.

Covers `server/queueing/admission`, `server/client_address` and `server/http/admission_guard`.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from semsearch.core.errors import InvalidSetting
from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.client_address import Proxies, network_of, owner_of
from semsearch.server.queueing.admission import RequestClass, class_of
from semsearch.server.queueing.batching import Client
from semsearch.server.queueing.waiting_line import WaitingLine
from semsearch.server.search_service import SearchService
from tests.server.conftest import problem_of

QUESTIONS = ("/", "/?q=GPS", "/v1/search?q=GPS")
LOOKUPS = (
    "/v1/suggest?q=G",
    "/v1/entries/ships:gps",
    "/v1/entries/ships:gps/related",
    "/v1/map",
    "/entry/ships:gps",
    "/glossary",
    "/map",
    "/llms.txt",
    "/reconcile/suggest/entity?prefix=G",
    "/reconcile/preview?id=ships:gps",
)
HEAVY_GETS = ("/v1/glossaries/ships/export", "/v1/changes?since=0", "/llms-full.txt")


@pytest.fixture
def narrow(glossary: Glossary, index: Path, direct_paths: Collection[str]) -> FastAPI:
    """Return an application in which one request of each class may wait."""
    settings = load_settings(index=index, queue=1, patience=60, cache=0)
    return create_app(glossary, settings, direct_paths=direct_paths)


@contextmanager
def _full(line: WaitingLine) -> Iterator[None]:
    with ExitStack() as stack:
        while not line.is_full():
            stack.enter_context(line.entered(f"party {line.count}", timed=False))
        yield


def test_every_path_is_refused_when_its_line_is_full(narrow: FastAPI) -> None:
    """Health checks are answered, `/readyz` with the truth, and other classes go on."""
    service: SearchService = narrow.state.search_service
    with TestClient(narrow) as http:
        with _full(service.page_workers.line):
            for path in LOOKUPS:
                problem_of(http.get(path), 503, "overloaded")
            assert http.get(QUESTIONS[2]).status_code == 200
            assert http.get("/readyz").status_code == 200
        with _full(service.question_line):
            for path in QUESTIONS:
                problem_of(http.get(path), 503, "overloaded")
            problem_of(http.post("/mcp", json={}), 503, "overloaded")
            problem_of(http.get("/readyz"), 503, "overloaded")
            assert http.get(LOOKUPS[0]).status_code == 200
            assert http.get("/livez").status_code == 200
            assert http.get("/static/favicon.svg").status_code == 200
        with _full(service.heavy_line):
            for path in HEAVY_GETS:
                problem_of(http.get(path), 503, "overloaded")
            problem_of(http.post("/v1/search", json={"questions": ["a"]}), 503, "overloaded")
            problem_of(http.post("/reconcile", data={"queries": "{}"}), 503, "overloaded")
            assert http.get("/readyz").status_code == 200
            assert http.get(QUESTIONS[2]).status_code == 200
        with _full(narrow.state.edit_worker.line):
            problem_of(http.post("/v1/entries", json={}), 503, "overloaded")
        for path in (*QUESTIONS, *LOOKUPS, *HEAVY_GETS):
            assert http.get(path).status_code == 200
        assert not service.heavy_line.count


def test_a_refused_body_is_not_read(narrow: FastAPI) -> None:
    """The guard refuses before the body is parsed: an invalid one is refused as well."""
    with TestClient(narrow) as http, _full(narrow.state.search_service.heavy_line):
        problem_of(http.post("/v1/search", content=b"{"), 503, "overloaded")


def test_exports_take_turns(narrow: FastAPI) -> None:
    """One waits while a thread works for another heavy request, and questions do not."""
    service: SearchService = narrow.state.search_service
    end = threading.Event()
    with TestClient(narrow) as http:
        assert http.portal
        slow = http.portal.start_task_soon(lambda: service.run_heavy(end.wait, Client()))
        found: list[int] = []
        export = threading.Thread(
            target=lambda: found.append(http.get(HEAVY_GETS[0]).status_code), daemon=True
        )
        export.start()
        assert http.get(QUESTIONS[2]).status_code == 200
        export.join(0.2)
        assert found == []
        end.set()
        export.join(10)
        slow.result(10)
    assert found == [200]


def test_a_batch_of_cached_answers_takes_a_turn(glossary: Glossary, index: Path) -> None:
    """It waits for other heavy requests, and counts for its party until it is answered."""
    app = create_app(glossary, load_settings(index=index))
    service: SearchService = app.state.search_service
    batch, end = {"questions": ["GPS", "soup"]}, threading.Event()
    with TestClient(app) as http:
        assert http.portal
        expected = http.post("/v1/search", json=batch)
        assert (expected.status_code, service.cached) == (200, 2)
        slow = http.portal.start_task_soon(lambda: service.run_heavy(end.wait, Client()))
        found: list[bytes] = []
        again = threading.Thread(
            target=lambda: found.append(http.post("/v1/search", json=batch).content), daemon=True
        )
        again.start()
        again.join(0.2)
        waiting, early = service.heavy_line.count, list(found)
        end.set()
        again.join(30)
        slow.result(30)
    assert (waiting, early) == (1, [])
    assert found == [expected.content]


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/livez", RequestClass.HEALTH),
        ("GET", "/static/page.css", RequestClass.FILE),
        ("GET", "/v1/search", RequestClass.ASKING),
        ("HEAD", "/entry/a:b", RequestClass.LOOKUP),
        ("GET", "/v1/glossaries", RequestClass.LOOKUP),
        ("GET", "/v1/glossaries/a/export/losses", RequestClass.HEAVY),
        ("POST", "/v1/search", RequestClass.HEAVY),
        ("POST", "/mcp", RequestClass.MESSAGE),
        ("GET", "/reconcile", RequestClass.LOOKUP),
        ("POST", "/reconcile", RequestClass.HEAVY),
        ("POST", "/reconcile/draft/match", RequestClass.HEAVY),
        ("POST", "/reconcile/draft/extend", RequestClass.HEAVY),
        ("POST", "/v1/entries", RequestClass.EDITING),
        ("DELETE", "/v1/entries/a:b", RequestClass.EDITING),
    ],
)
def test_classes(method: str, path: str, kind: RequestClass) -> None:
    """Each request has one class, by method and path."""
    assert class_of(method, path) is kind


@pytest.mark.parametrize(
    ("peer", "stated", "party"),
    [
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.3", "10.0.0.1"),
        ("10.0.0.1", "2001:db8:0:1::7", "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.7", "", "192.0.2.7"),
        ("10.0.0.1", "x" * 500, "10.0.0.1"),
        ("", "", ""),
    ],
)
def test_only_named_proxies_state_addresses(peer: str, stated: str, party: str) -> None:
    """Anybody else could make up an address for each request."""
    proxies = Proxies("10.0.0.0/24")
    assert proxies.party_of(peer, [(b"x-forwarded-for", stated.encode())]) == party


def test_a_proxy_is_an_address_or_a_network(glossary: Glossary, index: Path) -> None:
    """Anything else is named when the application is made."""
    with pytest.raises(InvalidSetting, match=r"'proxy\.example'"):
        create_app(glossary, load_settings(index=index, proxies="10.0.0.1, proxy.example"))


@pytest.mark.parametrize(
    ("forwarded", "party"),
    [
        (b"7.7.7.7:5001", "7.7.7.7"),
        (b'"[2001:db8::1]:443"', "2001:db8::/64"),
        (b"7.7.7.7, 10.0.0.1:443", "7.7.7.7"),
        (b"unknown", "10.0.0.9"),
    ],
)
def test_an_address_with_a_port_is_the_same_client(forwarded: bytes, party: str) -> None:
    """Otherwise each connection would be a client of its own; what is no address is the peer."""
    proxies = Proxies("10.0.0.0/24")
    for peer in ("10.0.0.9", "::ffff:10.0.0.9"):  # as a socket of IPv6 names it
        assert proxies.party_of(peer, [(b"x-forwarded-for", forwarded)]) == party


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ("testclient", "testclient"),
    ],
)
def test_an_address_is_of_a_network(address: str, network: str) -> None:
    """The smallest one that the internet routes."""
    assert network_of(owner_of(address)) == network

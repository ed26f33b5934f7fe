"""`auth/rate_limits`: requests of a key or an address in a time, over both ways to a route."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from semsearch.core.errors import InvalidSetting
from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.keys import KeyScope
from semsearch.server.auth.rate_limits import RateLimits
from tests.own_indexes import key_header
from tests.server.conftest import problem_of

Limited = Callable[..., AbstractContextManager[TestClient]]

_PATH = "/v1/search?q=GPS"
_PAGE = "/glossary/ships"


@pytest.fixture
def limited(module_folder: Path, direct_paths: Collection[str]) -> Iterator[Limited]:
    """Yield what starts a service that takes three requests an hour, and opens a client of it."""
    with Glossary.open(module_folder) as glossary:

        @contextmanager
        def client(address: str = "192.0.2.1", **settings: object) -> Iterator[TestClient]:
            given = load_settings(index=module_folder, rate_limit="3/hour", **settings)
            app = create_app(glossary, given, direct_paths=direct_paths)
            with TestClient(app, client=(address, 1234)) as http:
                yield http

        yield client


def test_an_address_has_a_limit(limited: Limited) -> None:
    """Every answer says what is left, and the refusal when to go on; open routes do not count."""
    with limited() as http:
        left = [http.get(path).headers["ratelimit"].split(";")[1] for path in (_PATH, _PAGE, _PATH)]
        assert left == ["r=2", "r=1", "r=0"]
        for path in (_PATH, _PAGE):
            refused = http.get(path)
            problem_of(refused, 429, "too-many-requests")
            assert refused.headers["ratelimit-policy"] == '"requests";q=3;w=3600'
            assert 1 <= int(refused.headers["retry-after"]) <= 3600
        for path in ("/livez", "/readyz", "/static/page.js", "/openapi.json"):
            assert http.get(path).status_code == 200
            assert "ratelimit" not in http.get(path).headers


def test_a_key_has_a_limit_of_its_own(
    limited: Limited,
    module_folder: Path,
) -> None:
    """It is neither that of its address nor that of another key. Refused keys count by address."""
    first, second = (
        key_header(module_folder, KeyScope.SEARCH),
        key_header(module_folder, KeyScope.SEARCH),
    )
    with limited() as http:
        statuses = [http.get(_PATH, headers=first).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert http.get(_PATH, headers=second).status_code == 200
        guessed = {"Authorization": "Bearer semsearch_guessed"}
        found = [http.get(_PATH, headers=guessed).status_code for _ in range(4)]
        assert found == [401, 401, 401, 429]
        assert http.get(_PATH).status_code == 429


def test_only_a_named_proxy_says_whose_limit_it_is(
    limited: Limited,
) -> None:
    """Anybody else would have a new limit with each request."""
    for proxies, expected in (("", [200, 200, 200, 429]), ("192.0.2.0/24", [200] * 4)):
        with limited(proxies=proxies, read="open") as http:
            sent = [{"X-Forwarded-For": f"198.51.100.{n}"} for n in range(4)]
            assert [http.get(_PATH, headers=one).status_code for one in sent] == expected


def test_a_storage_that_fails_limits_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """Questions are answered, and the log says once what is wrong."""
    pytest.importorskip("redis")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    rates = RateLimits("1/hour", f"redis://127.0.0.1:{port}")

    async def count() -> list[bool]:
        return [(await rates.count("somebody")).is_exceeded for _ in range(3)]

    assert asyncio.run(count()) == [False] * 3
    assert caplog.text.count("requests are not limited") == 1


@pytest.mark.parametrize(
    ("rate", "storage", "named"),
    [("often", "memory://", "'often'"), ("3/hour", "elsewhere://", "redis://HOST:PORT")],
)
def test_bad_settings_are_named(
    glossary: Glossary, index: Path, rate: str, storage: str, named: str
) -> None:
    """The way out stands in the message, before the service starts."""
    settings = load_settings(index=index, rate_limit=rate, rate_storage=storage)
    with pytest.raises(InvalidSetting, match=named):
        create_app(glossary, settings)

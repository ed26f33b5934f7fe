"""Requests for other hosts, which a page sends after DNS rebinding, are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from semsearch.core.entries import Entry, Source
from semsearch.core.errors import InvalidSetting
from semsearch.core.settings import load_settings
from semsearch.ingest.build import build_index
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.http.host_check import allowed_hosts
from tests.server.conftest import problem_of
from tests.server.service_process import serving

NAMES = frozenset(("words.example", "docs.example"))


@pytest.fixture
def checked(glossary: Glossary, index: Path) -> Iterator[TestClient]:
    """Yield a client of a service that is asked by two names."""
    with TestClient(create_app(glossary, load_settings(index=index), hosts=NAMES)) as client:
        yield client


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8000",
        "127.0.0.1:8000",
        "[::1]:8000",
        "192.168.1.7",
        "Words.Example",
        "docs.example.:443",
    ],
)
def test_own_names_and_addresses_are_answered(checked: TestClient, host: str) -> None:
    """Any port and any case are accepted."""
    assert checked.get("/v1/search?q=soup", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil",
        "",
        "[x]",
        "[::1].evil.example",
        "[::1]evil.example:80",
        "[::1",
        "localhost:80.evil.example",
        "localhost:80@evil.example",
        "127.0.0.1:8000:evil",
        "words.example..",
        "words.example/evil",
    ],
)
@pytest.mark.parametrize("path", ["/v1/search?q=soup", "/v1/glossaries", "/v1/entries"])
def test_other_names_are_refused(checked: TestClient, host: str, path: str) -> None:
    """Direct paths and the router refuse other names; health checks answer."""
    problem_of(checked.get(path, headers={"Host": host}), 421, "wrong-host")
    assert checked.get("/livez", headers={"Host": host}).status_code == 200
    assert checked.get("/readyz", headers={"Host": host}).status_code == 200
    page = checked.get("/", headers={"Host": host, "Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (421, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("given", "address", "expected"),
    [
        ({}, "127.0.0.1", {"127.0.0.1"}),
        ({"host": "box.example"}, "127.0.0.1", {"box.example"}),
        ({"public_url": "https://Words.example/x"}, "::1", {"127.0.0.1", "words.example"}),
        ({"allowed_hosts": "A.example, b.example"}, "::", {"127.0.0.1", "a.example", "b.example"}),
        ({"public_url": "https://words.example"}, "::", None),
        ({}, "192.168.1.7", None),
    ],
)  # fmt: skip
def test_which_names_are_allowed(
    given: dict[str, str], address: str, expected: set[str] | None
) -> None:
    """A loopback address always has a list; elsewhere any name, unless names are given."""
    assert allowed_hosts(load_settings(**given), address) == expected
    with pytest.raises(InvalidSetting, match="SEMSEARCH_ALLOWED_HOSTS"):
        load_settings(allowed_hosts="a.example:80")


@pytest.mark.process
def test_a_real_server_checks_names(index: Path) -> None:
    """Both workers of a server on a loopback address check the name."""
    with serving(index, workers=2) as service:
        url = service.url
        for _ in range(6):
            asked = httpx2.get(
                f"{url}/v1/glossaries", headers={"Host": "evil.example"}, trust_env=False
            )
            assert asked.status_code == 421
            assert httpx2.get(f"{url}/v1/glossaries", trust_env=False).status_code == 200


def test_no_answer_has_the_folder_of_a_source(unbuilt: Path) -> None:
    """The name of the file is told; where it lay on the machine of the build is not."""
    source = Source("/home/jane/secret-project/words.md", 3)
    entries = [Entry("sea:mast", "Mast", "A pole.", "sea", source=source)]
    entries.append(Entry("sea:boom", "Boom", "A spar.", "sea", source=Source("words/sea.md", 1)))
    build_index(entries, unbuilt, model="hashed")
    settings = load_settings(index=unbuilt)
    with (
        Glossary.open(unbuilt) as glossary,
        TestClient(create_app(glossary, settings)) as client,
    ):
        for path in (
            "/v1/entries/sea:mast", "/v1/search?q=mast", "/v1/entries/sea:mast/related",
            "/v1/changes?since=0", "/entry/sea:mast", "/entry/sea:mast.md", "/llms-full.txt",
            "/v1/glossaries/sea/export?format=jsonl",
        ):  # fmt: skip
            shown = client.get(path)
            assert shown.status_code == 200, path
            assert "jane" not in shown.text, path
        assert client.get("/v1/entries/sea:mast").json()["source"] == {
            "file": "words.md",
            "line": 3,
        }
        assert client.get("/v1/entries/sea:boom").json()["source"]["file"] == "words/sea.md"

"""Pages of entries and glossaries: `routes.entry_pages`, `entry_lists`.

Covers `web/entry_page`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest
from starlette.testclient import TestClient

from semsearch.core.entries import Entry
from semsearch.core.settings import load_settings
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.drafts import Draft
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.keys import KeyScope, utc_now
from semsearch.storage.files.layout import IndexLayout
from tests.own_indexes import OwnIndexes, key_header
from tests.server.conftest import ENTRIES, check_common_headers, problem_of
from tests.server.test_pages import BROWSER, HtmlPage

SLUGS = (
    "a/b",
    "a//b/../c",
    "..",
    "what?",
    "c#",
    "100%",
    "a b",
    "a(b",
    "a)b",
    "[x]<y>",
    "“ä”",
    "漢字",
    "🥚",
    "+&=;,",
    "whisk.md",
    '"onload="x',
    "'",
    "\\",
    "javascript:alert(1)",
)


@pytest.fixture(scope="module")
def odd(own_indexes: OwnIndexes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Yield a client of an index with odd ids in an odd glossary."""
    entries = [
        Entry(f"o/d d?:{slug}", f"Term {i:02}", f"Entry {i} of some.", "o/d d?")
        for i, slug in enumerate(SLUGS)
    ]
    with own_indexes.unbuilt(tmp_path_factory.mktemp("odd") / "index") as index:
        build_index([*entries, *ENTRIES], index, model="hashed")
        told = load_settings(index=index, public_url="https://a.example/words/", read="open")
        with (
            Glossary.open(index) as glossary,
            TestClient(create_app(glossary, told)) as client,
        ):
            yield client


def _href(page: HtmlPage, rel: str) -> str:
    found = [a["href"] for tag in ("a", "link") for a in page.all(tag) if a.get("rel") == rel]
    return (found or [""])[0] or ""


def test_an_id_may_hold_anything(odd: TestClient) -> None:
    """Its page, its Markdown version and its neighbours have the URLs that pages state."""
    path = "/entry/" + quote(f"o/d d?:{SLUGS[0]}", safe="")
    for i, slug in enumerate(SLUGS):
        response = odd.get(path)
        assert response.status_code == 200, slug
        page = HtmlPage(response.text)
        assert f"Entry {i} of some." in page.text
        (home,) = (a["href"] for a in page.all("a") if a.get("class") == "name")
        assert urljoin(f"http://testserver{path}", home) == "http://testserver/"
        canonical = _href(page, "canonical")
        assert canonical.startswith("https://a.example/words/entry/")
        assert odd.get(urlsplit(canonical).path.removeprefix("/words")).text == response.text
        (twin,) = (a["href"] for a in page.all("link") if a.get("type") == "text/markdown")
        markdown = odd.get(urljoin(f"http://testserver{path}", twin or ""))
        assert markdown.headers["content-type"].startswith("text/markdown"), slug
        assert markdown.text.startswith(f"# Term {i:02}\n"), slug
        path = urlsplit(urljoin(f"http://testserver{path}", _href(page, "next"))).path
    assert _href(page, "next") == ""


def test_a_glossary_may_be_called_anything(odd: TestClient) -> None:
    """Its alphabet is found from the choice, and from its entries."""
    page = HtmlPage(odd.get("/glossary").text)
    (link,) = (a for a in page.links() if "o%2Fd" in a)
    response = odd.get(urljoin("http://testserver/glossary", link))
    assert response.status_code == 200
    assert HtmlPage(response.text).text.count("Term ") == len(SLUGS)


def test_an_entry_called_like_a_twin_is_an_entry(odd: TestClient) -> None:
    """What ends with .md is a twin only where no entry has that id."""
    path = "/entry/" + quote("o/d d?:whisk.md", safe="")
    assert "text/html" in odd.get(path).headers["content-type"]
    assert odd.get(f"{path}.md").headers["content-type"].startswith("text/markdown")
    problem_of(odd.get("/entry/nothing.md"), 404, "entry-not-found")


@pytest.mark.parametrize(
    "path",
    [
        "/entry/kitchen:whisk",
        "/entry/kitchen:whisk.md",
        "/glossary/kitchen",
        "/glossary",
        "/llms.txt",
    ],
)
def test_what_is_read_can_be_kept(client: TestClient, path: str) -> None:
    """Pages have an ETag and must be revalidated; HEAD has the headers of GET."""
    response = client.get(path)
    check_common_headers(response.headers)
    assert response.headers["cache-control"] == "no-cache"
    held = client.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert (held.status_code, held.content) == (304, b"")
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-type", "content-length"):
        assert head.headers[name] == response.headers[name]


def test_an_id_that_is_not_there_is_told_with_names_like_it(client: TestClient) -> None:
    """The page links similar names and offers a search; programs get a problem."""
    response = client.get("/entry/kitchen:colender", headers=BROWSER)
    assert (response.status_code, response.headers["cache-control"]) == (404, "no-store")
    page = HtmlPage(response.text)
    assert "kitchen:colender" in page.text
    assert [a["href"] for a in page.all("a") if a.get("class") == "term"] == [
        "../entry/kitchen:colander"
    ]
    assert "../?q=colender" in page.links()
    problem_of(client.get("/entry/kitchen:colender"), 404, "entry-not-found")


@pytest.mark.parametrize(
    "id", ["", " ", "x:", "🥚", "x" * 5000, "a\u202eb", "<img src=x onerror=alert(1)>"]
)
def test_an_id_that_can_be_none_is_not_there(client: TestClient, id: str) -> None:
    """Whatever it holds, it is text."""
    response = client.get(f"/entry/{quote(id, safe='')}", headers=BROWSER)
    assert response.status_code == 404
    page = HtmlPage(response.text)
    assert not page.all("img")
    assert id.strip() in page.text


def test_names_of_other_glossaries_are_not_offered(folder: Path) -> None:
    """A key for one or several glossaries shows no name of another."""
    with Glossary.open(folder) as glossary:
        app = create_app(glossary, load_settings(index=folder, read="key"))
        with TestClient(app, headers=BROWSER) as client:
            for within, offered in (("ships",), False), (("ships", "kitchen"), True), ((), True):
                sent = key_header(folder, KeyScope.SEARCH, *within)
                response = client.get("/entry/kitchen:colender", headers=sent)
                assert response.status_code == 404
                assert ("kitchen:colander" in response.text) == offered


def test_a_page_says_when_its_entry_was_changed(folder: Path) -> None:
    """The date is from the history; a copy without history shows none, and answers."""
    settings, today = load_settings(index=folder), utc_now().date().isoformat()
    with (
        Glossary.open(folder) as glossary,
        Editor(folder, who="ann") as editor,
        TestClient(create_app(glossary, settings)) as client,
    ):
        before = client.get("/entry/kitchen:ladle")
        editor.put("kitchen:ladle", Draft("Soup ladle", "It serves soup."))
        after = client.get(
            "/entry/kitchen:ladle", headers={"If-None-Match": before.headers["etag"]}
        )
        assert after.status_code == 200
        assert "It serves soup." in HtmlPage(after.text).text
        assert [a["datetime"] for a in HtmlPage(after.text).all("time")] == [today]
        editor.delete("kitchen:ladle")
        assert client.get("/entry/kitchen:ladle", headers=BROWSER).status_code == 404
    IndexLayout(folder).store.unlink()
    with Glossary.open(folder) as glossary, TestClient(create_app(glossary, settings)) as client:
        response = client.get("/entry/kitchen:whisk")
        assert response.status_code == 200
        assert not HtmlPage(response.text).all("time")


def test_a_store_that_cannot_be_read_hides_no_entry(folder: Path) -> None:
    """Pages come from what answers; only the day of the last change is not known then."""
    settings = load_settings(index=folder)
    with Glossary.open(folder) as glossary, TestClient(create_app(glossary, settings)) as client:
        store = IndexLayout(folder).store
        store.write_bytes(b"no database at all" * 1000)
        response = client.get("/entry/kitchen:whisk")
        assert response.status_code == 200
        assert not HtmlPage(response.text).all("time")


def test_parameters_of_others_change_nothing(client: TestClient) -> None:
    """Links are passed on with all kinds of them; one that is there twice is refused."""
    plain = client.get("/glossary/kitchen?letter=W").text
    assert client.get("/glossary/kitchen?letter=W&utm_source=mail").text == plain
    assert client.get("/entry/kitchen:whisk?utm_source=mail").status_code == 200
    problem_of(client.get("/glossary/kitchen?letter=W&letter=C"), 422, "invalid-request")


@pytest.mark.process
def test_a_large_glossary_is_read_in_pages(unbuilt: Path) -> None:
    """Each begins behind the last one; whole addresses are of the page itself."""
    entries = [
        Entry(f"big:{i}", f"{'Ab' if i % 2 else 'Zu'} {i:04}", f"Number {i}.", "big")
        for i in range(1001)
    ]
    build_index(entries, unbuilt, model="hashed")
    settings = load_settings(index=unbuilt, public_url="https://a.example", read="open")
    with Glossary.open(unbuilt) as glossary, TestClient(create_app(glossary, settings)) as client:
        for start, expected in ("/glossary/big", 1001), ("/glossary/big?letter=A", 500):
            seen: list[str] = []
            address = f"http://testserver{start}"
            while address:
                page = HtmlPage(client.get(address).text)
                canonical = _href(page, "canonical")
                assert urlsplit(canonical)[2:4] == urlsplit(address)[2:4]
                seen += [a["data-id"] or "" for a in page.all("a") if a.get("class") == "term"]
                following = _href(page, "next")
                address = urljoin(address, following) if following else ""
            assert len(seen) == len(set(seen)) == expected
        gone = HtmlPage(client.get("/glossary/big?after=big:none").text)
        assert gone.all("a") == HtmlPage(client.get("/glossary/big").text).all("a")
        problem_of(client.get("/llms-full.txt"), 404, "not-found")
        assert "](https://a.example/glossary/big)" in client.get("/llms.txt").text

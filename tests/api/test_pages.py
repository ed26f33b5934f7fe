"""The pages: made from the index, safe to show any text, and all their parts are ours."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from semsearch import wording
from semsearch.access.keys import Secret
from semsearch.api.examples import example_questions
from semsearch.api.pages import LandingPage
from semsearch.building import build_index
from semsearch.glossary import Glossary
from semsearch.ranking.recipe import DEFAULT, PARTS
from semsearch.types import Entry
from semsearch.wording import PART_NAMES, VERDICTS
from tests.api.conftest import ENTRIES, HOSTILE, check_envelope

WEB = Path(__file__).parents[2] / "semsearch" / "web"


class _Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def _assets(page: _Page) -> list[str]:
    stated = [a.get("src") for a in page.all("script")] + [a.get("href") for a in page.all("link")]
    return [address for address in stated if address]


def _chips(page: _Page) -> list[str]:
    addresses = [a.get("href") or "" for a in page.all("a")]
    return [parse_qs(urlsplit(a).query)["q"][0] for a in addresses if "?q=" in a]


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_are_whole_and_ours(client: TestClient, path: str) -> None:
    """Every asset is found, with its type; nothing is inline and nothing is elsewhere."""
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    check_envelope(response.headers)
    page = _Page(response.text)
    assert len(_assets(page)) >= 3
    for address in _assets(page):
        assert not urlsplit(address).netloc
        asset = client.get(f"/{address}")
        assert asset.status_code == 200
        assert asset.headers["cache-control"] == "no-cache"
        kind = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
        assert asset.headers["content-type"].startswith(kind[Path(address).suffix])
        held = {"If-None-Match": asset.headers["etag"]}
        assert client.get(f"/{address}", headers=held).status_code == 304
    assert all(script.get("src") for script in page.all("script"))
    assert not page.all("style")
    assert not any("style" in a or any(n.startswith("on") for n in a) for _, a in page.tags)


def test_landing_page_is_usable_without_seeing_it(client: TestClient) -> None:
    """The form has a label, a method and an address; the status line is a live region."""
    page = _Page(client.get("/").text)
    form, access = page.all("form")
    assert (form["method"], form["action"]) == ("get", "./")
    assert access.get("hidden", "") is None
    labels = {label.get("for") for label in page.all("label")}
    boxes = [box for box in page.all("input") if box.get("name") == "q"]
    assert [box["id"] in labels for box in boxes] == [True]
    assert [a["id"] for _, a in page.tags if a.get("role") == "status"] == ["status"]
    assert page.all("html")[0]["lang"] == "en"
    assert page.all("noscript") == [{}]


def test_landing_page_shows_the_index(client: TestClient) -> None:
    """Sizes, the choice of a glossary and examples come from the index."""
    page = _Page(client.get("/").text)
    assert "8 entries in 2 glossaries" in page.text
    assert [option.get("value") for option in page.all("option")] == ["", None, None]
    assert len(_chips(page)) == 3


def test_examples_are_answered(client: TestClient) -> None:
    """Each example has a close match."""
    for question in _chips(_Page(client.get("/").text)):
        answer = client.get("/v1/search", params={"q": question}).json()
        assert not answer["no_close_match"], question


def test_landing_page_is_not_sent_again(client: TestClient) -> None:
    """The page has an ETag of its own."""
    first = client.get("/")
    held = {"If-None-Match": first.headers["etag"]}
    assert client.get("/", headers=held).status_code == 304


def test_landing_page_of_hostile_names(tmp_path: Path) -> None:
    """Markup in a name is shown, not run; one glossary leaves nothing to choose."""
    entries = [
        Entry(id=f"<b>:{i}", term=HOSTILE + str(i), definition="It runs.", glossary="<b>")
        for i in range(3)
    ]
    build_index(entries, tmp_path, model="hashed")
    with Glossary.open(tmp_path) as glossary:
        page = _Page(LandingPage(glossary).content.decode())
    assert [script.get("src") for script in page.all("script")] == ["static/app.js"]
    assert not page.all("b")
    assert not page.all("select")
    assert "3 entries in <b>" in page.text
    assert any(HOSTILE in chip for chip in _chips(page))


def test_landing_page_where_reading_needs_a_key(glossary: Glossary) -> None:
    """It says nothing of the index, has a place for the key that no form sends anywhere, and asked its first question."""
    landing = LandingPage(glossary, is_open=False)
    assert landing.make() == landing.etag != LandingPage(glossary).make()
    assert len(landing.questions) == 3
    page = _Page(landing.content.decode())
    assert page.all("body")[0]["data-reading"] == "key"
    assert _chips(page) == []
    assert [option.get("value") for option in page.all("option")] == [""]
    assert [label for label in page.all("label") if "hidden" in label] == [
        {"class": "within", "hidden": None}
    ]
    for word in ("kitchen", "ships", "8 entries", "Whisk"):
        assert word not in page.text
    (box,) = (box for box in page.all("input") if box.get("id") == "key")
    assert (box["type"], "name" in box) == ("password", False)
    assert re.fullmatch(box["pattern"] or "", Secret.new().text)


def test_an_open_landing_page_needs_no_key(client: TestClient) -> None:
    """It says so to its script, and leaves no place unfilled."""
    text = client.get("/").text
    assert _Page(text).all("body")[0]["data-reading"] == "open"
    assert "<!--" not in text


def test_the_page_keeps_a_key_for_its_tab_and_out_of_addresses() -> None:
    """It is sent in the header alone, and only where reading needs it."""
    script = (WEB / "app.js").read_text()
    assert "localStorage" not in script
    assert "document.cookie" not in script
    assert script.count("Authorization = `Bearer ${key}`") == 1
    assert script.count("needsKey ? sessionStorage.getItem(KEY) : null") == 1


def test_example_questions() -> None:
    """A description, a question about a term, and a term, each about another entry."""
    assert example_questions(ENTRIES) == [
        "a tool of bent wires for beating air into eggs or cream",
        "the meaning of Ladle",
        "Colander",
    ]
    assert example_questions(ENTRIES[5:6]) == ["the meaning of Global Positioning System (GPS)"]
    assert example_questions([]) == []


def test_the_page_explains_scores_with_the_weights_of_the_recipe(client: TestClient) -> None:
    """Each part of the score has a row with its name and its weight, closed until asked for."""
    page = _Page(client.get("/").text)
    rows = [row for row in page.all("tr") if "data-part" in row]
    assert [row["data-part"] for row in rows] == list(PARTS)
    weights = [float(row["data-weight"] or "nan") for row in rows]
    assert weights == [getattr(DEFAULT, part) for part in PARTS]
    for name in PART_NAMES.values():
        assert name in page.text
    details = [a for a in page.all("details") if a.get("class") == "why"]
    assert [("open" in a) for a in details] == [False]


def test_the_page_says_things_as_the_command_line_does() -> None:
    """The script repeats the words of `wording`, which nothing but this test holds together."""
    script = (WEB / "app.js").read_text()
    assert set(re.findall(r"(\w+|\"[a-z ]+\"): \"([A-Z][a-z ]+)\",", script)) == {
        (f'"{verdict}"' if " " in verdict else str(verdict), words)
        for verdict, words in VERDICTS.items()
    }
    for name in ("BY_SUM", "BY_NAME", "BY_RERANKER"):
        assert f'const {name} = "{getattr(wording, name)}";' in script


def test_docs_use_nothing_but_our_own(client: TestClient) -> None:
    """Swagger UI comes from an installed package and reads our description."""
    script = client.get("/static/docs.js").text
    assert 'url: "openapi.json"' in script
    assert "validatorUrl: null" in script


def test_page_script_never_makes_markup() -> None:
    """Text becomes text nodes only."""
    script = (WEB / "app.js").read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)
    assert "http://" not in script
    assert "https://" not in script

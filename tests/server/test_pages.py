"""Pages over HTTP: `routes.pages`, `routes.map`, `routes.opensearch_and_widget`, `error_responses`.

Also `example_questions`.

Covers `search/semantic_map`, `server/routes/map`, `server/routes/opensearch_and_widget`,
`web/answer_view`, `server/example_questions`, `server/entry_lists`.
"""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, quote, urljoin, urlsplit

import pytest
from starlette.testclient import TestClient

from semsearch.core.entries import Details, Entry
from semsearch.core.errors import InvalidSetting
from semsearch.core.presentation import GlossaryText, Presentation
from semsearch.core.settings import load_settings
from semsearch.exporters import TARGETS
from semsearch.ingest.build import build_index
from semsearch.ranking.confidence import STRONG, THRESHOLD
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.keys import KeyScope, Secret
from semsearch.server.example_questions import (
    ExampleQuestions,
    asked_phrases,
    example_questions,
)
from tests.own_indexes import key_header
from tests.server.conftest import ENTRIES, HOSTILE, check_common_headers, problem_of

WEB = Path(__file__).parents[2] / "semsearch" / "web" / "static"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAGES = (
    "/",
    "/?q=soup",
    "/?q=",
    "/entry/kitchen:whisk",
    "/entry/ships:hostile",
    "/glossary",
    "/glossary/kitchen",
    "/glossary/kitchen?letter=L",
    "/map",
    "/map?q=soup&a=pan&b=pot",
    "/widget",
    "/docs",
)


class HtmlPage(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._inside: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See `HTMLParser`."""
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """See `HTMLParser`."""
        if tag == "script":
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        """See `HTMLParser`."""
        if self._inside:
            self.scripts.append(data)
        else:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of a name."""
        return [attributes for name, attributes in self.tags if name == tag]

    def links(self) -> list[str]:
        """Return where the links lead."""
        return [a["href"] or "" for a in self.all("a") if a.get("href") is not None]


def _assets(page: HtmlPage) -> list[str]:
    stated = [a.get("src") for a in page.all("script")]
    stated += [
        a.get("href") for a in page.all("link") if a.get("rel") in {"icon", "stylesheet", "search"}
    ]
    return [address for address in stated if address]


def _examples(page: HtmlPage) -> list[str]:
    return [parse_qs(urlsplit(a).query)["q"][0] for a in page.links() if "?q=" in a]


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_whole_and_ours(client: TestClient, path: str) -> None:
    """Every asset is found, with its type; no style or script is inline, nothing is elsewhere."""
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    page = HtmlPage(response.text)
    assert len(_assets(page)) >= 3
    for address in _assets(page):
        assert not urlsplit(address).netloc
        asset = client.get(urljoin(f"http://testserver{path}", address))
        assert asset.status_code == 200, address
        kinds = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
        kind = kinds.get(Path(urlsplit(address).path).suffix, "application/opensearch")
        assert asset.headers["content-type"].startswith(kind)
    data = [a for a in page.all("script") if not a.get("src")]
    assert all(script.get("type") == "application/ld+json" for script in data)
    assert not page.all("style")
    assert not any("style" in a or any(n.startswith("on") for n in a) for _, a in page.tags)


@pytest.mark.parametrize("path", PAGES)
def test_links_of_pages_lead_somewhere(client: TestClient, path: str) -> None:
    """Seen from the page, at whatever depth it lies; forms of owners ask for a key."""
    page = HtmlPage(client.get(path).text)
    for link in set(page.links()) - {"", "#main"}:
        found = client.get(urljoin(f"http://testserver{path}", link))
        assert found.status_code == (401 if link.startswith("../edit/") else 200), link


@pytest.mark.parametrize("path", [p for p in PAGES if p not in {"/docs", "/widget"}])
def test_pages_are_not_sent_again(client: TestClient, path: str) -> None:
    """They have the tag of the index, which HEAD tells too."""
    tag = client.get(path).headers["etag"]
    assert client.head(path).headers["etag"] == tag
    held = client.get(path, headers={"If-None-Match": tag})
    assert (held.status_code, held.content) == (304, b"")
    check_common_headers(client.get(path).headers)


def test_the_meter_of_confidence_has_the_thresholds_in_use(client: TestClient) -> None:
    """Its colour changes where the verdict does."""
    page = HtmlPage(
        client.get("/?q=bowl with holes that lets water run off washed vegetables").text
    )
    (meter,) = (attributes for tag, attributes in page.tags if tag == "meter")
    assert (meter["low"], meter["high"]) == (f"{THRESHOLD:.0%}"[:-1], f"{STRONG:.0%}"[:-1])


def test_every_page_can_be_used_without_seeing_it(client: TestClient) -> None:
    """A language, one first-level heading, a skip link, labels and landmarks."""
    for path in PAGES[:-1]:
        page = HtmlPage(client.get(path).text.partition("<template")[0])
        assert page.all("html")[0]["lang"] == "en"
        assert len(page.all("h1")) <= 1
        assert "#main" in page.links()
        assert [main["id"] for main in page.all("main")] == ["main"]
        labels = {label.get("for") for label in page.all("label")}
        boxes = [box for box in page.all("input") if box.get("name") == "q" and box.get("id")]
        assert boxes
        assert {box["id"] for box in boxes} <= labels


def test_the_start_page_shows_the_index(client: TestClient) -> None:
    """Sizes, glossaries and examples come from the index, which answers the examples."""
    text = client.get("/").text
    page = HtmlPage(text)
    assert "Ask 8 entries in 2 glossaries" in page.text
    assert len(page.all("option")) == 3
    assert len(_examples(page)) == 4
    assert re.findall(r"</a> <span>(\w+)</span></li>", text) == ["kitchen"] * 2 + ["ships"] * 2
    for question in _examples(page):
        answer = client.get("/v1/search", params={"q": question}).json()
        assert not answer["no_close_match"], question


@pytest.mark.parametrize("question", ["whisk", "a deep spoon for soup", "egg beeter", "qzx vvk"])
def test_a_question_in_the_address_is_answered_as_the_interface_answers(
    client: TestClient, question: str
) -> None:
    """The same entries in the same order, and the same verdict; `nearest` hits stand apart."""
    answer = client.get("/v1/search", params={"q": question}).json()
    text = client.get("/", params={"q": question}).text
    page = HtmlPage(text)
    ids = [a.removeprefix("./entry/") for a in page.links() if a.startswith("./entry/")]
    assert ids == [quote(hit["id"], safe=":") for hit in answer["hits"]]
    items = [item["class"] for item in page.all("li") if "hit" in (item.get("class") or "")]
    matches = [hit["matched_by"] != "nearest" for hit in answer["hits"]]
    assert ["nearest" not in (item or "") for item in items] == matches
    is_card = ["best" in (item or "") for item in items]
    assert is_card == [not answer["no_close_match"], *[False] * (len(items) - 1)]
    assert "similarity" not in page.text.partition("Why")[0].lower()
    meters = [int(meter["value"] or "") for meter in page.all("meter")]
    is_sure = answer["verdict"] in {"strong", "possible"}
    assert meters == [int(answer["confidence"] * 100)] * is_sure
    assert ("No close match" in page.text) == answer["no_close_match"]
    assert f'value="{question}"' in text
    if answer["repaired"]:
        assert answer["repaired"] in page.text


def test_who_finds_nothing_reads_how_a_term_is_added(unbuilt: Path, client: TestClient) -> None:
    """By a command for the chosen glossary, and at the home page that its owner states."""
    text = client.get("/?q=football").text
    assert "Is a term missing? Ask who keeps the glossary. They add it" in text
    assert "semsearch add GLOSSARY &#34;TERM&#34;" in text
    assert "semsearch add ships &#34;TERM&#34;" in client.get("/?q=football&glossary=ships").text
    assert "Is a term missing" not in client.get("/?q=whisk").text
    own = {"ships": GlossaryText(home_page="https://a.example/ships")}
    shown = Presentation(home_page="https://a.example/", glossaries=own)
    build_index(ENTRIES, unbuilt, model="hashed", presentation=shown)
    with Glossary.open(unbuilt) as glossary:
        app = create_app(glossary, load_settings(index=unbuilt))
        with TestClient(app) as asking:
            for path, home in (
                ("", "https://a.example/"),
                ("&glossary=ships", "https://a.example/ships"),
            ):
                assert (
                    f'at its <a href="{home}">home page</a>'
                    in asking.get(f"/?q=football{path}").text
                )


def test_a_question_is_asked_in_one_glossary(client: TestClient) -> None:
    """The choice stays, and hits are of it."""
    text = client.get("/?q=soup&glossary=ships").text
    assert "<option selected>ships</option>" in text
    assert "./entry/kitchen" not in text
    assert "./entry/ships" in text


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/nothing", 404, "missing"),
        ("/entry/nothing", 404, "missing"),
        ("/glossary/nothing", 404, "missing"),
        (f"/?q={'x' * 1001}", 422, "error"),
        ("/?q=soup&glossary=nothing", 404, "missing"),
        ("/?q=a&q=b", 422, "error"),
        ("/?q=%ff", 400, "error"),
    ],
)
def test_what_cannot_be_shown_is_told_on_a_page(
    client: TestClient, path: str, status: int, kind: str
) -> None:
    """People get a page; programs and the API get a problem."""
    response = client.get(path, headers=BROWSER)
    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    page = HtmlPage(response.text)
    states = [a["class"] for a in page.all("section") if a.get("data-status") == str(status)]
    assert states == [f"state state-{kind}"]
    program = client.get(path)
    assert program.headers["content-type"] == "application/problem+json"
    assert program.json()["status"] == status
    assert client.get("/v1/search", headers=BROWSER).headers["content-type"].endswith("json")


def test_a_hostile_index_runs_nothing(unbuilt: Path) -> None:
    """Markup in any field is text on every page, also in the data for search engines."""
    evil = f"{HOSTILE}</script><img src=x onerror=alert(1)>{{{{7*7}}}}"
    entries = [
        Entry(
            f"a<b>:{name}",
            f"{evil} {name}",
            f"{evil} is near {evil} other.",
            "a<b>",
            (f"{evil} alias {name}",),
            see_also=(f"{evil} other",),
        )
        for name in ("one", "other")
    ]
    build_index(entries, unbuilt, model="hashed")
    with Glossary.open(unbuilt) as glossary:
        app = create_app(glossary, load_settings(index=unbuilt))
        with TestClient(app) as client:
            paths = ["/", f"/?q={quote(evil)}", "/glossary/a<b>", "/map", "/entry/a<b>:one"]
            paths += ["/widget", f"/map?q={quote(evil)}&a={quote(evil)}&b={quote(evil)}"]
            for path in paths:
                response = client.get(path)
                assert response.status_code == 200, path
                page = HtmlPage(response.text)
                assert all(a.get("src") or "type" in a for a in page.all("script")), path
                assert not page.all("img"), path
                assert not any(n.startswith("on") for _, a in page.tags for n in a), path
                assert "49" not in page.text
            said = json.loads(HtmlPage(client.get("/entry/a<b>:one").text).scripts[-1])
            assert said["name"] == f"{evil} one"


def test_an_entry_says_what_it_is_to_programs(client: TestClient, glossary: Glossary) -> None:
    """schema.org's DefinedTerm has the entry's texts, and the Markdown version exists."""
    page = HtmlPage(client.get("/entry/kitchen:whisk").text)
    (said,) = (json.loads(text) for text in page.scripts if text.strip().startswith("{"))
    entry = glossary.entry("kitchen:whisk")
    assert said["@type"] == "DefinedTerm"
    assert said["name"] == entry.term
    assert said["description"] == entry.definition
    assert said["alternateName"] == ["Egg beater"]
    assert said["inDefinedTermSet"]["name"] == "kitchen"
    (twin,) = (a["href"] for a in page.all("link") if a.get("type") == "text/markdown")
    answer = client.get(urljoin("http://testserver/entry/kitchen:whisk", twin or ""))
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.text.startswith("# Whisk\n\nAlso: Egg beater\n\nA whisk is a tool")
    assert "- [Ladle](../entry/kitchen:ladle.md)" in answer.text


def test_an_entry_is_found_by_its_name_and_has_one_address(client: TestClient) -> None:
    """A name, also another one, leads to the page of the id."""
    for name in ("Whisk", "egg beater", "WHISKS"):
        answer = client.get(f"/entry/{name}", follow_redirects=False)
        assert answer.status_code == 302
        assert answer.headers["location"] == "../entry/kitchen:whisk"


def test_previous_and_next_go_through_the_alphabet(client: TestClient) -> None:
    """The links lead from the first entry of a glossary to its last."""
    seen, path = [], "/entry/kitchen:bain-marie"
    while path:
        seen.append(path.rpartition(":")[2])
        page = HtmlPage(client.get(path).text)
        following = [a["href"] or "" for a in page.all("a") if a.get("rel") == "next"]
        path = urljoin(path, following[0]) if following else ""
    assert seen == ["bain-marie", "colander", "ladle", "whisk"]


def test_the_alphabet_of_a_glossary(client: TestClient) -> None:
    """Its letters, marks behind them, and only the entries under the one that is asked for."""
    page = HtmlPage(client.get("/glossary/ships").text)
    letters = [parse_qs(urlsplit(a).query)["letter"][0] for a in page.links() if "letter=" in a]
    assert letters == ["G", "K", "P", "S"]
    page = HtmlPage(client.get("/glossary/ships?letter=K").text)
    entries = [a["href"] for a in page.all("a") if a.get("class") == "term"]
    assert entries == ["../entry/ships:keel"]


def test_a_glossary_is_filtered_and_counted(client: TestClient) -> None:
    """Letters have their numbers, terms the beginning of their definition."""
    text = client.get("/glossary/kitchen?filter=%20LAD%20").text
    page = HtmlPage(text)
    entries = [a["href"] for a in page.all("a") if a.get("class") == "term"]
    assert entries == ["../entry/kitchen:ladle"]
    assert "1 term with “LAD” in the name" in page.text
    assert '<span dir="auto">A ladle is a deep spoon' in text
    assert re.findall(r">(\w)<span> (\d+)</span>", text) == [
        ("B", "1"),
        ("C", "1"),
        ("L", "1"),
        ("W", "1"),
    ]
    none = HtmlPage(client.get("/glossary/kitchen?filter=zzz").text)
    assert "0 terms with “zzz” in the name" in none.text
    assert "../?q=zzz&glossary=kitchen" in none.links()


def test_what_the_owner_says_is_on_every_page(unbuilt: Path) -> None:
    """Title, logo, colours, licence; texts of glossaries where they are listed."""
    shown = Presentation(
        "Our <words>",
        "What we mean.",
        licence="CC0",
        licence_url="https://a.example/cc0",
        home_page="https://a.example/",
        default_glossary="ships",
        accent="#8a3324",
        accent_dark="#c08080",
        logo=base64.b64encode(b"\x89PNG").decode(),
        logo_type="image/png",
        glossaries={"ships": GlossaryText("Ships & boats", "Of the sea.", "CC BY 4.0")},
    )
    build_index(ENTRIES, unbuilt, model="hashed", presentation=shown)
    with Glossary.open(unbuilt) as glossary:
        app = create_app(glossary, load_settings(index=unbuilt))
        with TestClient(app) as client:
            for path in (
                "/",
                "/?q=soup",
                "/entry/ships:keel",
                "/glossary",
                "/glossary/ships",
                "/map",
                "/widget",
                "/docs",
                "/nothing",
            ):
                text = client.get(path, headers=BROWSER).text
                assert "Our &lt;words&gt;</a>" in text, path
                assert '<meta property="og:site_name" content="Our &lt;words&gt;">' in text, path
                assert 'theme.css">' in text, path
                assert '<a rel="license" href="https://a.example/cc0">CC0</a>' in text, path
            assert (
                '<option selected value="ships">Ships &amp; boats</option>' in client.get("/").text
            )
            listed = client.get("/glossary").text
            assert "Of the sea." in listed
            assert "CC BY 4.0" in listed
            theme, logo = client.get("/theme.css"), client.get("/logo.png")
            assert theme.headers["content-type"] == "text/css; charset=utf-8"
            assert "--accent: light-dark(#8a3324, #c08080)" in theme.text
            assert (logo.headers["content-type"], logo.content) == ("image/png", b"\x89PNG")
            assert client.get("/logo.svg").status_code == 404
            stated = {"title": "Our <words>", "accent": "#8a3324", "accent_dark": "#c08080"}
            assert f"...{json.dumps(stated)} }};" in client.get("/widget.js").text
            with TestClient(app, base_url="http://127.0.0.1") as local:
                description = local.get("/opensearch.xml").text
                assert 'type="image/png">http://127.0.0.1/logo.png</Image>' in description
                assert "<ShortName>Our &lt;words&gt;</ShortName>" in description
                assert "<Description>What we mean.</Description>" in description
                (found,) = local.get("/reconcile/suggest/entity?prefix=keel").json()["result"]
                assert found["notable"] == [{"id": "ships", "name": "Ships & boats"}]
                asked = {"queries": '{"q": {"query": "keel"}}'}
                candidates = local.get("/reconcile", params=asked).json()["q"]["result"]
                assert candidates[0]["type"] == found["notable"]
                preview = local.get("/reconcile/preview?id=ships:keel").text
                assert " Ships &amp; boats</title>" in preview
                assert "## Ships & boats" in local.get("/llms.txt").text


def test_the_owner_is_not_named_without_a_key_where_reading_needs_one(unbuilt: Path) -> None:
    """Pages that anybody may open are plain there, and the widget has no example."""
    shown = Presentation("Our words", "Secret plans.", accent="#8a3324", accent_dark="#c08080")
    build_index(ENTRIES, unbuilt, model="hashed", presentation=shown)
    with Glossary.open(unbuilt) as glossary:
        app = create_app(glossary, load_settings(index=unbuilt, read="key"))
        with TestClient(app, base_url="http://127.0.0.1") as client:
            for path in ("/", "/widget", "/docs", "/nothing", "/opensearch.xml", "/widget.js"):
                text = client.get(path, headers=BROWSER).text
                for own in ("Our words", "Secret plans", "#8a3324", "theme.css"):
                    assert own not in text, path
            page = client.get("/widget").text
            assert "semsearch serve --read open" in page
            assert "<semsearch-search" not in page


def test_a_long_title_is_cut_where_opensearch_limits_it(unbuilt: Path) -> None:
    """To 16 characters, and to 48 in the long name."""
    build_index(
        ENTRIES,
        unbuilt,
        model="hashed",
        presentation=Presentation("A glossary of " + "ships " * 9),
    )
    with Glossary.open(unbuilt) as glossary:
        app = create_app(glossary, load_settings(index=unbuilt))
        with TestClient(app, base_url="http://127.0.0.1") as client:
            text = client.get("/opensearch.xml").text
    (short,) = re.findall(r"<ShortName>(.*)</ShortName>", text)
    (long,) = re.findall(r"<LongName>(.*)</LongName>", text)
    assert 0 < len(short) <= 16 < len(long) <= 48
    assert short.startswith("A glossary")


def test_changes_are_followed_by_a_feed(
    client: TestClient, glossary: Glossary, index: Path
) -> None:
    """It needs the address of the service, and pages name it."""
    settings = load_settings(index=index, public_url="https://a.example/words", read="open")
    told = create_app(glossary, settings)
    with TestClient(told) as known:
        answer = known.get("/feed.atom")
        assert answer.headers["content-type"] == "application/atom+xml"
        assert answer.text.count("<entry>") == len(ENTRIES)
        assert "<id>https://a.example/words/entry/kitchen:whisk#" in answer.text
        page = HtmlPage(known.get("/?q=soup").text)
        feeds = [a["href"] for a in page.all("link") if a.get("type") == "application/atom+xml"]
        assert feeds == ["./feed.atom"]
        social = {a["property"]: a["content"] for a in page.all("meta") if "property" in a}
        assert re.fullmatch(r"soup \W semsearch", social["og:title"] or "")
        assert social["og:url"] == "https://a.example/words/?q=soup"
        page = HtmlPage(known.get("/?q=ladle").text)
        social = {a["property"]: a["content"] for a in page.all("meta") if "property" in a}
        assert (social["og:description"] or "").startswith("Ladle: A ladle is a deep spoon")
    problem_of(client.get("http://evil.example/feed.atom"), 404, "not-found")


def test_an_index_without_colours_and_logo_has_none(client: TestClient) -> None:
    """Pages name neither."""
    assert "theme.css" not in client.get("/").text
    assert client.get("/theme.css").status_code == client.get("/logo.png").status_code == 404


def test_a_glossary_can_be_taken_away_from_its_page(client: TestClient) -> None:
    """The page links a file in every format that is written."""
    page = HtmlPage(client.get("/glossary/ships").text)
    links = [a["href"] or "" for a in page.all("a") if "download" in a]
    assert len(links) == len(TARGETS)
    for link in links:
        answer = client.get(urljoin("/glossary/ships", link))
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment; filename")


def test_a_language_model_is_told_what_there_is(client: TestClient) -> None:
    """The page follows llmstxt.org: a heading, a summary, and sections of working links."""
    answer = client.get("/llms.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0] == "# semsearch"
    assert lines[2].startswith("> 8 definitions")
    assert [line for line in lines if line.startswith("## ")] == ["## kitchen", "## ships", "## Optional"]  # fmt: skip
    for address in re.findall(r"\]\((\S+)\)", answer.text):
        assert client.get(urljoin("http://testserver/llms.txt", address)).status_code == 200
    full = client.get("/llms-full.txt").text
    assert all(entry.definition in full for entry in ENTRIES)


def test_the_public_address_stands_where_whole_addresses_must(
    index: Path, glossary: Glossary
) -> None:
    """Canonical links, Open Graph, OpenSearch and suggestions have whole addresses.

    The Host header is not trusted.
    """
    settings = load_settings(index=index, public_url="https://a.example/words", read="open")
    told = create_app(glossary, settings)
    with TestClient(told) as client:
        page = HtmlPage(client.get("/entry/kitchen:whisk").text)
        (canonical,) = (a["href"] for a in page.all("link") if a.get("rel") == "canonical")
        assert canonical == "https://a.example/words/entry/kitchen:whisk"
        assert f'content="{canonical}"' in client.get("/entry/kitchen:whisk").text
        assert '"https://a.example/words/?q={searchTerms}"' in client.get("/opensearch.xml").text
        assert client.get("/suggestions?q=whi").json() == [
            "whi",
            ["Whisk"],
            [
                "A whisk is a tool of bent wires for beating air into eggs or cream. It is \U0001f95a light. "
                "Cooks also stir sauces with it."
            ],
            [canonical],
        ]
    untold = create_app(glossary, load_settings(index=index))
    with TestClient(untold, base_url="http://evil.example") as client:
        problem_of(client.get("/opensearch.xml"), 404, "not-found")
        assert client.get("/suggestions?q=whi").json()[3] == []
        assert "canonical" not in client.get("/entry/kitchen:whisk").text
    with TestClient(untold, base_url="http://127.0.0.1:8000") as client:
        assert '"http://127.0.0.1:8000/?q={searchTerms}"' in client.get("/opensearch.xml").text


@pytest.mark.parametrize("value", ["glossary.example", "ftp://a.example", "https://a.example/?x"])
def test_a_public_address_that_is_none_is_refused(value: str) -> None:
    """The error has the name of the setting."""
    with pytest.raises(InvalidSetting, match="SEMSEARCH_PUBLIC_URL"):
        load_settings(public_url=value)


def test_pages_of_other_sites_may_ask_if_they_are_named(index: Path, glossary: Glossary) -> None:
    """They read the interface, and neither edit nor get the pages; others get nothing."""
    named = "https://docs.example.org"
    app = create_app(glossary, load_settings(index=index, origins=f"{named}, http://b.example:81"))
    allow = "access-control-allow-origin"
    with TestClient(app) as client:
        for origin, expected in ((named, named), ("http://b.example:81", "http://b.example:81")):
            got = client.get("/v1/search?q=soup", headers={"Origin": origin})
            assert got.headers[allow] == expected
            assert "Origin" in got.headers["vary"]
        for origin in ("https://evil.example", "http://docs.example.org", "null"):
            assert allow not in client.get("/v1/search?q=soup", headers={"Origin": origin}).headers
        asked = {"Origin": named, "Access-Control-Request-Method": "PUT"}
        refused = client.options("/v1/entries/kitchen:whisk", headers=asked)
        assert refused.status_code == 400
        assert "PUT" not in refused.headers["access-control-allow-methods"]
        assert allow not in client.get("/", headers={"Origin": named}).headers
        script = client.get("/widget.js")
        assert script.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize("value", ["*", "docs.example.org", "https://a.example/path", "https://*"])
def test_origins_that_are_none_are_refused(value: str) -> None:
    """Anybody's pages are never let in."""
    with pytest.raises(InvalidSetting, match="SEMSEARCH_ORIGINS"):
        load_settings(origins=value)


def test_no_other_site_may_ask_unless_it_is_named(client: TestClient) -> None:
    """Other origins get no CORS headers."""
    headers = client.get("/v1/search?q=soup", headers={"Origin": "https://a.example"}).headers
    assert not any(name.startswith("access-control") for name in headers)


def test_where_reading_needs_a_key_a_page_asks_for_it(unbuilt: Path) -> None:
    """It says nothing of the index, and no form sends the key anywhere; with one it is the page."""
    build_index(ENTRIES, unbuilt, model="hashed")
    header = key_header(unbuilt, KeyScope.SEARCH)
    with Glossary.open(unbuilt) as glossary:
        app = create_app(glossary, load_settings(index=unbuilt, read="key"))
        with TestClient(app) as client:
            for path in ("/", "/?q=soup", "/entry/kitchen:whisk", "/glossary/kitchen", "/map"):
                response = client.get(path, headers=BROWSER)
                assert response.status_code == 401
                page = HtmlPage(response.text)
                for word in ("kitchen", "ships", "8 entries", "bent wires"):
                    assert word not in page.text
                (box,) = (box for box in page.all("input") if box.get("id") == "key")
                assert (box["type"], "name" in box) == ("password", False)
                assert re.fullmatch(box["pattern"] or "", Secret.new().text)
                sent = {**BROWSER, **header}
                assert client.get(path, headers=sent).status_code == 200


def test_a_key_for_one_glossary_shows_one(unbuilt: Path) -> None:
    """No page shows the other glossaries."""
    build_index(ENTRIES, unbuilt, model="hashed")
    header = key_header(unbuilt, KeyScope.SEARCH, "ships")
    sent = {**BROWSER, **header}
    with Glossary.open(unbuilt) as glossary:
        app = create_app(glossary, load_settings(index=unbuilt, read="key"))
        with TestClient(app, headers=sent) as client:
            for path in ("/", "/?q=soup", "/glossary", "/map", "/map?q=soup", "/llms.txt"):
                response = client.get(path)
                assert response.status_code == 200, path
                assert "kitchen" not in response.text, path
            for path in ("/entry/kitchen:whisk", "/glossary/kitchen", "/entry/Whisk.md"):
                assert client.get(path).status_code == 404, path
            assert client.get("/v1/similarity?a=a&b=b").status_code == 403


def test_example_questions() -> None:
    """A description, a question about a term, and a term, each about another entry."""
    assert example_questions(ENTRIES) == [
        "a tool of bent wires for beating air into eggs or cream",
        "the meaning of Ladle",
        "Colander",
    ]
    assert example_questions(ENTRIES[5:6]) == ["the meaning of Global Positioning System (GPS)"]
    assert example_questions([]) == []


def test_examples_are_what_people_ask(unbuilt: Path) -> None:
    """Asked-as phrases that find their entry, one of each glossary; else words of the glossary."""
    entries = [
        Entry(
            "a:whisk",
            "Whisk",
            "Bent wires.",
            "a",
            details=Details(asked_as=("what makes eggs fluffy?", "is a whisk of wire?")),
        ),
        Entry("b:keel", "Keel", "The beam of a hull.", "b"),
        Entry("c:pan", "Pan", "It is flat.", "c", details=Details(asked_as=("thing to fry with",))),
    ]
    build_index(entries, unbuilt, model="hashed")
    with Glossary.open(unbuilt) as glossary:
        found = [(one.glossary, one.text) for one in ExampleQuestions(glossary).get()]
    assert found == [
        ("a", "what makes eggs fluffy?"),
        ("b", "the meaning of Keel"),
        ("c", "thing to fry with"),
    ]
    assert asked_phrases(entries) == [
        ("a:whisk", "what makes eggs fluffy?"),
        ("c:pan", "thing to fry with"),
    ]


def test_docs_use_nothing_but_our_own(client: TestClient) -> None:
    """Swagger UI comes from an installed package and reads our description."""
    script = client.get("/static/docs.js").text
    assert 'url: "openapi.json"' in script
    assert "validatorUrl: null" in script


def test_scripts_make_no_markup_and_keep_no_key() -> None:
    """Texts become text nodes, one place parses pages, and a key lives as long as its tab."""
    scripts = {file.name: file.read_text() for file in WEB.glob("*.js")}
    for name, script in scripts.items():
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script
        )
        assert not re.search(r"localStorage|document\.cookie", script)
        assert name == "widget.js" or "http://" not in script
    assert [name for name, script in scripts.items() if "parseFromString" in script] == [
        "service.js"
    ]
    assert [name for name, script in scripts.items() if "Authorization" in script] == ["service.js"]


def test_a_language_can_be_chosen_where_there_are_several(
    client: TestClient, unbuilt: Path
) -> None:
    """The choice is a part of the URL, and each entry shows its language."""
    assert 'name="lang"' not in client.get("/").text
    entries = [
        Entry("a:whisk", "Whisk", "Bent wires.", "a"),
        Entry("a:besen", "Schneebesen", "Gebogene Drähte.", "a", language="de-AT"),
        Entry("a:x", "Ex", "Wires, too.", "a", language="x-own"),
    ]
    build_index(entries, unbuilt, model="hashed")
    with Glossary.open(unbuilt) as glossary:
        app = create_app(glossary, load_settings(index=unbuilt))
        with TestClient(app) as asking:
            start = asking.get("/").text
            page = asking.get("/?q=wires&lang=de-at").text
            wider = asking.get("/?q=wires&lang=de").text
            wrong = asking.get("/?q=wires&lang=it", headers={"Accept": "text/html"})
    assert '<option value="de-AT">German (AT)</option>' in start
    assert '<option value="x-own">x-own</option>' in start
    assert '<option value="de-AT" selected>German (AT)</option>' in page
    assert '<option value="de" selected>German</option>' in wider
    for shown in (page, wider):
        assert '<p class="definition" lang="de-AT" dir="auto">' in shown
        assert "entry/a:whisk" not in shown
    assert wrong.status_code == 400
    assert "there are de-AT, en, x-own" in wrong.text

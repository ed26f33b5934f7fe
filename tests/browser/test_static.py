"""A glossary as files: from a plain web server below a path, and opened from the disk."""

from __future__ import annotations

import html
import http.server
import re
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

import pytest

from semsearch.search.glossary import Glossary
from semsearch.server.static_site import write_site
from tests.browser.checks import axe, expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Say nothing of each request."""


@pytest.fixture(scope="module")
def exported(pages_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an export in a folder below it."""
    folder = tmp_path_factory.mktemp("static")
    with Glossary.open(pages_index) as glossary:
        write_site(glossary, folder / "some where" / "site")
    return folder


@pytest.fixture(scope="module")
def served(exported: Path) -> Iterator[str]:
    """Yield the address of the export on a plain web server, below a path."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_Quiet, directory=str(exported))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/some%20where/site/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def strict(page: Page) -> Iterator[Page]:
    """Yield a page of which no request fails and no policy is broken."""
    faults: list[str] = []

    def note(request: Request) -> None:
        response = request.response()
        if response is not None and response.status >= 400:
            faults.append(f"{response.status} {request.url}")

    page.on("requestfinished", note)
    page.on("requestfailed", lambda request: _note_failure(request, faults))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    yield page
    assert not faults


def _note_failure(request: Request, faults: list[str]) -> None:
    if request.failure != "net::ERR_ABORTED":  # who goes on to another page waits for no icon
        faults.append(f"{request.failure} {request.url}")


@pytest.fixture(params=["served", "file"])
def start(request: pytest.FixtureRequest, served: str, exported: Path) -> str:
    """Return the address of the export, by a server and from the disk."""
    return (
        served if request.param == "served" else f"{(exported / 'some where' / 'site').as_uri()}/"
    )


def test_terms_are_found_by_name(strict: Page, start: str) -> None:
    """Beginnings and inner parts of names match; Enter opens the first term."""
    strict.goto(f"{start}index.html")
    strict.keyboard.press("/")
    strict.keyboard.type("poon 7")
    expect(strict.locator(".found a").first).to_have_text("Spoon 7")
    expect(strict.locator(".by-name [role=status]")).to_have_text("1 found")
    strict.keyboard.press("Enter")
    expect(strict.get_by_role("heading", level=1)).to_have_text("Spoon 7")
    strict.locator("#name").fill("no such name")
    expect(strict.locator(".by-name [role=status]")).to_have_text("none found")
    expect(strict.locator(".found a")).to_have_count(0)
    expect(strict.locator(".found .note")).to_have_text("No name fits. This site finds names only.")


def test_links_lead_from_page_to_page(strict: Page, start: str) -> None:
    """Links lead from the start page by an alphabet to an entry, the next one, and its glossary."""
    strict.goto(f"{start}index.html")
    strict.locator(".glossaries a", has_text="kitchen").click()
    strict.locator(".letters a", has_text="S").click()
    assert "#letter-" in strict.url
    strict.get_by_role("link", name="Spoon 3", exact=True).click()
    expect(strict.get_by_role("heading", level=1)).to_have_text("Spoon 3")
    strict.locator("a[rel=next]").click()
    expect(strict.get_by_role("heading", level=1)).to_have_text("Spoon 30")
    strict.locator(".within-glossary a").click()
    expect(strict.get_by_role("heading", level=1)).to_have_text("kitchen")


def test_the_map_draws_its_points(strict: Page, served: str) -> None:
    """From a server, the data being a file; a point leads to the page of its entry."""
    strict.goto(f"{served}map.html")
    strict.locator(".map[data-ready=true]").wait_for()
    strict.locator("canvas").focus()
    strict.keyboard.press("ArrowRight")
    term = strict.locator(".map-card").text_content()
    strict.keyboard.press("Enter")
    strict.wait_for_url("**/entry/**")
    expect(strict.get_by_role("heading", level=1)).to_have_text((term or "").partition(" (")[0])


def test_the_map_from_the_disk_says_what_it_needs(page: Page, exported: Path) -> None:
    """Browsers let a file load no module; the table is there."""
    page.goto((exported / "some where" / "site" / "map.html").as_uri())
    expect(page.get_by_text("only if a web server serves these files")).to_be_visible()
    assert page.locator(".map-table tbody tr").count() > 10


@pytest.mark.parametrize(
    "path", ["index.html", "map.html", "map/ships.html", "glossary/kitchen.html"]
)
def test_pages_are_no_wider_than_the_window(page: Page, served: str, path: str) -> None:
    """Pages fit a phone, and a window that is smaller than the longest line."""
    for width in (360, 1000):
        page.set_viewport_size({"width": width, "height": 700})
        page.goto(served + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_link_of_every_page_leads_somewhere(exported: Path) -> None:
    """All addresses of all pages exist, and none begins at the root of a server."""
    top = exported / "some where" / "site"
    pages = list(top.rglob("*.html"))
    assert len(pages) > 80
    for path in pages:
        for address in _addresses(path.read_text("utf-8")):
            assert not address.startswith("/"), (path, address)
            place = (path.parent / address.partition("#")[0]).resolve()
            assert place.is_file(), (path, address)
            assert place.is_relative_to(top.resolve())


def _addresses(text: str) -> list[str]:
    """Return the relative addresses that a page names, as paths of files."""
    found = re.findall(r'<[^>]*? (?:href|src|data-source)="([^"]*)"', text)
    return [unquote(html.unescape(address)) for address in found if not address.startswith("#")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["index.html", "map.html", "entry/kitchen/embedding.html", "glossary/kitchen.html"]
)
def test_axe_finds_nothing(
    browser: Browser, served: str, path: str, scheme: Literal["light", "dark"]
) -> None:
    """The list of found names included."""
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(served + path)
    page.locator("#name").press_sequentially("sp")
    page.locator(".found a").first.wait_for()
    found = axe(page)
    assert not found.response["violations"], found.generate_report()
    context.close()

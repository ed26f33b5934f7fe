"""The remark plugin in a real site of Docusaurus, which React builds again in the browser.

Its packages are not installed for other tests: `npm install` in `tests/clients/docusaurus_site`
brings them (270 MB).
"""

from __future__ import annotations

import functools
import html
import http.server
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from semsearch.core.entries import Entry
from semsearch.doc_sites.annotate import write_data
from semsearch.importers import read_corpus
from tests.browser import chromium
from tests.browser.checks import axe, expect
from tests.conftest import PROJECT, entry

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NODE = shutil.which("node")
SITE = PROJECT / "tests" / "clients" / "docusaurus_site"
PACKAGES = SITE / "node_modules"
BUILD_S = 1500
"""Time for a build on a busy machine; it needs 35 s of a processor."""
pytestmark = [
    pytest.mark.process,
    pytest.mark.timeout(2 * BUILD_S + 120),
    pytest.mark.skipif(NODE is None, reason="Docusaurus needs Node (apt-get install nodejs)"),
    pytest.mark.skipif(
        not (PACKAGES / "@docusaurus" / "core").is_dir(),
        reason="Docusaurus is not installed (npm install in tests/clients/docusaurus_site)",
    ),
]


def build(to: Path, *more: Entry) -> Path:
    """Build the site with its glossary and further entries, and return the folder of its pages."""
    write_data(SITE / "static", [*read_corpus([SITE / "glossary.md"]).entries, *more])
    program = PACKAGES / "@docusaurus" / "core" / "bin" / "docusaurus.mjs"
    command = [str(NODE), str(program), "build", "--no-minify", "--out-dir", str(to)]
    done = subprocess.run(
        command, cwd=SITE, capture_output=True, text=True, check=False, timeout=BUILD_S
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return to


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the pages of the site."""
    return build(tmp_path_factory.mktemp("docusaurus") / "handbook")


def marked(pages: Path, page: str) -> list[str]:
    """Return the marked words of a page, in order."""
    text = (pages / page / "index.html").read_text(encoding="utf-8")
    found = re.findall(r'<span class="semsearch-term"[^>]*>([^<]*)</span>', text)
    return [html.unescape(one) for one in found]


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("", ["leaven"]),
        (
            "docs/bread",
            ["leaven", "crumb", "bannetons", "DDT", "baker's percentage", "Dutch oven"],
        ),
        ("docs/oven", ["Dutch oven", "crumb", "leaven", "proofing basket"]),
        ("blog", ["banneton", "crumb"]),
        ("blog/2026/01/05/first-loaf", ["crumb", "leaven"]),
        ("blog/2026/02/09/baskets", ["banneton"]),
    ],
)
def test_the_first_occurrence_in_a_page_is_marked(pages: Path, page: str, words: list[str]) -> None:
    """In Markdown and MDX, in notes, tables, tabs and details, not in headings, links and code."""
    assert marked(pages, page) == words


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield a browser."""
    if chromium.found() is None:
        pytest.skip(chromium.ABSENT)
    with chromium.running() as opened:
        yield opened


@pytest.fixture(scope="module")
def address(pages: Path) -> Iterator[str]:
    """Yield the address of the site, at its base URL."""

    class QuietPages(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    handler = functools.partial(QuietPages, directory=str(pages.parent))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/handbook"
    server.shutdown()
    server.server_close()


Open = Callable[..., "Page"]


@pytest.fixture(params=["light", "dark"])
def opened(
    request: pytest.FixtureRequest, browser: Browser, address: str
) -> Iterator[tuple[str, Open]]:
    """Yield a theme, and what opens a page in it and waits until React has built it again."""
    contexts = []

    def open_(path: str, width: int) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, has_touch=width < 1000
        )
        contexts.append(context)
        context.add_init_script(f"localStorage.setItem('theme', '{request.param}')")
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{address}/{path}")
        page.wait_for_selector("html[data-has-hydrated=true]")
        return page

    yield request.param, open_
    for context in contexts:
        context.close()


def test_terms_are_explained_on_hover_and_focus(opened: tuple[str, Open]) -> None:
    """In the colours of the theme, and in a page that is reached by a link of the site."""
    theme, open_ = opened
    page = open_("docs/bread/", 1280)
    term, tip = page.locator(".semsearch-term").first, page.get_by_role("tooltip")
    term.hover()
    expect(tip).to_contain_text("A piece of fermented dough")
    expect(tip).to_have_class("is-dark" if theme == "dark" else "")
    faults = [n["target"] for v in axe(page).response["violations"] for n in v["nodes"]]
    assert [one for one in faults if "semsearch" in str(one)] == []
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.mouse.move(0, 0)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "semsearch-term":
            break
    expect(term).to_be_focused()
    expect(tip).to_contain_text("A piece of fermented dough")
    page.get_by_role("link", name="Two ovens").first.click()
    page.wait_for_selector("h1:has-text('Two ovens')")
    expect(tip).to_have_count(0)
    page.locator(".semsearch-term").first.hover()
    expect(tip).to_contain_text("A heavy pot with a lid")
    page.get_by_role("tab", name="Stone").click()
    page.locator(".semsearch-term:visible").first.hover()
    expect(tip).to_contain_text("The inside of a loaf")


def test_a_touch_explains_on_a_phone(opened: tuple[str, Open]) -> None:
    """Within the screen; a touch elsewhere closes it."""
    _, open_ = opened
    page = open_("docs/bread/", 390)
    tip = page.get_by_role("tooltip")
    page.locator(".semsearch-term", has_text="bannetons").tap()
    expect(tip).to_contain_text("A basket that holds dough")
    box = tip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("h1").tap()
    expect(tip).to_be_hidden()


def test_a_changed_glossary_changes_the_marks_of_unchanged_pages(
    pages: Path, tmp_path: Path
) -> None:
    """Docusaurus keeps compiled pages until a file that its configuration imports changes."""
    again = build(tmp_path / "handbook", entry("Evening", "The time to feed a leaven."))
    assert marked(again, "docs/bread")[:2] == ["leaven", "evening"]
    assert marked(pages, "docs/bread")[:2] == ["leaven", "crumb"]

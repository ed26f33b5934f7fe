"""Terms in a documentation site are explained on hover, focus and touch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from semsearch.doc_sites.annotate import annotate
from tests.browser.checks import axe, expect
from tests.conftest import ENTRIES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGE = """<!doctype html><html lang="en"><head><title>Bread</title>
<meta name="viewport" content="width=device-width"><style>{style}</style></head>
<body><main><h1>Bread</h1><p>Keep your leaven cool.</p><p>See <button>next</button></p>
<p style="text-align: right">At the edge: crumb</p></main></body></html>"""
DARK = "body { background: #111; color: #eee } :root { color-scheme: dark }"


@pytest.fixture
def site(elsewhere: tuple[str, Path]) -> str:
    """Return the address of an annotated site without links, in light and dark."""
    address, folder = elsewhere
    (folder / "deep").mkdir()
    (folder / "deep" / "light.html").write_text(PAGE.format(style=""))
    (folder / "dark.html").write_text(PAGE.format(style=DARK))
    annotate(folder, ENTRIES)
    return address


@pytest.mark.parametrize("name", ["deep/light.html", "dark.html"])
def test_a_term_is_explained_on_hover_and_focus(page: Page, site: str, name: str) -> None:
    """The explanation stays under the pointer, closes on Escape, and can be read by everybody."""
    page.goto(f"{site}/{name}")
    term, tip = page.locator(".semsearch-term").first, page.get_by_role("tooltip")
    expect(tip).to_be_hidden()
    term.hover()
    expect(tip).to_contain_text(ENTRIES[0].definition)
    assert not axe(page).response["violations"]
    tip.hover()
    page.wait_for_timeout(400)
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.mouse.move(0, 0)
    page.keyboard.press("Tab")
    expect(term).to_be_focused()
    expect(tip).to_be_visible()
    assert term.get_attribute("aria-describedby") == tip.get_attribute("id")
    page.keyboard.press("Tab")
    expect(tip).to_be_hidden()


def test_a_touch_explains_and_nothing_overflows(browser: Browser, site: str) -> None:
    """On a phone, also at the edge; a touch elsewhere closes it."""
    phone = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = phone.new_page()
    page.goto(f"{site}/dark.html")
    tip = page.get_by_role("tooltip")
    page.locator(".semsearch-term").last.tap()
    expect(tip).to_contain_text("Crumb")
    box = tip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("h1").tap()
    expect(tip).to_be_hidden()
    phone.close()


def test_terms_are_explained_in_a_page_that_is_built_again(page: Page, site: str) -> None:
    """Nothing stands in the page before a term is looked at; a new main part has the next one."""
    page.goto(f"{site}/deep/light.html")
    assert page.locator("#semsearch-tooltip").count() == 0
    term, tip = page.locator(".semsearch-term"), page.get_by_role("tooltip")
    for _ in range(2):
        term.first.hover()
        expect(page.locator("main").get_by_role("tooltip")).to_contain_text(ENTRIES[0].definition)
        page.evaluate("""() => {
          const main = document.querySelector("main");
          const again = main.cloneNode(true);
          again.querySelector("#semsearch-tooltip").remove();
          main.replaceWith(again);
        }""")
        expect(tip).to_have_count(0)
        page.mouse.move(0, 0)

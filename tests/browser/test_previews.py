"""What a linked term says, when it is looked at.

Dismissed, pointed at and kept as WCAG 1.4.13 asks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.browser.checks import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


PASSES_MS = 500
"""Longer than a preview waits before it opens, and before it closes."""


def _focus_first_term(page: Page) -> None:
    page.locator(".within-glossary a").focus()
    page.keyboard.press("Tab")


def test_a_preview_stays_while_its_link_has_the_focus(page: Page, site: str) -> None:
    """The preview stays wherever the pointer moves.

    The next focus closes it, or shows what the next term says.
    """
    page.goto(f"{site}entry/kitchen:embedding")
    terms, card = page.locator(".definition a.term"), page.locator("#preview")
    _focus_first_term(page)
    expect(card).to_contain_text("A ladle is a deep spoon")
    page.mouse.move(5, 5)
    page.mouse.move(500, 700)
    page.wait_for_timeout(PASSES_MS)
    expect(card).to_be_visible()
    expect(terms.first).to_have_attribute("aria-describedby", "preview")
    page.locator("#q").focus()
    expect(card).to_be_hidden()
    assert terms.first.get_attribute("aria-describedby") is None


def test_a_pointer_keeps_no_preview_of_the_focus_from_opening(page: Page, site: str) -> None:
    """Browsers say that a pointer at rest moved when a card has closed under it.

    That was taken for a change of mind.
    """
    page.goto(f"{site}entry/kitchen:embedding")
    page.locator("footer a").first.hover()
    _focus_first_term(page)
    page.locator("h1").hover()  # before the preview has opened
    expect(page.locator("#preview")).to_contain_text("A ladle is a deep spoon")


def test_a_preview_closes_when_the_focus_leaves_for_nothing(page: Page, site: str) -> None:
    """A preview that has not opened yet does not open."""
    page.goto(f"{site}entry/kitchen:embedding")
    card = page.locator("#preview")
    _focus_first_term(page)
    expect(card).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    expect(card).to_be_hidden()
    _focus_first_term(page)
    page.keyboard.press("Escape")
    page.wait_for_timeout(PASSES_MS)
    expect(card).to_be_hidden()


def test_a_preview_stays_within_the_window(page: Page, site: str) -> None:
    """A preview makes no page wider, on a phone either."""
    page.set_viewport_size({"width": 320, "height": 600})
    page.goto(f"{site}entry/kitchen:embedding")
    page.locator(".definition a.term").first.hover()
    card = page.locator("#preview")
    expect(card).to_be_visible()
    box = card.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_finger_opens_the_page(browser: Browser, site: str) -> None:
    """A tap opens the page without a preview."""
    context = browser.new_context(has_touch=True, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{site}entry/kitchen:embedding")
    page.locator(".definition a.term").first.tap()
    expect(page.locator("h1")).to_have_text("Ladle")
    context.close()


def test_an_entry_that_is_not_there_offers_others(page: Page, site: str) -> None:
    """The page offers similar entries with previews, and a search."""
    page.goto(f"{site}entry/kitchen:colender")
    expect(page.locator(".state h1")).to_have_text("There is no such entry")
    page.locator("a.term", has_text="Colander").hover()
    expect(page.locator("#preview")).to_contain_text("A bowl with holes")
    page.get_by_role("link", name="Ask for colender").click()
    expect(page).to_have_url(re.compile(r"\?q=colender$"))
    expect(page.locator(".hit h2").first).to_have_text("Colander")

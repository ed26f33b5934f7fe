"""Teaching in a real browser: with a key, by keyboard, and what is said when it does not work."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now
from tests.browser.serving import serving
from tests.browser.states import NO_KEY

QUESTION = "wobbly jelly grandmother zebra"


@pytest.fixture(scope="module")
def index(pages_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an index that these tests may edit."""
    return Path(shutil.copytree(pages_index, tmp_path_factory.mktemp("teaching") / "index"))


@pytest.fixture(scope="module")
def teaching_site(index: Path) -> Iterator[str]:
    """Yield the address of a service that anybody may ask."""
    with serving(index) as address:
        yield address


def key(index: Path, scope: KeyScope) -> str:
    """Return a new key."""
    _, made = KeyStore(index / "keys.db").create(
        name="Ann", scope=scope, glossaries=(), now=utc_now()
    )
    return made.text


def give(page: Page, text: str) -> None:
    """Give a key by keyboard."""
    if not page.locator("#edit-key").is_visible():
        page.locator(".teaching summary").focus()
        page.keyboard.press("Enter")
    page.locator("#edit-key").fill(text)
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")  # what the key may do takes the place of the form


def test_who_has_a_key_teaches_by_keyboard_alone(
    page: Page, teaching_site: str, index: Path
) -> None:
    """The hit says what became of it and keeps the focus.

    Asked again it is first, and says that somebody asked so.
    """
    page.goto(f"{teaching_site}?q={QUESTION}")
    expect(page.locator(".teach")).to_have_count(0)
    give(page, key(index, KeyScope.EDIT))
    button = page.get_by_role("button", name="This is what I was looking for: Ladle", exact=True)
    if not button.count():
        page.locator("#q").fill("Ladle")
        page.keyboard.press("Enter")
    button.focus()
    asked = button.get_attribute("data-question")
    page.keyboard.press("Enter")
    done = page.get_by_role("button", name="Thank you, this finds it now")
    expect(done).to_be_focused()
    expect(page.locator("#status")).to_have_text(f"“{asked}” finds Ladle from now on")
    page.reload()
    expect(page.locator(".teach").first).to_be_visible()
    first = page.locator(".hit").first
    expect(first.locator("h2")).to_have_text("Ladle")
    expect(first.locator(".someone-asked")).to_contain_text(asked or "-")


@pytest.mark.parametrize("is_known", [True, False])
def test_a_key_that_is_not_for_editing_is_put_away(
    page: Page, teaching_site: str, index: Path, is_known: bool
) -> None:
    """Who gave it is told, and the page can be asked as before."""
    page.goto(f"{teaching_site}?q=soup")
    give(page, key(index, KeyScope.SEARCH) if is_known else NO_KEY)
    expect(page.locator("#edit-kept")).to_have_text("This key may not edit.")
    assert page.evaluate("sessionStorage.length") == 0
    page.locator("#q").fill("a deep spoon for serving soup")
    page.locator("#q").press("Enter")
    expect(page.locator(".hit h2").first).to_have_text("Ladle")


def test_what_cannot_be_taught_is_said_beside_the_button(
    page: Page, teaching_site: str, index: Path
) -> None:
    """The page shows the reason of the service; teaching can be tried again."""
    page.goto(f"{teaching_site}?q=soup")
    give(page, key(index, KeyScope.EDIT))
    page.route(
        "**/v1/entries/*",
        lambda route: (
            route.fulfill(
                status=409,
                content_type="application/problem+json",
                body='{"detail": "the index is busy"}',
            )
            if route.request.method == "PATCH"
            else route.continue_()
        ),
    )
    page.locator(".row > details > summary").first.click()
    button = page.locator(".teach button:visible").first
    button.click()
    expect(page.locator(".teach:visible").first).to_contain_text("Not added: the index is busy.")
    expect(page.locator("#status")).to_have_text("Not added: the index is busy")
    expect(button).not_to_have_attribute("aria-disabled", "true")


def test_a_key_of_the_tab_is_not_asked_for_again(
    page: Page, teaching_site: str, index: Path
) -> None:
    """The next page of questions has the controls of owners in the place of the form."""
    page.goto(teaching_site)
    give(page, key(index, KeyScope.EDIT))
    added = page.get_by_role("link", name="Add an entry", exact=True)
    expect(added).to_be_visible()
    for address in (f"{teaching_site}?q=soup", teaching_site):
        page.goto(address)
        expect(added).to_be_visible()
        expect(page.locator("details.teaching")).to_have_count(0)

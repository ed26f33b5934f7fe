"""Suggestions in a real browser: a reader writes, an owner accepts, the reader sees it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now
from tests.browser.checks import axe, expect
from tests.browser.serving import serving


@pytest.fixture(scope="module")
def inbox_index(pages_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an index of its own."""
    return Path(shutil.copytree(pages_index, tmp_path_factory.mktemp("inbox") / "index"))


@pytest.fixture(scope="module")
def inbox_site(inbox_index: Path) -> Iterator[str]:
    """Yield the address of a service that takes suggestions."""
    with serving(inbox_index, "--suggestions", "--workers", "1") as address:
        yield address


def test_a_missing_term_is_suggested_accepted_and_found(
    page: Page, inbox_site: str, inbox_index: Path
) -> None:
    """The form stands in an answer that a script has fetched; the thanks have the focus."""
    page.goto(inbox_site)
    page.locator("#q").fill("xylophone quartet lessons")
    page.keyboard.press("Enter")
    page.get_by_text("Suggest a missing term").click()
    page.get_by_role("textbox", name="Term").fill("Xylophone")
    page.get_by_label("What it means").fill("Wooden bars that sound.")
    assert axe(page).response["violations"] == []
    page.get_by_role("button", name="Send").click()
    expect(page.locator("p:focus")).to_contain_text("Thank you.")
    page.get_by_role("link", name="What becomes of it").click()
    expect(page.locator("main")).to_contain_text("It waits for a decision.")
    followed = page.url

    _, made = KeyStore(inbox_index / "keys.db").create(
        name="Ann", scope=KeyScope.EDIT, glossaries=(), now=utc_now()
    )
    page.goto(f"{inbox_site}gaps")
    page.locator("#key").fill(made.text)
    page.keyboard.press("Enter")
    item = page.locator("section.suggested").filter(has_text="Xylophone")
    expect(item).to_be_visible()
    page.wait_for_load_state("networkidle")  # the scripts are there
    item.get_by_text("Accept").click()
    expect(item.get_by_label("Definition")).to_have_value("Wooden bars that sound.")
    assert axe(page).response["violations"] == []
    item.get_by_role("button", name="Add the entry").click()
    expect(item).to_contain_text("Accepted.")
    expect(item.locator("h3")).to_be_focused()
    page.goto(followed)
    expect(page.locator("main")).to_contain_text("It was accepted.")
    page.goto(f"{inbox_site}?q=xylophone")
    expect(page.locator(".hit.best h2")).to_have_text("Xylophone")


def test_a_lost_answer_and_a_second_click_apply_once(
    page: Page, inbox_site: str, inbox_index: Path
) -> None:
    """Also if the text was edited between the clicks; then the first one counts."""
    answers = 0

    def lose_first(route: Route) -> None:
        nonlocal answers
        answers += 1
        if answers > 1:
            route.continue_()
        else:
            route.fetch()
            route.abort()

    page.goto(inbox_site)
    sent = page.request.post(
        f"{inbox_site}v1/inbox", data={"term": "Gong", "glossary": "kitchen", "text": "It sounds."}
    )
    assert sent.status == 201
    _, made = KeyStore(inbox_index / "keys.db").create(
        name="Ann", scope=KeyScope.EDIT, glossaries=(), now=utc_now()
    )
    page.goto(f"{inbox_site}gaps")
    page.locator("#key").fill(made.text)
    page.keyboard.press("Enter")
    item = page.locator("section.suggested").filter(has_text="Gong")
    expect(item).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.route("**/v1/inbox/*/decision", lose_first)
    item.get_by_text("Accept").click()
    button = item.get_by_role("button", name="Add the entry")
    button.click()
    expect(item).not_to_have_attribute("aria-busy", "true")
    expect(item).to_contain_text("Not done: the service cannot be reached.")
    item.get_by_label("Definition").fill("It sounds for long.")
    button.click()
    expect(item).to_contain_text("Accepted, with the text that you sent first.")
    assert answers == 2
    found = page.request.get(f"{inbox_site}v1/suggest?q=gong").json()
    assert [one["term"] for one in found] == ["Gong"]
    entry = page.request.get(f"{inbox_site}v1/entries/kitchen:gong").json()
    assert entry["definition"] == "It sounds."


def test_a_change_is_suggested_and_refused(page: Page, inbox_site: str, inbox_index: Path) -> None:
    """With a reason, which the reader sees."""
    page.goto(f"{inbox_site}entry/kitchen:ladle")
    page.get_by_text("Suggest a change").click()
    page.get_by_label("What should be different").fill("It is not deep.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="What becomes of it").click()
    page.wait_for_url("**/suggestion/**")
    followed = page.url
    _, made = KeyStore(inbox_index / "keys.db").create(
        name="Ann", scope=KeyScope.EDIT, glossaries=(), now=utc_now()
    )
    page.goto(f"{inbox_site}gaps")
    page.locator("#key").fill(made.text)
    page.keyboard.press("Enter")
    item = page.locator("section.suggested").filter(has_text="Ladle")
    expect(item).to_be_visible()
    page.wait_for_load_state("networkidle")
    item.locator("summary", has_text="Refuse").click()
    item.get_by_label("Reason").fill("Look at one.")
    item.get_by_role("button", name="Refuse").click()
    expect(item).to_contain_text("Refused.")
    page.goto(followed)
    expect(page.locator("main")).to_contain_text("It was refused. Look at one.")

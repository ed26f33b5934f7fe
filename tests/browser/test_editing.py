"""Editing in a real browser: add, change, conflict, history, restore, delete; by keyboard too."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Request, Route

from semsearch.ingest import Editor
from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now
from tests.browser.checks import axe, expect
from tests.browser.serving import serving


@pytest.fixture(scope="module")
def folder(pages_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an index that these tests may edit."""
    return Path(shutil.copytree(pages_index, tmp_path_factory.mktemp("editing") / "index"))


@pytest.fixture(scope="module")
def editing_site(folder: Path) -> Iterator[str]:
    """Yield the address of a service that anybody may ask."""
    with serving(folder) as address:
        yield address


@pytest.fixture(scope="module")
def key(folder: Path) -> str:
    """Return a key to edit."""
    _, made = KeyStore(folder / "keys.db").create(
        name="Ann", scope=KeyScope.EDIT, glossaries=(), now=utc_now()
    )
    return made.text


@pytest.fixture
def owner(page: Page, editing_site: str, key: str) -> Page:
    """Open the form of an entry, and give the key by keyboard."""
    page.goto(f"{editing_site}entry/kitchen:ladle")
    page.get_by_role("link", name="Edit with a key").click()
    expect(page.locator("#key")).to_be_focused()
    page.keyboard.insert_text(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Edit Ladle")).to_be_visible()
    page.wait_for_load_state("networkidle")  # the script of the form has to be there
    return page


def check_accessible(page: Page) -> None:
    """Assert that axe finds nothing, in both colour schemes, and nothing is wider than a phone."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert axe(page).violations_count == 0, axe(page).generate_report()
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1000, "height": 800})


def press(button: Locator) -> None:
    """Press a button by keyboard, once the script is there."""
    expect(button).to_be_enabled()
    button.press("Enter")


def test_nothing_is_sent_before_the_script_is_there(
    page: Page, editing_site: str, key: str
) -> None:
    """What was written stays in the form, in place of an address with all of it."""
    page.route("**/edit.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"{editing_site}entry/kitchen:ladle")
    page.get_by_role("link", name="Edit with a key").click()
    page.locator("#key").fill(key)
    page.keyboard.press("Enter")
    definition = page.get_by_label("Definition", exact=True)
    definition.fill("Written before the script came.")
    left: list[str] = []

    def note(request: Request) -> None:
        if request.is_navigation_request():
            left.append(request.url)

    page.on("request", note)
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    page.get_by_label("Term", exact=True).press("Enter")
    page.wait_for_timeout(300)  # nothing happens, and a form that is sent leaves within that
    assert left == []
    expect(definition).to_have_value("Written before the script came.")


def test_an_entry_is_changed(owner: Page, editing_site: str) -> None:
    """The page says so, offers what an owner needs, and the answer has the new text."""
    owner.locator("summary", has_text="More fields").click()
    check_accessible(owner)
    owner.get_by_label("Definition", exact=True).fill("A very deep spoon for soup.")
    owner.get_by_label("Another field").fill("Owner")
    owner.get_by_label("Its text").fill("Jane")
    owner.get_by_role("button", name="Save", exact=True).click()
    expect(owner.locator(".said")).to_have_text("The entry is saved.")
    expect(owner.locator(".said")).to_be_focused()
    expect(owner.locator(".entry .definition")).to_have_text("A very deep spoon for soup.")
    expect(owner.locator(".facts")).to_contain_text("Jane")
    expect(owner.get_by_role("link", name="Edit", exact=True)).to_be_visible()
    check_accessible(owner)
    assert "semsearch_" not in owner.url


def test_nothing_and_too_much_are_refused_with_the_reason(owner: Page) -> None:
    """It has the focus, and what was written stays."""
    owner.get_by_role("button", name="Save", exact=True).click()
    expect(owner.locator("#failed")).to_have_text("Nothing was changed.")
    expect(owner.locator("#failed")).to_be_focused()
    owner.locator("summary", has_text="More fields").click()
    owner.get_by_label("Language", exact=True).fill("no language")
    owner.get_by_role("button", name="Save", exact=True).click()
    expect(owner.locator("#failed")).to_contain_text("'no language' is no language")
    expect(owner.get_by_label("Language", exact=True)).to_have_value("no language")
    owner.route("**/v1/entries/*", lambda route: route.abort())
    owner.get_by_role("button", name="Save", exact=True).click()
    expect(owner.locator("#failed")).to_contain_text("the service cannot be reached")
    owner.get_by_label("Language", exact=True).fill("en")


def test_a_conflict_is_solved_field_by_field(owner: Page, folder: Path) -> None:
    """Both texts stand side by side; either one or a third one is saved; other fields merge."""
    owner.get_by_label("Definition", exact=True).fill(
        "A spoon that somebody on the page describes."
    )
    owner.get_by_label("Other names").fill("Dipper")
    with Editor(folder) as editor:
        editor.as_author("Bob").change(
            "kitchen:ladle",
            definition="A spoon that Bob describes.",
            details={"status": "approved"},
        )
    owner.get_by_role("button", name="Save", exact=True).click()
    expect(owner.get_by_role("heading", name="Somebody else has changed Ladle")).to_be_focused()
    expect(owner.locator(".conflict")).to_have_count(1)
    expect(owner.locator(".conflict mark").first).to_have_text("Bob ")
    check_accessible(owner)
    definition = owner.get_by_label("Definition", exact=True)
    expect(definition).to_have_value("A spoon that somebody on the page describes.")
    owner.get_by_role("button", name="Take the saved text: Definition").press("Enter")
    expect(definition).to_have_value("A spoon that Bob describes.")
    owner.get_by_role("button", name="Take your text: Definition").press("Enter")
    expect(definition).to_have_value("A spoon that somebody on the page describes.")
    definition.fill("A spoon that both describe.")
    owner.get_by_role("button", name="Save", exact=True).click()
    expect(owner.locator(".said")).to_have_text("The entry is saved.")
    expect(owner.locator(".entry .definition")).to_have_text("A spoon that both describe.")
    expect(owner.locator(".status")).to_contain_text("approved")
    expect(owner.locator(".aliases")).to_contain_text("Dipper")


def test_an_entry_is_added_deleted_and_restored(owner: Page, editing_site: str) -> None:
    """From the page of a glossary to its history and back."""
    owner.goto(f"{editing_site}glossary/kitchen")
    owner.get_by_role("link", name="Add an entry").click()
    expect(owner.get_by_role("heading", name="Add an entry")).to_be_visible()
    check_accessible(owner)
    owner.get_by_label("Term", exact=True).fill("Spurtle")
    owner.get_by_label("Definition", exact=True).fill(
        "A rod that *stirs* porridge:\n\n- oats\n- salt"
    )
    owner.get_by_label("It is Markdown").check()
    owner.get_by_label("Asked as").fill("what stirs porridge?")
    owner.get_by_role("button", name="Add the entry").click()
    expect(owner.locator(".said")).to_have_text("The entry is added.")
    expect(owner.locator(".entry em")).to_have_text("stirs")

    owner.get_by_role("link", name="Edit", exact=True).click()
    owner.get_by_label("Term", exact=True).fill("Porridge stick")
    press(owner.get_by_role("button", name="Save", exact=True))
    expect(owner.locator(".said")).to_have_text("The entry is saved.")

    owner.get_by_role("link", name="Edit", exact=True).click()
    owner.locator("summary", has_text="Delete this entry").press("Enter")
    owner.get_by_label("Its address leads to").fill("whisk")
    check_accessible(owner)
    press(owner.get_by_role("button", name="Delete Porridge stick"))
    expect(owner.locator(".said")).to_have_text("The entry is deleted.")
    owner.goto(f"{editing_site}entry/kitchen:spurtle")
    expect(owner.locator("h1")).to_have_text("Whisk")
    owner.goto(f"{editing_site}history/kitchen:spurtle")
    expect(owner.locator(".versions h2")).to_have_text(["Deleted", "Changed", "Added"])
    expect(owner.locator(".versions del").first).to_contain_text("Spurtle")
    check_accessible(owner)

    press(owner.get_by_role("button", name="Restore revision").last)
    expect(owner.locator(".said")).to_contain_text("is restored.")
    expect(owner.locator("h1")).to_have_text("Spurtle")
    owner.goto(f"{editing_site}?q=what stirs porridge?")
    expect(owner.locator(".hit.best h2")).to_have_text("Spurtle")


def test_a_term_that_is_missing_is_added_from_the_question(owner: Page, editing_site: str) -> None:
    """The question becomes a phrase that finds the new entry."""
    owner.goto(f"{editing_site}?q=qzx vvk")
    owner.get_by_role("link", name="Add an entry that is found by this question").click()
    expect(owner.get_by_label("Asked as")).to_have_value("qzx vvk")
    owner.get_by_label("Term", exact=True).fill("Qzx")
    owner.get_by_label("Definition", exact=True).fill("An unknown thing.")
    owner.get_by_role("button", name="Add the entry").click()
    expect(owner.locator(".said")).to_have_text("The entry is added.")


def test_an_answer_is_that_of_the_key_whichever_script_comes_last(
    owner: Page, editing_site: str
) -> None:
    """The rest of the page may be completed before the script that asks again."""

    def late(route: Route) -> None:
        expect(owner.locator(".owners[data-may-edit]")).to_be_visible()
        route.continue_()

    owner.route("**/teach.js*", late)
    owner.goto(f"{editing_site}?q=wvv jkp", wait_until="commit")
    expect(owner.get_by_role("link", name="Add an entry that is found by this")).to_be_visible()


def test_visitors_see_no_controls_and_need_no_script_more(page: Page, editing_site: str) -> None:
    """A page without a key loads nothing of it."""
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(f"{editing_site}entry/kitchen:whisk", wait_until="networkidle")
    assert not [url for url in loaded if url.endswith(("owner.js", "edit.js", "edits.js"))]
    expect(page.locator("[data-may-edit]")).to_have_count(0)

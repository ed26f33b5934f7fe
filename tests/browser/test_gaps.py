"""The page of gaps in a real browser: each gap is closed with one click, by keyboard too."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now
from semsearch.storage.feedback.question_log import RecordedQuestion, read, record
from tests.browser.checks import axe, expect
from tests.browser.serving import serving

ODD, OTHER, DRAFT, MASKED = (
    "xylophone quartet lessons",
    "zebra crossing of a street",
    "kitten photographs",
    "call [number] umbrella",
)


@pytest.fixture(scope="module")
def gaps_index(pages_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an index of which some questions were recorded."""
    folder = Path(shutil.copytree(pages_index, tmp_path_factory.mktemp("gaps") / "index"))
    batch = [
        RecordedQuestion(
            utc_now() - timedelta(days=n),
            text,
            "",
            "page",
            "no close match",
            0.1,
            ("kitchen:ladle",),
        )
        for n, text in enumerate((ODD, ODD, OTHER, DRAFT, MASKED))
    ]
    record(folder / "questions.db", batch, utc_now(), timedelta(days=90))
    return folder


@pytest.fixture(scope="module")
def gaps_site(gaps_index: Path) -> Iterator[str]:
    """Yield the address of a service that anybody may ask."""
    with serving(gaps_index, "--record-questions") as address:
        yield address


@pytest.fixture
def opened(page: Page, gaps_site: str, gaps_index: Path) -> Page:
    """Open the page with a key."""
    _, made = KeyStore(gaps_index / "keys.db").create(
        name="Ann", scope=KeyScope.EDIT, glossaries=(), now=utc_now()
    )
    page.goto(f"{gaps_site}gaps")
    page.locator("#key").fill(made.text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What to write next")).to_be_visible()
    page.wait_for_load_state("networkidle")  # its scripts are there
    return page


def test_the_page_is_accessible(opened: Page) -> None:
    """Its plot has a table, its buttons have names."""
    opened.locator(".gap .attach summary").first.click()
    assert axe(opened).response["violations"] == []


def test_gaps_are_closed(opened: Page, gaps_index: Path, gaps_site: str) -> None:
    """Attached, drafted, ignored: what was done stands there and has the focus."""
    first = opened.locator("section.gap").filter(has_text="xylophone quartet")
    button = first.locator("[data-attach]").first
    term = button.text_content() or ""
    button.focus()
    opened.keyboard.press("Enter")
    expect(first).to_contain_text(f"The question finds {term} from now on.")
    expect(first.locator("h2")).to_be_focused()

    masked = opened.locator("section.gap").filter(has_text=MASKED)
    masked.get_by_text("Another entry").click()
    masked.get_by_label("Name or id").fill("whisk")
    masked.get_by_role("button", name="Attach").click()
    expect(masked.locator(".failed")).to_have_text(
        "Not done: choose a question from which nothing was taken out."
    )

    ignored = opened.locator("section.gap").filter(has_text="zebra crossing")
    ignored.get_by_role("button", name="Ignore").click()
    expect(ignored).to_contain_text("The questions are left out from now on.")
    expect(opened.locator("#status")).to_have_text("The questions are left out from now on.")
    assert OTHER not in [one.text for one in read(gaps_index / "questions.db")]

    opened.reload()
    expect(opened.locator("section.gap")).to_have_count(2)
    opened.goto(f"{gaps_site}?q={ODD}")
    expect(opened.locator(".hit.best h2")).to_have_text(term)


def test_an_entry_is_drafted(opened: Page) -> None:
    """The form of a new entry has the headword and the question."""
    drafted = opened.locator("section.gap").filter(has_text=DRAFT)
    drafted.get_by_role("link", name="Draft an entry").click()
    expect(opened.locator("[name=term]")).to_have_value("kitten photographs")
    expect(opened.locator("[name=asked_as]")).to_have_value(DRAFT)

"""What a browser lets a service record: whole questions once, and the hits that were opened."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from semsearch.storage.feedback.question_log import RecordedQuestion, read
from tests.browser.serving import serving


@pytest.fixture(scope="module")
def recorded_index(pages_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an index of its own."""
    return Path(shutil.copytree(pages_index, tmp_path_factory.mktemp("recording") / "index"))


@pytest.fixture(scope="module")
def recording_site(recorded_index: Path) -> Iterator[str]:
    """Yield the address of a service that records questions."""
    with serving(recorded_index, "--record-questions", "--workers", "2") as address:
        yield address


def recorded(index: Path, text: str) -> list[RecordedQuestion]:
    """Return the questions that begin with a text, once all processes have written theirs."""
    until = time.monotonic() + 20
    while True:
        time.sleep(3)
        found = [one for one in read(index / "questions.db") if one.text.startswith(text)]
        if len(found) == 1 or time.monotonic() > until:
            return found


def test_a_typed_question_is_recorded_once(
    page: Page, recording_site: str, recorded_index: Path
) -> None:
    """Pauses, Enter, the way back and a reload add nothing; what was opened is known."""
    page.goto(recording_site)
    page.locator("#q").press_sequentially("a deep ")
    expect(page.locator(".hit").first).to_be_visible()
    page.wait_for_timeout(500)
    page.locator("#q").press_sequentially("spoon for serving soup")
    page.wait_for_timeout(500)
    page.keyboard.press("Enter")
    second = page.locator(".hit.row").first
    second.locator("summary").first.click()
    expect(second).to_have_attribute("data-id", second.get_attribute("data-id") or "-")
    opened = [second.get_attribute("data-id")]
    link = page.locator(".hit.best h2 a")
    opened.append(page.locator(".hit.best").get_attribute("data-id"))
    link.click()
    page.wait_for_url("**/entry/**")
    page.go_back()
    expect(page.locator(".hit").first).to_be_visible()
    page.reload()
    (one,) = recorded(recorded_index, "a deep")
    assert (one.text, one.source) == ("a deep spoon for serving soup", "page")
    assert list(one.opened) == opened


def test_what_a_page_shows_when_it_is_loaded_counts_once(
    page: Page, recording_site: str, recorded_index: Path
) -> None:
    """Whoever comes back to its question by the history of the page asks nothing new."""
    page.goto(f"{recording_site}?q=the+lowest+beam")
    expect(page.locator(".hit").first).to_be_visible()
    page.locator("#q").fill("satellites of a ship")
    page.keyboard.press("Enter")
    expect(page.locator(".hit.best h2")).to_contain_text("Global Positioning System")
    page.go_back()
    expect(page.locator("#q")).to_have_value("the lowest beam")
    assert len(recorded(recorded_index, "the lowest beam")) == 1

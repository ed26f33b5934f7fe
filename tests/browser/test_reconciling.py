"""What the page of a reconciliation client does with the service: fetch, and frame previews."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.checks import axe, expect

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_a_client_frames_a_preview_and_no_other_page(
    page: Page, site: str, elsewhere: tuple[str, Path]
) -> None:
    """The preview shows the entry and fits its frame; pages of the service stay out of frames."""
    other, folder = elsewhere
    manifest = page.request.get(f"{site}reconcile").json()
    size = manifest["preview"]
    preview = size["url"].replace("{{id}}", "kitchen:whisk")
    frame = f'width="{size["width"]}" height="{size["height"]}"'
    (folder / "client.html").write_text(
        "<!doctype html><html lang=en><title>A client</title>"
        f'<iframe id="a" title="Preview" {frame} src="{preview}"></iframe>'
        f'<iframe id="b" title="Entry" {frame} src="{site}entry/kitchen:whisk"></iframe>'
    )
    page.goto(f"{other}/client.html")
    shown = page.frame_locator("#a")
    expect(shown.get_by_role("heading", name="Whisk")).to_be_visible()
    expect(shown.locator(".definition")).to_contain_text("bent wires")
    wide = shown.locator("body").evaluate("() => document.documentElement.scrollWidth")
    assert wide <= size["width"]
    expect(page.frame_locator("#b").get_by_role("heading", name="Whisk")).to_have_count(0)


def test_a_page_of_this_machine_matches_names(
    page: Page, site: str, elsewhere: tuple[str, Path]
) -> None:
    """As the page of OpenRefine does, from another port."""
    other, folder = elsewhere
    (folder / "client.html").write_text("<!doctype html><title>A client</title>")
    page.goto(f"{other}/client.html")
    found = page.evaluate(
        """async site => {
            const queries = JSON.stringify({q0: {query: "whisks"}});
            const body = new URLSearchParams({queries});
            const answer = await fetch(`${site}reconcile`, {method: "POST", body});
            return (await answer.json()).q0.result[0].id;
        }""",
        site,
    )
    assert found == "kitchen:whisk"


def test_a_preview_can_be_used_by_everybody(page: Page, site: str) -> None:
    """By itself, as a client frames it."""
    page.goto(f"{site}reconcile/preview?id=kitchen:whisk")
    expect(page.get_by_role("link", name="Whisk")).to_be_visible()
    assert axe(page).response["violations"] == []

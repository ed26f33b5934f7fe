"""Reading in a real browser: entries, previews, the alphabet, the map, the widget."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.checks import expect
from tests.browser.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


def test_terms_in_a_text_lead_to_their_pages(page: Page, site: str) -> None:
    """And from there on through the alphabet."""
    page.goto(f"{site}entry/kitchen:embedding")
    page.locator(".definition a.term").first.click()
    expect(page.locator("h1")).to_have_text("Ladle")
    page.locator("[rel=next]").click()
    expect(page.locator("h1")).to_have_text("Spoon 0")
    page.locator("[rel=prev]").click()
    expect(page.locator("h1")).to_have_text("Ladle")
    page.locator(".within-glossary a").click()
    expect(page.locator("h1")).to_have_text("kitchen")
    page.locator(".letters a", has_text="W").click()
    expect(page.locator(".letter a")).to_have_text("Whisk")


def test_a_preview_opens_by_pointer_and_by_focus(page: Page, site: str) -> None:
    """It can be pointed at, Escape closes it, and it belongs to its link."""
    page.goto(f"{site}entry/kitchen:embedding")
    link, card = page.locator(".definition a.term").first, page.locator("#preview")
    link.hover()
    expect(card).to_be_visible()
    expect(card).to_contain_text("A ladle is a deep spoon")
    assert link.get_attribute("aria-describedby") == "preview"
    card.hover()
    page.wait_for_timeout(400)
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.locator(".within-glossary a").focus()
    page.keyboard.press("Tab")
    expect(card).to_be_visible()


def test_the_link_to_an_entry_is_copied(context: BrowserContext, page: Page, site: str) -> None:
    """And that is said."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}entry/kitchen:whisk")
    page.locator("a.copy").click()
    expect(page.locator("#status")).to_have_text("The link is copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site}entry/kitchen:whisk"


def test_the_map_shows_every_term_and_the_question(page: Page, site: str) -> None:
    """With lines to its answers; by pointer and by keyboard a term is told and opened."""
    page.goto(f"{site}map?q=a deep spoon for serving soup")
    place = page.locator(".map[data-ready=true][data-asked=true]")
    expect(place).to_be_visible()
    total = page.request.get(f"{site}v1/map").json()["total"]
    expect(page.locator(".map-table .count")).to_contain_text(f"of {total - 4}")
    expect(page.locator(".located li").first).to_contain_text("Ladle")
    canvas = page.locator("canvas")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".map-card")).to_be_visible()
    said = (page.locator(".map-card").text_content() or "").split(":")[0].split(" (")[0]
    for key in ("+", "+", "-", "Home"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(said)


def test_near_on_the_map_is_where_the_picture_is(page: Page, site: str) -> None:
    """A click on a point opens its term: what is drawn and what is found are the same place."""
    page.goto(f"{site}map")
    expect(page.locator(".map[data-ready=true]")).to_be_visible()
    found = page.request.get(f"{site}v1/map").json()
    at = found["ids"].index("ships:keel")
    box = page.locator("canvas").bounding_box()
    assert box is not None
    unit = min(box["width"], box["height"]) / 2 * 0.92
    x = box["width"] / 2 + found["x"][at] * unit
    y = box["height"] / 2 - found["y"][at] * unit
    page.locator("canvas").click(position={"x": x, "y": y})
    expect(page.locator("h1")).to_have_text("Keel")


_SHADES = """() => {
  const canvas = document.querySelector('.map canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const found = {};
  for (let at = 0; at < data.length; at += 4) {
    const shade = [...data.subarray(at, at + 4)].join(' ');
    found[shade] = (found[shade] ?? 0) + 1;
  }
  return found;
}"""


def test_the_map_draws_the_points_of_each_glossary_in_a_colour(page: Page, site: str) -> None:
    """On the paper of the page; most points are of the kitchen."""
    page.goto(f"{site}map")
    page.locator(".map[data-ready=true]").wait_for()
    page.wait_for_timeout(100)  # until it has been drawn
    shades = page.evaluate(_SHADES)
    assert max(shades, key=shades.get) == "251 250 247 255"
    kitchen, ships = shades["32 84 92 255"], shades["164 84 31 255"]
    assert kitchen > 10 * ships > 50


_HURRY = """() => {
  const canvas = document.querySelector('.map canvas');
  for (let n = 0; n < 5; n += 1) canvas.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }));
}"""


def test_what_a_point_says_is_asked_for_when_one_stays_there(page: Page, site: str) -> None:
    """Not of each that is passed at once."""
    page.goto(f"{site}map")
    page.locator(".map[data-ready=true]").wait_for()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(_HURRY)
    expect(page.locator(".map-card")).to_contain_text(": ")
    assert len(asked) == 1


def test_the_entry_about_embeddings_shows_them(page: Page, site: str) -> None:
    """The map, an explanation, and two words to compare."""
    page.goto(f"{site}entry/kitchen:embedding")
    expect(page.locator(".map[data-ready=true]")).to_be_visible()
    page.locator("input[name=a]").fill("spoon")
    page.locator("input[name=b]").fill("soup spoon")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".comparison")).to_contain_text("Both use spoon")
    assert page.locator(".two ol").count() == 2


def test_a_key_opens_what_needs_one(page: Page, pages_index: Path, tmp_path: Path) -> None:
    """It is asked for, kept for the tab, and the pages behind it are as they are for anybody."""
    import shutil  # noqa: PLC0415

    from semsearch.server.auth.key_store import KeyStore  # noqa: PLC0415
    from semsearch.server.auth.keys import KeyScope, utc_now  # noqa: PLC0415

    index = Path(shutil.copytree(pages_index, tmp_path / "keyed"))
    secret = KeyStore(index / "keys.db").create(name="", scope=KeyScope.SEARCH, now=utc_now())[1]
    with serving(index, "--read", "key") as site:
        page.goto(f"{site}?q=whisk")
        page.locator("#key").fill("semsearch_000000000000_" + "0" * 48)
        page.get_by_role("button", name="Use").click()
        expect(page.locator(".state-key h1")).to_have_text(
            "The access key is invalid, expired or revoked"
        )
        page.locator("#key").fill(secret.text)
        page.get_by_role("button", name="Use").click()
        expect(page.locator(".best h2")).to_have_text("Whisk")
        page.locator("#q").fill("keel")
        page.keyboard.press("Enter")
        expect(page.locator(".best h2")).to_have_text("Keel")
        page.locator(".best h2 a").click()
        expect(page.locator("article h1")).to_have_text("Keel")
        assert secret.text not in page.url


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Yield another site's address and the folder that it serves."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(tmp_path))  # type: ignore[arg-type]

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", tmp_path
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("is_named", [True, False])
def test_the_widget_on_another_site(
    page: Page, pages_index: Path, elsewhere: tuple[str, Path], is_named: bool
) -> None:
    """It answers there if that site is named, and says that it cannot if not."""
    other, folder = elsewhere
    origins = other if is_named else "https://docs.example.org"
    with serving(pages_index, "--origins", origins) as site:
        (folder / "page.html").write_text(
            f'<!doctype html><script src="{site}widget.js" defer></script><semsearch-search></semsearch-search>'
            '<p>A <semsearch-term name="whisk">whisk</semsearch-term></p>'
        )
        page.goto(f"{other}/page.html")
        page.locator("semsearch-search input").fill("a deep spoon for serving soup")
        page.keyboard.press("Enter")
        said, hits = page.locator("semsearch-search p.quiet"), page.locator("semsearch-search li a")
        page.locator("semsearch-term .term").hover()
        if is_named:
            expect(hits.first).to_have_text("Ladle")
            expect(hits.first).to_have_attribute("href", f"{site}entry/kitchen%3Aladle")
            expect(page.locator("semsearch-term .card")).to_contain_text("bent wires")
        else:
            expect(said).to_have_text("The glossary cannot be reached.")
            expect(hits).to_have_count(0)

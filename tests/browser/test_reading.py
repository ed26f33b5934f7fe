"""Reading in a real browser: entries, previews, the alphabet, the map, the widget."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.checks import axe, expect
from tests.browser.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route


def test_terms_in_a_text_lead_to_their_pages(page: Page, site: str) -> None:
    """An entry page leads on to its neighbours in the alphabet."""
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
    page.locator(".letters a", has_text="all").click()
    page.locator("#filter").press_sequentially("poon 6")
    expect(page.locator(".letter a")).to_have_count(11)
    expect(page.locator("#listed .count")).to_have_text("11 terms with “poon 6” in the name")
    assert page.url.endswith("?filter=poon+6")


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
    """A message says that the link was copied."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}entry/kitchen:whisk")
    page.locator("a.copy").click()
    expect(page.locator("#status")).to_have_text("The link is copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site}entry/kitchen:whisk"
    page.goto(f"{site}?q=whisk")
    page.locator("a.copy").click()
    expect(page.locator("a.copy")).to_have_attribute("data-said", "copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site}?q=whisk"
    page.goto(f"{site}widget")
    page.locator("pre button").first.click()
    expect(page.locator("pre button").first).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("<script src=")


def test_the_map_shows_every_term_and_the_question(page: Page, site: str) -> None:
    """Lines lead to the answers beside it; a legend; pointer and keyboard open a term."""
    page.goto(f"{site}map?q=a deep spoon for serving soup")
    place = page.locator(".map[data-ready=true][data-asked=true]")
    expect(place).to_be_visible()
    total = page.request.get(f"{site}v1/map").json()["total"]
    expect(page.locator(".map-table .count").first).to_contain_text(f"of {total - 4}")
    expect(page.locator(".map-legend")).to_contain_text("kitchen")
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
    x, y = _place_on_the_screen(found, at, box["width"], box["height"])
    page.locator("canvas").click(position={"x": x, "y": y})
    expect(page.locator("h1")).to_have_text("Keel")


def _place_on_the_screen(
    found: dict[str, Any], at: int, width: float, height: float
) -> tuple[float, float]:
    """Return the pixels of a point: all points fill the canvas, one direction stretched."""
    room = [width - 2 * min(70, width / 10), height - 2 * min(34, height / 10)]
    spans = [max(found[one]) - min(found[one]) for one in "xy"]
    across, up = (pixels / span for pixels, span in zip(room, spans, strict=True))
    across, up = min(across, up * 2.2), min(up, across * 2.2)
    middle = [(max(found[one]) + min(found[one])) / 2 for one in "xy"]
    return (
        width / 2 + (found["x"][at] - middle[0]) * across,
        height / 2 - (found["y"][at] - middle[1]) * up,
    )


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
    """The points lie on the paper of the page; most belong to the kitchen."""
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
    """Points that the pointer only passes send no request."""
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
        said, hits = (
            page.locator("semsearch-search p.verdict"),
            page.locator("semsearch-search li a"),
        )
        page.locator("semsearch-term .term").hover()
        if is_named:
            expect(hits.first).to_have_text("Ladle")
            expect(page.locator("semsearch-search .verdict")).to_have_text(
                re.compile(r"^\d+ % sure: (strong|possible)$")
            )
            expect(hits.first).to_have_attribute("href", f"{site}entry/kitchen%3Aladle")
            expect(page.locator("semsearch-term .card")).to_contain_text("bent wires")
        else:
            expect(said).to_have_text("The glossary cannot be reached.")
            expect(hits).to_have_count(0)


def test_every_letter_is_in_view_on_a_phone(browser: Browser, site: str) -> None:
    """The strip has several rows there and stays below the top while one scrolls."""
    context = browser.new_context(viewport={"width": 390, "height": 740})
    page = context.new_page()
    page.goto(f"{site}glossary/kitchen")
    # as many letters as a whole alphabet has
    page.evaluate(
        "() => { const strip = document.querySelector('.letters');"
        " for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')"
        " strip.append(Object.assign(document.createElement('a'), { textContent: c, href: '#' })); }"
    )
    places = page.locator(".letters a").evaluate_all(
        "all => all.map((a) => a.getBoundingClientRect()).map(({ left, right, width, height }) => "
        "[left, right, width, height])"
    )
    assert len(places) > 26
    for left, right, width, height in places:
        assert left >= 0
        assert right <= 390
        assert min(width, height) >= 24, "WCAG 2.2, 2.5.8"
    page.locator("footer").scroll_into_view_if_needed()
    box = page.locator(".letters").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 4
    assert box["height"] < 140
    context.close()


def test_print_has_the_answer_and_no_controls(page: Page, site: str) -> None:
    """Entries that are no matches are left out, since the line that says so is."""
    page.goto(f"{site}?q=a deep spoon for serving soup")
    page.emulate_media(media="print")
    expect(page.locator(".best")).to_be_visible()
    for control in ("form.ask", "footer", ".divider", ".nearest >> nth=0", ".copy"):
        expect(page.locator(control)).to_be_hidden()
    page.goto(f"{site}?q=qzx vvk")
    expect(page.locator(".nearest").first).to_be_visible()
    page.goto(f"{site}entry/kitchen:ladle")
    expect(page.locator(".definition")).to_be_visible()
    expect(page.get_by_text("Ask about it")).to_be_hidden()


def test_the_interface_description_can_be_read(page: Page, site: str) -> None:
    """All its texts have enough contrast, those of an opened route and of schemas too."""
    page.goto(f"{site}docs")
    page.locator(".opblock-summary-control").first.click(timeout=60_000)
    page.locator(".opblock .responses-inner").first.wait_for()
    found = {one["id"]: one["nodes"] for one in axe(page).response["violations"]}
    assert [node["html"] for node in found.get("color-contrast", [])] == []


def test_the_link_of_a_term_in_the_widget_is_reached_by_keyboard(page: Page, site: str) -> None:
    """Its card stays while the focus is in it; Escape closes it and goes back to the term."""
    page.goto(f"{site}widget")
    word, card = (page.locator(f"semsearch-term .{name}") for name in ("term", "card"))
    word.focus()
    expect(card).to_be_visible()
    page.keyboard.press("Tab")
    page.wait_for_timeout(100)  # longer than a card that closes takes
    expect(card.locator("a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(word).to_be_focused()
    word.blur()
    word.focus()
    expect(card).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(card).to_be_hidden()


def test_the_widget_says_that_a_term_is_outdated(page: Page, site: str) -> None:
    """In an answer only then, in the card of a term whatever its status is."""

    def stated(route: Route) -> None:
        answer = route.fetch().json()
        first, second, *_ = answer.get("hits", (answer, answer))
        second["status"] = "approved"
        first |= {"status": "deprecated: use beater", "outdated": True}
        for hit in answer.get("hits", []):
            hit["matched_by"] = "meaning"
        route.fulfill(json=answer)

    page.route("**/v1/search?*", stated)
    page.route("**/v1/entries/*", stated)
    page.goto(f"{site}widget")
    page.locator("semsearch-search input").fill("whisk")
    page.keyboard.press("Enter")
    said = page.locator("semsearch-search .status")
    expect(said).to_have_text(["deprecated: use beater"])
    expect(said).to_have_class("status outdated")
    page.locator("semsearch-term .term").hover()
    expect(page.locator("semsearch-term .card .status")).to_have_text("deprecated: use beater")


@pytest.mark.parametrize("theme", ["", "dark"])
def test_the_widget_is_as_light_as_the_page_around_it(
    browser: Browser, pages_index: Path, elsewhere: tuple[str, Path], theme: str
) -> None:
    """It does not follow a dark system on a light page, and its texts can be read in both."""
    other, folder = elsewhere
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    with serving(pages_index, "--origins", other) as site:
        around = "background: #222; color: white" if theme else "background: white"
        (folder / "page.html").write_text(
            f'<!doctype html><html lang="en"><title>x</title><body style="{around}">'
            f'<script src="{site}widget.js" defer></script><main><h1>x</h1>'
            f'<semsearch-search theme="{theme}"></semsearch-search></main>'
        )
        page.goto(f"{other}/page.html")
        box = page.locator("semsearch-search input")
        expect(box).to_be_visible()
        inside, ink, hint = (
            _luminance(box.evaluate(f"e => getComputedStyle(e{part}).{name}"))
            for part, name in (
                ("", "backgroundColor"),
                ("", "color"),
                (", '::placeholder'", "color"),
            )
        )
        assert (inside < 0.2) == bool(theme)
        for text in (ink, hint):
            assert (max(text, inside) + 0.05) / (min(text, inside) + 0.05) >= 4.5
        box.fill("whisk")
        page.keyboard.press("Enter")
        expect(page.locator("semsearch-search li a").first).to_have_text("Whisk")
        assert not axe(page).response["violations"]
    context.close()


def _luminance(colour: str) -> float:
    """Return the relative luminance of `rgb(r, g, b)` (WCAG 2.2)."""
    parts = [int(number) / 255 for number in re.findall(r"\d+", colour)[:3]]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return sum(x * share for x, share in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))

"""Asking in a real browser: at once, by keyboard alone, back and forward, without a script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.checks import expect
from tests.browser.states import NO_KEY

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

QUESTION = "a deep spoon for serving soup"


def test_names_come_while_one_types_and_an_answer_after_a_pause(page: Page, site: str) -> None:
    """An answer comes without Enter.

    The address says what was asked, and the typing makes one entry of the history.
    """
    page.goto(site)
    before = page.evaluate("history.length")
    page.locator("#q").press_sequentially("Ladle", delay=30)
    expect(page.locator(".names li")).to_have_count(1)
    expect(page.locator(".hit h2").first).to_have_text("Ladle")
    assert page.url == f"{site}?q=Ladle"
    assert page.evaluate("history.length") == before + 1
    assert page.title().startswith("Ladle ")


@pytest.mark.surface
def test_a_question_is_asked_and_answered_by_keyboard_alone(page: Page, site: str) -> None:
    """The slash finds the box, Enter asks, Tab reaches the first hit, Enter opens it."""
    page.goto(f"{site}glossary")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".best h2")).to_have_text("Ladle")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.hit h2') !== null"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Ladle")
    page.wait_for_load_state()
    page.keyboard.press("Control+k")
    expect(page.locator("#q")).to_be_focused()


def test_the_list_of_names_follows_the_pattern(page: Page, site: str) -> None:
    """Down and Up choose, the focus stays in the box, Escape closes, Enter opens the term."""
    page.goto(site)
    box, options = page.locator("#q"), page.locator(".names li")
    assert box.get_attribute("role") == "combobox"
    box.press_sequentially("spo")
    expect(options.first.locator("b")).to_have_text("Spo")  # not those of fewer letters any more
    expect(options).to_have_count(8)
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).not_to_have_attribute("aria-activedescendant", re.compile("."))
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator(".names")).to_be_hidden()
    expect(box).to_have_value("spo")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".names")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Spoon 0")


def test_an_answer_that_comes_late_is_never_shown(page: Page, site: str) -> None:
    """The first question is answered after the second.

    What is shown is the answer to the second.
    """
    page.goto(site)
    held: list[Route] = []
    page.route("**/?q=keel", lambda route: held.append(route))  # noqa: PLW0108 - looked at by its signature
    page.locator("#q").fill("keel")
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    page.locator("#q").fill("whisk")
    page.keyboard.press("Enter")
    expect(page.locator(".best h2")).to_have_text("Whisk")
    assert len(held) == 1
    held[0].continue_()
    page.wait_for_timeout(300)
    expect(page.locator(".best h2")).to_have_text("Whisk")
    assert page.url == f"{site}?q=whisk"


def _wait_until(page: Page, condition: str) -> None:
    """Wait for a condition; `wait_for_function` would evaluate text, which the pages forbid."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {condition}")


def test_back_and_forward_show_what_was_there(page: Page, site: str) -> None:
    """Question, answer, title and place; also from the page of an entry, and back to the start."""
    page.set_viewport_size({"width": 1000, "height": 300})
    page.goto(site)
    for question in ("whisk", "keel"):
        page.locator("#q").fill(question)
        page.keyboard.press("Enter")
        expect(page.locator(".best h2")).to_have_text(question.title())
    page.evaluate("scrollTo(0, 300)")
    _wait_until(page, "history.state.scroll > 200")
    page.locator(".row:visible > details > summary").last.click()
    page.locator(".to a:visible").click()  # far down, so that nothing scrolls back to it
    expect(page.locator("article.entry")).to_be_visible()
    page.go_back()
    expect(page.locator(".best h2")).to_have_text("Keel")
    _wait_until(page, "scrollY > 200")
    page.go_back()
    expect(page.locator(".best h2")).to_have_text("Whisk")
    expect(page.locator("#q")).to_have_value("whisk")
    page.go_forward()
    expect(page.locator(".best h2")).to_have_text("Keel")
    page.go_back()
    page.go_back()
    expect(page.locator(".examples")).to_be_visible()
    expect(page.locator("#q")).to_have_value("")


def test_a_page_without_a_script_answers(browser: Browser, site: str) -> None:
    """The form, the hits, why, all of a long definition, the entry, two words compared."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    page.locator("#q").fill(QUESTION)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".best h2")).to_have_text("Ladle")
    page.locator(".row summary").first.click()
    expect(page.locator(".row .definition").first).to_be_visible()
    page.locator(".best .why summary").click()
    expect(page.locator(".best .why table")).to_be_visible()
    page.locator(".best h2 a").click()
    expect(page.locator("h1")).to_have_text("Ladle")
    page.goto(f"{site}map")
    page.locator("input[name=a]").fill("spoon")
    page.locator("input[name=b]").fill("ladle")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".comparison strong")).to_be_visible()
    context.close()


def test_nothing_fits_looks_different_from_an_answer(page: Page, site: str) -> None:
    """It is said, nothing is set out as best, and the nearest follow."""
    page.goto(f"{site}?q=qzx vvk")
    expect(page.locator(".state-none h2")).to_have_text("No close match")
    expect(page.locator(".best")).to_have_count(0)
    expect(page.locator(".verdict")).to_have_count(0)
    assert page.locator(".hit.nearest").count() == 10
    expect(page.locator(".hit.nearest:visible")).to_have_count(3)
    page.locator(".further summary", has_text="7 more").click()
    expect(page.locator(".hit.nearest:visible")).to_have_count(10)


def test_names_never_cover_the_answer(page: Page, site: str) -> None:
    """They stand between the box and the answer."""
    page.goto(site)
    page.locator("#q").press_sequentially("spoon", delay=30)
    expect(page.locator(".names li")).to_have_count(8)
    expect(page.locator(".best h2")).to_be_visible()
    names, verdict = page.locator(".names").bounding_box(), page.locator(".verdict").bounding_box()
    assert names is not None
    assert verdict is not None
    assert names["y"] + names["height"] <= verdict["y"]


def test_compared_terms_stand_side_by_side(page: Page, site: str) -> None:
    """Each has a card; on a phone they stand below each other."""
    page.goto(f"{site}?q=ladle vs whisk")
    cards = page.locator(".compared .best")
    expect(cards.locator("h2")).to_have_text(["Ladle", "Whisk"])
    one, other = cards.first.bounding_box(), cards.last.bounding_box()
    assert one is not None
    assert other is not None
    assert one["y"] == other["y"]
    assert one["x"] + one["width"] <= other["x"]
    page.set_viewport_size({"width": 360, "height": 740})
    one, other = cards.first.bounding_box(), cards.last.bounding_box()
    assert one is not None
    assert other is not None
    assert one["y"] + one["height"] <= other["y"]


def test_a_service_that_has_too_much_to_do_is_asked_again(page: Page, site: str) -> None:
    """After the seconds it names; meanwhile the page says so."""
    page.goto(site)
    asked = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) > 1:
            return route.continue_()
        return route.fulfill(
            status=503,
            headers={"Retry-After": "1", "Content-Type": "text/html"},
            body='<section class="state state-overloaded"><h1>The service has too much to do</h1></section>',
        )

    page.route("**/?q=whisk", answer)
    page.locator("#q").fill("whisk")
    page.keyboard.press("Enter")
    expect(page.locator(".state-overloaded")).to_be_visible()
    expect(page.locator(".best h2")).to_have_text("Whisk")
    assert len(asked) == 2


def test_a_page_that_needs_a_key_asks_people_for_it(page: Page, locked_site: str) -> None:
    """The page explains the key; a refused key is forgotten."""
    page.goto(f"{locked_site}?q=soup")
    expect(page.locator(".state h1")).to_have_text("This needs an access key")
    expect(page.locator(".state > p")).to_have_text("Only people who have a key may read here.")
    page.locator("#key").fill(NO_KEY)
    page.keyboard.press("Enter")
    expect(page.locator(".state h1")).to_have_text("The access key is invalid, expired or revoked")
    expect(page.locator(".state > p")).to_have_text("This is not a key of this index.")
    assert page.evaluate("sessionStorage.length") == 0
    expect(page.locator("#key")).to_be_focused()


@pytest.mark.parametrize(
    "path", ["", "?q=soup", "entry/kitchen:word", "glossary/kitchen", "map", "widget", "docs"]
)
@pytest.mark.parametrize("width", [320, 360, 640])
def test_nothing_is_wider_than_the_screen(
    browser: Browser, site: str, path: str, width: int
) -> None:
    """No page scrolls sideways on a phone, and at 200 % zoom (1,280 pixels become 640)."""
    context = browser.new_context(viewport={"width": width, "height": 700})
    page = context.new_page()
    page.goto(site + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_dark_is_dark(browser: Browser, site: str) -> None:
    """Paper and ink change places; the focus stays visible."""
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(site)
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    channels = [int(n) for n in re.findall(r"\d+", paper)[:3]]
    assert max(channels) < 60
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    context.close()


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("whisk", r"Exact name\. Whisk"),
        ("a deep spoon for serving soup", r"\d+ % sure: (strong|possible)\. Ladle"),
        ("ladle vs whisk", r"About these terms\. Ladle\. Whisk"),
        ("qzx vvk", r"No close match\. .+"),
    ],
)
def test_an_answer_is_announced_in_a_few_words(
    page: Page, site: str, question: str, said: str
) -> None:
    """How sure it is and what was found; not the controls beside it."""
    page.goto(site)
    page.locator("#q").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("main > #status")).to_have_text(re.compile(rf"^{said}$"))


def test_signs_beside_texts_are_not_read_aloud(page: Page, site: str) -> None:
    """Arrows and dots are for the eyes."""
    page.goto(f"{site}?q=a deep spoon for serving soup")
    assert "\u203a" not in page.locator("main").aria_snapshot()
    page.goto(f"{site}entry/kitchen:whisk")
    assert "\u2190" not in page.locator("main").aria_snapshot()

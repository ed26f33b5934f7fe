"""Every state that a page can be in, and how to get there.

What is looked at, and what axe looks through.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page


@dataclass(frozen=True, slots=True)
class State:
    """A page in a state.

    `path` is opened in a context of `options`; then `act` does what leads there.

    `is_locked` says that reading needs a key there.
    """

    name: str
    path: str
    act: Callable[[Page], object] = lambda page: None
    options: dict[str, Any] = field(default_factory=dict)
    is_locked: bool = False


def _typed(text: str) -> Callable[[Page], object]:
    def act(page: Page) -> None:
        page.locator("#q").press_sequentially(text)
        page.locator(".names li").first.wait_for()

    return act


def _fulfilled(status: int, body: str) -> Callable[[Page], object]:
    """Let the service answer a question in another way than it would."""

    def act(page: Page) -> None:
        page.route(
            "**/?q=*",
            lambda route: route.fulfill(status=status, content_type="text/html", body=body),
        )
        _ask(page, "soup")
        page.locator(".state").first.wait_for()

    return act


def _ask(page: Page, question: str) -> None:
    page.locator("#q").fill(question)
    page.keyboard.press("Enter")


def _offline(page: Page) -> None:
    page.route("**/?q=*", lambda route: route.abort())
    _ask(page, "soup")
    page.locator(".state-offline").wait_for()


def _loading(page: Page) -> None:
    page.evaluate("void (window.fetch = () => new Promise(() => {}))")  # never answered
    page.locator("#q").fill("soup")
    page.keyboard.press("Enter")
    page.locator("#answer[aria-busy=true]").wait_for()


def _key(text: str) -> Callable[[Page], object]:
    """Give a key that opens nothing."""

    def act(page: Page) -> None:
        page.locator("#key").fill(text)
        with page.expect_response(lambda response: response.status == 401):
            page.keyboard.press("Enter")
        page.locator("#main:not([aria-busy]) #key").wait_for()

    return act


def _map(page: Page) -> None:
    page.locator(".map[data-ready=true]").wait_for()


def _downloads(page: Page) -> None:
    page.locator(".downloads summary").click()
    page.locator(".downloads dl").scroll_into_view_if_needed()


def _hovered(page: Page) -> None:
    page.locator("a.term").first.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.locator(".preview:visible").wait_for()


def _whole(page: Page) -> None:
    page.locator(".whole summary, .why summary").first.click()


def _opened(page: Page) -> None:
    page.locator(".row > details > summary").first.click()


OVERLOADED = (
    '<!doctype html><title>x</title><main id="main"><section class="state state-overloaded" data-status="503">'
    "<h1>The service has too much to do</h1><p>Too many requests wait; ask again in a second.</p>"
    '<p><a class="again" href="">Try again</a></p></section></main>'
)
NO_KEY = f"semsearch_{'0' * 12}_{'0' * 48}"
DARK = {"color_scheme": "dark"}
PHONE = {"viewport": {"width": 360, "height": 740}}

STATES = (
    State("start", ""),
    State("start-dark", "", options=DARK),
    State("start-phone", "", options=PHONE),
    State("names", "", _typed("spo")),
    State("names-dark", "", _typed("spo"), DARK),
    State("answer", "?q=a deep spoon for serving soup"),
    State("answer-dark", "?q=a deep spoon for serving soup", options=DARK),
    State("answer-phone", "?q=a deep spoon for serving soup", options=PHONE),
    State("answer-why", "?q=a deep spoon for serving soup", _whole),
    State("answer-name", "?q=whisk"),
    State("answer-opened", "?q=a deep spoon for serving soup", _opened),
    State("answer-compared", "?q=ladle vs whisk"),
    State("answer-compared-dark", "?q=ladle vs whisk", options=DARK),
    State("answer-compared-phone", "?q=ladle vs whisk", options=PHONE),
    State("answer-repaired", "?q=collander"),
    State("answer-long", "?q=galley", _whole),
    State("answer-word", "?q=W W W", options=PHONE),
    State("no-close-match", "?q=qzx vvk"),
    State("no-close-match-dark", "?q=qzx vvk", options=DARK),
    State("no-script", "?q=soup", options={"java_script_enabled": False}),
    State("loading", "", _loading),
    State("offline", "", _offline),
    State("overloaded", "", _fulfilled(503, OVERLOADED)),
    State("error-404", "nothing/here"),
    State("error-404-dark", "nothing/here", options=DARK),
    State("error-question", f"?q={'x' * 1001}"),
    State("key-needed", "?q=soup", is_locked=True),
    State("key-needed-dark", "?q=soup", options=DARK, is_locked=True),
    State("key-needed-phone", "entry/kitchen:whisk", options=PHONE, is_locked=True),
    State("key-needed-no-script", "", options={"java_script_enabled": False}, is_locked=True),
    State("key-refused", "", _key(NO_KEY), is_locked=True),
    State("entry", "entry/kitchen:whisk"),
    State("entry-dark", "entry/kitchen:whisk", options=DARK),
    State("entry-phone", "entry/kitchen:whisk", options=PHONE),
    State("entry-preview", "entry/kitchen:whisk", _hovered),
    State("entry-long", "entry/kitchen:long", options=PHONE),
    State("entry-word", "entry/kitchen:word", options=PHONE),
    State("entry-rtl", "entry/kitchen:rtl"),
    State("entry-embedding", "entry/kitchen:embedding", _map),
    State("entry-hostile", "entry/ships:hostile"),
    State("entry-missing", "entry/kitchen:colender"),
    State("entry-missing-dark", "entry/kitchen:colender", options=DARK),
    State("glossaries", "glossary"),
    State("glossary-filtered", "glossary/kitchen?filter=spoon 1"),
    State("glossary-letter", "glossary/kitchen?letter=S", options=DARK),
    State("glossary", "glossary/kitchen"),
    State("glossary-phone", "glossary/kitchen", options=PHONE),
    State("glossary-downloads", "glossary/kitchen", _downloads),
    State("map", "map", _map),
    State("map-dark", "map?q=soup&a=spoon&b=ladle", _map, DARK),
    State("map-phone", "map?q=soup&a=spoon&b=ladle", _map, PHONE),
    State("map-no-script", "map?a=spoon&b=ladle", options={"java_script_enabled": False}),
    State("widget", "widget"),
    State("widget-dark", "widget", options=DARK),
    State("widget-phone", "widget", options=PHONE),
)

"""Every state that a page can be in, and how to get there.

What is looked at, and what axe looks through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tests.browser.owned import OwnedIndex

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


class Visit(StrEnum):
    """Who visits which service."""

    OPEN = "open"
    LOCKED = "locked"
    """Reading needs a key there."""
    READER = "reader"
    """Without a key, where questions are recorded and suggestions are welcome."""
    OWNER = "owner"
    """The same service, with a key to edit."""


@dataclass(frozen=True, slots=True)
class State:
    """A page in a state.

    `path` is opened in a context of `options`; then `act` does what leads there. Names in braces
    stand for what the index of owners has.
    """

    name: str
    path: str
    act: Callable[[Page], object] = lambda page: None
    options: dict[str, Any] = field(default_factory=dict)
    visit: Visit = Visit.OPEN


@dataclass(frozen=True, slots=True)
class Visited:
    """The addresses of the services, each with a slash at the end, and the index of owners."""

    open: str
    locked: str
    owned: str
    index: OwnedIndex

    def address(self, state: State) -> str:
        """Return the address of the page of a state."""
        sites = {Visit.OPEN: self.open, Visit.LOCKED: self.locked}
        path = state.path
        for name, value in self.index.names.items():
            path = path.replace(f"{{{name}}}", value)
        return sites.get(state.visit, self.owned) + path

    @contextmanager
    def context(self, browser: Browser, state: State, **options: Any) -> Iterator[BrowserContext]:  # noqa: ANN401 - of Playwright
        """Yield a context of the visitor, who has a key in each tab if it is an owner."""
        given = {"viewport": {"width": 1000, "height": 800}, **state.options, **options}
        context = browser.new_context(**given)
        if state.visit is Visit.OWNER:
            context.add_init_script(
                f"try {{ sessionStorage.setItem('semsearch-key', '{self.index.key}') }} catch {{}}"
            )
        try:
            yield context
        finally:
            context.close()


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


# -- pages of owners ------------------------------------------------------------------------------


def _form(page: Page) -> None:
    page.locator("#editor form").wait_for()
    page.wait_for_load_state("networkidle")  # its script is there


def _more_fields(page: Page) -> None:
    _form(page)
    page.locator("summary", has_text="More fields").click()
    page.locator("summary", has_text="Delete this entry").click()


def _save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def _nothing_changed(page: Page) -> None:
    _form(page)
    _save(page)
    page.locator("#failed:visible").wait_for()


def _fault(page: Page) -> None:
    _form(page)
    page.locator("summary", has_text="More fields").click()
    page.get_by_label("Language", exact=True).fill("no language")
    _save(page)
    page.locator("#failed:visible").wait_for()


_REWIND = """async () => {
  const editor = document.getElementById("editor");
  const headers = { Authorization: `Bearer ${sessionStorage.getItem("semsearch-key")}` };
  const address = `${document.body.dataset.root}v1/entries/${encodeURIComponent(editor.dataset.id)}/history`;
  const versions = await (await fetch(address, { headers })).json();
  editor.dataset.revision = versions[0].revision;
  editor.dataset.etag = '"old"';
}"""
"""Make a form as if it had been opened before all later changes."""


def _conflicting(label: str, text: str) -> Callable[[Page], object]:
    def act(page: Page) -> None:
        _form(page)
        page.evaluate(_REWIND)
        page.locator("#editor details summary").first.click()
        page.get_by_label(label, exact=True).fill(text)
        _save(page)
        page.locator("#editor h1", has_text="Somebody else").wait_for()

    return act


def _said(page: Page) -> None:
    page.locator(".owners[data-may-edit]").wait_for()  # else the page takes it before the reload
    page.evaluate("sessionStorage.setItem('semsearch-said', 'The entry is saved.')")
    page.reload()
    page.locator(".said").wait_for()
    page.locator(".owners[data-may-edit]").wait_for()


def _controls(page: Page) -> None:
    page.locator(".owners[data-may-edit]").wait_for()
    page.wait_for_load_state("networkidle")


def _gaps(page: Page) -> None:
    page.get_by_role("heading", name="What to write next").wait_for()
    page.wait_for_load_state("networkidle")


def _gap_opened(page: Page) -> None:
    _gaps(page)
    page.locator(".gap .attach summary").first.click()
    for name in ("Accept", "Refuse"):
        page.locator(".suggested").first.locator("summary", has_text=name).click()


def _suggesting(page: Page) -> None:
    page.locator(".suggest summary").click()


def _history(page: Page) -> None:
    page.locator(".versions").wait_for()


def _edit_state(name: str, path: str, act: Callable[[Page], object]) -> list[State]:
    """Return a state of owners in the light, in the dark and on a phone."""
    looks: dict[str, dict[str, Any]] = {"": {}, "-dark": DARK, "-phone": PHONE}
    return [State(name + end, path, act, options, Visit.OWNER) for end, options in looks.items()]


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
    State("key-needed", "?q=soup", visit=Visit.LOCKED),
    State("key-needed-dark", "?q=soup", options=DARK, visit=Visit.LOCKED),
    State("key-needed-phone", "entry/kitchen:whisk", options=PHONE, visit=Visit.LOCKED),
    State("key-needed-no-script", "", options={"java_script_enabled": False}, visit=Visit.LOCKED),
    State("key-refused", "", _key(NO_KEY), visit=Visit.LOCKED),
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
    State("reconciliation-preview", "reconcile/preview?id=kitchen:whisk"),
    State("suggest-term", "?q=qzx vvk", _suggesting, visit=Visit.READER),
    State("suggest-change", "entry/kitchen:ladle", _suggesting, PHONE, Visit.READER),
    State("suggestion-open", "suggestion/{open}", visit=Visit.READER),
    State("suggestion-refused", "suggestion/{refused}", options=DARK, visit=Visit.READER),
    *_edit_state("owner-answer", "?q=a deep spoon for serving soup", _controls),
    State("owner-no-close-match", "?q=qzx vvk", _controls, visit=Visit.OWNER),
    State("owner-entry", "entry/kitchen:ladle", _controls, visit=Visit.OWNER),
    State("owner-entry-saved", "entry/kitchen:ladle", _said, visit=Visit.OWNER),
    State("owner-entry-missing", "entry/kitchen:colender", _controls, visit=Visit.OWNER),
    State("owner-glossary", "glossary/kitchen", _controls, visit=Visit.OWNER),
    *_edit_state("edit-add", "new?glossary=kitchen&term=Spurtle&asked=what stirs it", _form),
    *_edit_state("edit-change", "edit/kitchen:ladle", _form),
    *_edit_state("edit-fields-and-delete", "edit/kitchen:ladle", _more_fields),
    State("edit-nothing-changed", "edit/kitchen:ladle", _nothing_changed, visit=Visit.OWNER),
    *_edit_state("edit-refused", "edit/kitchen:ladle", _fault),
    *_edit_state(
        "edit-conflict", "edit/kitchen:ladle", _conflicting("Definition", "A spoon of mine.")
    ),
    State(
        "edit-merged",
        "edit/kitchen:ladle",
        _conflicting("Asked as", "what serves soup?"),
        visit=Visit.OWNER,
    ),
    *_edit_state("history", "history/kitchen:ladle", _history),
    *_edit_state("history-deleted", "history/kitchen:spurtle", _history),
    State("history-key-needed", "history/kitchen:ladle", visit=Visit.READER),
    *_edit_state("gaps", "gaps", _gaps),
    *_edit_state("gaps-opened", "gaps", _gap_opened),
    State("gaps-key-needed", "gaps", visit=Visit.READER),
)

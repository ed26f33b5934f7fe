"""No text of a glossary or a question is ever markup; every state of every page is accessible."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import pytest

from benchmarks.pages.budgets import REQUESTS, WEIGHT_KB, weight
from semsearch.core.entries import Entry, Source
from semsearch.ingest.build import build_index
from tests.browser.checks import axe, expect
from tests.browser.payloads import PAYLOADS
from tests.browser.serving import serving
from tests.browser.states import STATES, State, Visited

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_SHAPE = """
async (address) => {
  const text = await (await fetch(address, { headers: { Accept: 'text/html' } })).text();
  const page = new DOMParser().parseFromString(text, 'text/html');
  const named = (e) => e.localName + '[' + [...e.attributes].map((a) => a.name).sort() + ']';
  return [...new Set([...page.querySelectorAll('*')].map(named))].sort();
}
"""
"""Which elements with which attributes a page is made of."""


_TOO_WIDE = """
() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const out = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > clientWidth + 1);
  return [`${scrollWidth} > ${clientWidth}`, ...out.map((e) => e.outerHTML.slice(0, 80))];
}
"""
"""Elements that reach beyond the screen, if it can be scrolled sideways."""
_NEXT_FRAMES = (
    "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
)
"""Waits until the page has been told of its new size, and has been drawn."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield a service over entries that are nothing but payloads, beside a harmless one."""
    entries = [
        Entry(
            f"g<i>:{number}",
            f"{payload} {number}",
            f"{payload} is near {payload} {(number + 1) % len(PAYLOADS)}. {payload}",
            "g<i>",
            (f"alias {payload} {number}",),
            source=Source(f"{payload}.md", 1),
            see_also=(f"g<i>:{(number + 1) % len(PAYLOADS)}",),
        )
        for number, payload in enumerate(PAYLOADS)
    ]
    folder = tmp_path_factory.mktemp("hostile") / "index"
    build_index(entries, folder, model="hashed")
    with serving(folder) as site:
        yield site


def test_payloads_add_nothing_to_any_page(browser: Browser, hostile: str) -> None:
    """Payloads are tried as terms, aliases, definitions, sources, glossary, ids and questions.

    Elements and attributes are the templates'.
    """
    assert len(PAYLOADS) >= 200
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{hostile}livez")

    def shape(address: str) -> set[str]:
        return set(page.evaluate(_SHAPE, f"{hostile}{address}"))

    allowed = shape("entry/g%3Ci%3E:0") | shape("?q=x") | shape("map?q=x&a=y&b=z")
    known = {one.split("[")[0] for one in allowed}
    assert not known & {"img", "iframe", "object", "embed", "svg", "style", "base", "video", "math"}
    for number, payload in enumerate(PAYLOADS):
        asked = page.evaluate("encodeURIComponent", payload)
        for address in (f"entry/g%3Ci%3E:{number}", f"?q={asked}"):
            found = shape(address)
            assert {one.split("[")[0] for one in found} <= known, payload
            attributes = {a for one in found for a in one.split("[")[1][:-1].split(",")}
            assert not any(a.startswith("on") or a == "srcdoc" for a in attributes), payload
    context.close()


@pytest.mark.parametrize("number", range(0, len(PAYLOADS), 31))
def test_payloads_run_nowhere(browser: Browser, hostile: str, number: int) -> None:
    """No payload runs in HTML of the service or in HTML made by scripts.

    Names, answers, previews, the map.
    """
    payload = PAYLOADS[number]
    context = browser.new_context()
    page = context.new_page()
    faults: list[str] = []

    def on_dialog(dialog: Dialog) -> None:
        faults.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", on_dialog)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(hostile)
    page.locator("#q").fill(payload)
    page.keyboard.press("Enter")
    expect(page.locator(".hit, .state").first).to_be_visible()
    page.locator("#q").fill("alias")
    page.wait_for_timeout(50)
    page.goto(f"{hostile}entry/g%3Ci%3E:{number}")
    page.locator("a.term").first.hover()
    expect(page.locator("#preview")).to_be_visible()
    assert page.locator("#preview *").evaluate_all("(all) => all.map((e) => e.localName)") == [
        "strong",
        "p",
    ]
    assert not faults
    context.close()


@pytest.mark.parametrize("state", STATES, ids=[state.name for state in STATES])
def test_no_state_of_a_page_is_closed_to_anybody(
    browser: Browser, visited: Visited, state: State
) -> None:
    """Axe finds nothing to object to in the light or in the dark, and no policy is broken.

    Nothing is wider than the screen, nor than a phone of 390 pixels.
    """
    with visited.context(browser, state, java_script_enabled=True) as context:
        page = context.new_page()
        refused: list[str] = []
        page.on(
            "console", lambda said: refused.append(said.text) if "Policy" in said.text else None
        )
        page.goto(visited.address(state))
        state.act(page)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found = axe(page)
            told = [
                (one["id"], [node["html"] for node in one["nodes"]])
                for one in found.response["violations"]
            ]
            assert told == [], scheme
        assert refused == []
        assert page.evaluate(_TOO_WIDE) == []
        page.set_viewport_size({"width": 390, "height": 800})
        page.evaluate(_NEXT_FRAMES)
        assert page.evaluate(_TOO_WIDE) == []


def test_pages_ask_for_little(browser: Browser, site: str) -> None:
    """For the page that asks 8 requests and 100 kB at most, and all of it from here."""
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}?q=soup", wait_until="networkidle")
    assert all(address.startswith(site) for address in asked)
    context.close()
    size, requests = weight(browser, site)
    assert len(asked) == requests
    assert requests <= REQUESTS
    assert size <= WEIGHT_KB

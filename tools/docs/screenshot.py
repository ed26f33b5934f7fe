"""Draw the pages for the README, light and dark: `python -m tools.docs.screenshot INDEX FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from tests.browser import chromium
from tests.browser.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUESTION = "one full pass over the training data"
WIDTH, HEIGHT = 1280, 760
PAGES = {
    "page": (f"?q={quote(QUESTION)}", ".hit"),
    "page-entry": ("entry/deep-learning:dropout", "article"),
    "page-map": (f"map?q={quote(QUESTION)}", ".map[data-ready=true][data-asked=true]"),
}
"""Name of the picture: path of the page, and what is there when it can be drawn."""
SCHEMES: dict[Literal["light", "dark"], str] = {"light": "", "dark": "-dark"}
"""Endings of the names."""


def main() -> None:
    """Serve the index, and write what a browser shows."""
    index, folder = Path(sys.argv[1]), Path(sys.argv[2])
    with chromium.running() as browser, serving(index) as site:
        for name, (path, ready) in PAGES.items():
            for scheme, ending in SCHEMES.items():
                _draw(browser, site + path, ready, scheme, folder / f"{name}{ending}.png")


def _draw(
    browser: Browser, address: str, ready: str, scheme: Literal["light", "dark"], picture: Path
) -> None:
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme)
    page.goto(address)
    page.locator(ready).first.wait_for()
    page.wait_for_timeout(300)  # until the canvas has been drawn
    page.screenshot(path=picture)
    page.close()


if __name__ == "__main__":
    main()

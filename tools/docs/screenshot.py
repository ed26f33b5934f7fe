"""Draw the page with an answer, for the README: `python -m tools.docs.screenshot INDEX PNG`."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import quote

from tests.browser import chromium
from tests.browser.serving import serving

QUESTION = "one full pass over the training data"
WIDTH, HEIGHT = 1280, 760


def main() -> None:
    """Serve the index, ask the question in a browser, and write what it shows."""
    index, picture = Path(sys.argv[1]), Path(sys.argv[2])
    with chromium.running() as browser, serving(index) as site:
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(f"{site}?q={quote(QUESTION)}")
        page.locator(".hit").first.wait_for()
        page.screenshot(path=picture)


if __name__ == "__main__":
    main()

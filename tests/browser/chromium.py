"""A real Chromium, driven by Playwright: that of the system, since nothing is fetched for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser


NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ABSENT = (
    "THE PAGES ARE NOT TESTED: there is no Chromium. Install one (Debian: apt-get install chromium) or name it in "
    "CHROMIUM=/path/to/chromium"
)


def found() -> str | None:
    """Return the path of a Chromium: the one that `CHROMIUM` names, or one on the path."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def running() -> Iterator[Browser]:
    """Yield a browser.

    Raises:
        RuntimeError: there is none.
    """
    path = found()
    if path is None:
        raise RuntimeError(ABSENT)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - heavy

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()

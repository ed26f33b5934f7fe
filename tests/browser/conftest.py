"""One browser and one service for all tests of the pages; without a Chromium they say so loudly."""

from __future__ import annotations

import http.server
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import chromium, owned
from tests.browser.serving import ODD, build, serving
from tests.browser.states import Visited
from tests.built import cached
from tests.server.conftest import ENTRIES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Dialog, Page


def pytest_itemcollected(item: pytest.Item) -> None:
    """Everything here is of the tier browser."""
    item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Yield the browser; on a machine that checks changes its absence is an error."""
    if chromium.found() is None:
        if os.environ.get("CI"):
            pytest.fail(chromium.ABSENT)
        pytest.skip(chromium.ABSENT)
    with chromium.running() as opened:
        yield opened


@pytest.fixture(scope="session")
def pages_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index of ordinary and odd entries."""
    return cached(
        "pages-index", [repr((ENTRIES, ODD))], build, tmp_path_factory.mktemp("pages") / "index"
    )


@pytest.fixture(scope="session")
def site(pages_index: Path) -> Iterator[str]:
    """Yield the address of a service."""
    with serving(pages_index) as address:
        yield address


@pytest.fixture(scope="session")
def locked_site(pages_index: Path) -> Iterator[str]:
    """Yield the address of a service where reading needs a key."""
    with serving(pages_index, "--read", "key") as address:
        yield address


@pytest.fixture(scope="session")
def visited(
    site: str, locked_site: str, pages_index: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visited]:
    """Yield the services of all states: open, locked, and that of owners."""
    index = owned.prepare(pages_index, tmp_path_factory.mktemp("pages-of-owners"))
    with serving(index.folder, *owned.OPTIONS) as address:
        yield Visited(site, locked_site, address, index)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Yield a context of an ordinary visitor."""
    opened = browser.new_context(viewport={"width": 1000, "height": 800})
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Yield a page in which nothing may go wrong unnoticed."""
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))

    def on_dialog(dialog: Dialog) -> None:
        faults.append(dialog.message)
        dialog.dismiss()

    opened.on("dialog", on_dialog)
    yield opened
    assert not faults


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

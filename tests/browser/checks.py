"""Assertions about a page, by Playwright and axe; both are loaded by the first one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page
    from playwright.sync_api._generated import LocatorAssertions, PageAssertions


@overload
def expect(actual: Page) -> PageAssertions: ...


@overload
def expect(actual: Locator) -> LocatorAssertions: ...


def expect(actual: Page | Locator) -> PageAssertions | LocatorAssertions:
    """Return assertions that wait until they hold (Playwright's `expect`)."""
    from playwright.sync_api import expect as playwright_expect  # noqa: PLC0415 - heavy

    return playwright_expect(actual)


def axe(page: Page) -> Any:  # noqa: ANN401 - untyped library
    """Return what axe finds on a page that people could not use."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - heavy

    return Axe().run(page)

"""The tier of these tests."""

from __future__ import annotations

import pytest


def pytest_itemcollected(item: pytest.Item) -> None:
    """Everything here is of the tier cluster."""
    item.add_marker("cluster")

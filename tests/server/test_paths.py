"""Paths of the HTTP interface: `http.paths`."""

from __future__ import annotations

import pytest

from semsearch.server.http.paths import is_api


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/search", True),
        ("/v1/entries/a:b", True),
        ("/v1", False),
        ("/v10/search", False),
        ("/entry/v1/search", False),
        ("/", False),
    ],
)
def test_only_paths_below_the_version_are_of_the_interface(path: str, expected: bool) -> None:
    """All others may answer with pages."""
    assert is_api(path) is expected

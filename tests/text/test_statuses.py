"""Statuses that say that a term should not be used any more."""

from __future__ import annotations

import pytest

from semsearch.text.statuses import is_outdated


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("deprecated: use main branch", True),
        ("Obsolete", True),
        ("veraltet", True),
        ("zur\xfcckgezogen", True),
        ("d\xe9su\xe8te", False),
        ("d\xe9suet", True),
        ("obsoleto", True),
        ("approved", False),
        ("not deprecated", False),
        ("", False),
        ("...", False),
    ],
)
def test_an_outdated_status(status: str, expected: bool) -> None:
    """Its first word says so."""
    assert is_outdated(status) is expected

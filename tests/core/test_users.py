"""The number of the user, and of nobody where the system has none."""

from __future__ import annotations

import os

import pytest

from semsearch.core.users import user_number


def test_the_number_is_that_of_the_effective_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without such numbers has 0."""
    assert user_number() == os.geteuid()
    monkeypatch.delattr(os, "geteuid")
    assert user_number() == 0

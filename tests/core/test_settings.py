"""Settings from options and from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.errors import InvalidSetting
from semsearch.core.settings import load_settings


def test_settings_out_of_range_are_named() -> None:
    """The variable and what is wrong with it."""
    with pytest.raises(InvalidSetting, match=r"the setting port \(SEMSEARCH_PORT\) is not valid"):
        load_settings(port=70000)


def test_a_variable_that_is_set_but_empty_counts_as_not_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`SEMSEARCH_INDEX=` does not mean the current folder."""
    for name in ("INDEX", "MODEL", "RERANKER", "HOST", "PORT"):
        monkeypatch.setenv(f"SEMSEARCH_{name}", "")
    settings = load_settings()
    assert (settings.index, settings.model, settings.reranker) == (Path("index"), None, "none")
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)

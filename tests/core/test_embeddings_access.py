"""The variables of an embeddings server."""

from __future__ import annotations

import pytest

from semsearch.core.embeddings_access import embeddings_access
from semsearch.core.errors import InvalidSetting

KEY = "sk-secret-0123456789"


def test_all_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is not shown; a variable that is empty counts as not set."""
    monkeypatch.setenv("SEMSEARCH_EMBEDDINGS_API", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("SEMSEARCH_EMBEDDINGS_KEY", KEY)
    monkeypatch.setenv("SEMSEARCH_EMBEDDINGS_TIMEOUT", "")
    found = embeddings_access()
    assert (found.api, found.timeout, found.query_prefix) == ("http://127.0.0.1:1/v1", 3.0, None)
    assert found.key is not None
    assert found.key.get_secret_value() == KEY
    assert KEY not in repr(found)


def test_a_value_out_of_range_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the variable, the value, and what it should be."""
    monkeypatch.setenv("SEMSEARCH_EMBEDDINGS_TIMEOUT", "0")
    told = "SEMSEARCH_EMBEDDINGS_TIMEOUT is not valid: it should be greater than 0, not '0'"
    with pytest.raises(InvalidSetting, match=told):
        embeddings_access()

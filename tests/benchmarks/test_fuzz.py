"""What the fuzzer takes for a fault."""

from __future__ import annotations

import pytest

from benchmarks.fuzz import quotes_a_library
from semsearch.core.errors import ImportFailed


@pytest.mark.parametrize(
    ("text", "cause", "expected"),
    [
        ("not valid CSV: unexpected end of data", ValueError("unexpected end of data"), True),
        ("not valid CSV: a quote is never closed", ValueError("unexpected end of data"), False),
        ("it is a", KeyError("a"), False),
        ("it is empty", None, False),
    ],
)
def test_a_message_is_ours(text: str, cause: Exception | None, expected: bool) -> None:
    """It does not repeat what it was raised from."""
    error = ImportFailed(text, "a.csv")
    error.__cause__ = cause
    assert quotes_a_library(error) is expected

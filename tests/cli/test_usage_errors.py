"""Values that an option cannot have are told in our words, with exit code 2."""

from __future__ import annotations

import pytest

from tests.cli.running import run


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("ask", "x", "--limit", "many"), "it is no whole number"),
        (("ask", "x", "--min-confidence", "sure"), "it is no number"),
        (("serve", "--port", "http"), "it is no whole number"),
        (("restore", "bakery:pan", "x"), "it is no whole number"),
        (
            ("enrich", "--api", "http://x", "--model", "m", "--phrases", "0"),
            "it should be 1 or more",
        ),
        (("diff", "corpus", "corpus", "--format", "xml"), "'xml' is not one of 'table', 'json'"),
    ],
)
def test_a_value_of_another_type_or_range_is_told_plainly(
    arguments: tuple[str, ...], told: str
) -> None:
    """No message of pydantic reaches the user."""
    done = run(*arguments, env={"COLUMNS": "200"})
    said = done.stderr.decode()
    assert (done.returncode, done.stdout) == (2, b"")
    assert told in said
    assert "Input should" not in said
    assert "Value error" not in said

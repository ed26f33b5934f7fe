"""What phrases by which people ask for an entry say."""

from __future__ import annotations

import pytest

from semsearch.text.name_in_phrase import name_said
from tests.conftest import entry


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("how do I use dutch ovens", "Dutch Oven"),
        ("an oven that a dutch baker has", "Dutch Oven"),
        ("the cocotte of my grandmother", "Cocotte"),
        ("a pot for my oven", None),
        ("is it do", None),
        ("", None),
    ],
)
def test_a_name_is_said_in_any_form_and_order(phrase: str, said: str | None) -> None:
    """All of its words, or another name; initials that the program made up do not count."""
    assert name_said(entry("Dutch Oven", "A pot.", aliases=("Cocotte",)), phrase) == said

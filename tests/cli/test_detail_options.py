"""Options for the details of an entry: each detail has one, in the place of the parameter."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from semsearch.cli.detail_options import detail_options
from semsearch.core.entries import DETAILS
from semsearch.core.errors import InvalidSetting


@detail_options(removable=True)
def _command(term: str, *, details: dict[str, Any], as_json: bool = False) -> None:
    """Fail, so that the test sees what it was given."""
    raise AssertionError(term, details, as_json)


def _given(**stated: object) -> dict[str, object]:
    names = inspect.signature(_command).parameters
    return {name: stated.get(name, False if name.startswith("no_") else None) for name in names}


def test_every_detail_has_options_in_place_of_the_parameter() -> None:
    """In the order of `DETAILS`, each followed by the one that removes it."""
    pairs = [option for name in DETAILS for option in (name, f"no_{name}")]
    assert [*inspect.signature(_command).parameters] == ["term", *pairs, "as_json"]


def test_a_command_is_given_what_was_stated() -> None:
    """Lists become tuples, fields a mapping, removed details empty."""
    given = _given(
        term="Pan", examples=["Heat it."], extra=["Owner=Jane"], no_status=True, category="Tools"
    )
    with pytest.raises(AssertionError) as said:
        _command(**given)
    stated = {
        "category": "Tools",
        "status": "",
        "examples": ("Heat it.",),
        "extra": {"Owner": "Jane"},
    }
    assert said.value.args == ("Pan", stated, None)


def test_a_detail_is_not_stated_and_removed_at_once() -> None:
    """It names the value."""
    with pytest.raises(InvalidSetting, match="'Tools' was given, and its removal too"):
        _command(**_given(term="Pan", category="Tools", no_category=True))

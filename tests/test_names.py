"""Acronyms, plurals and other spellings are found by the program."""

from __future__ import annotations

import time

import pytest

from semsearch.names import NameKind, form_of, is_acronym, names_of
from semsearch.text import fold
from semsearch.types import Entry


def _names(term: str, definition: str = "", aliases: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [
        (name.label, name.kind.value)
        for name in names_of(Entry("x:y", term, definition, "x", aliases))
    ]


def test_an_acronym_beside_the_term_is_found_in_the_definition() -> None:
    """Spelled out as in "Networks (CNNs)" it names the entry; that of something else does not."""
    text = "Convolutional Neural Networks (CNNs) are layers, unlike Recurrent Networks (RNNs)."
    assert _names("Convolutional Neural Networks", text) == [
        ("Convolutional Neural Networks", "term"),
        ("CNNs", "acronym"),
        ("CNN", "initials"),
    ]


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("RBAC (Role-Based Access Control)", ["RBAC", "Role-Based Access Control"]),
        ("Continuous integration (CI)", ["Continuous integration", "CI"]),
        ("Node (DOM)", ["Node"]),
    ],
)
def test_brackets_in_a_term_give_names_in_either_order(term: str, expected: list[str]) -> None:
    """An acronym and its long form are both names; a mere qualifier is not."""
    assert [label for label, kind in _names(term) if kind == NameKind.ALIAS] == expected


def test_stated_names_come_first_and_once() -> None:
    """An alias that the program would derive anyway stays an alias."""
    assert _names("Gradient Descent", "", ("GD", "gd", "steepest descent")) == [
        ("Gradient Descent", "term"),
        ("GD", "alias"),
        ("steepest descent", "alias"),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LSTM", "LSTMs"),
        ("neural network", "Neural Networks"),
        ("cache", "caches"),
        ("box", "boxes"),
        ("policy", "policies"),
        ("class", "classes"),
        ("web socket", "WebSockets"),
        ("long-short term memory", "Long Short-Term Memory"),
    ],
)
def test_plurals_and_joined_spellings_have_one_form(one: str, other: str) -> None:
    """Either spelling finds the other."""
    assert form_of(fold(one)) == form_of(fold(other))


@pytest.mark.parametrize(
    ("short", "long", "expected"),
    [
        ("LSTM", "Long Short-Term Memory", True),
        ("PoH", "Proof of History", True),
        ("ReLU", "Rectified Linear Unit", True),
        ("ETA", "Estimated Time of Arrival", True),
        ("DOM", "Node", False),
        ("CSS", "Property", False),
        ("AB", "Alpha Beta Gamma", False),
    ],
)
def test_is_acronym(short: str, long: str, expected: bool) -> None:
    """Letters must be the initials in order, with small words optional."""
    assert is_acronym(short, long) is expected


def test_an_acronym_of_a_hostile_term_is_decided_fast() -> None:
    """A term made of small words does not send the search through every combination."""
    started = time.perf_counter()
    is_acronym("a" * 10, "a " * 150)
    is_acronym("a" * 9 + "b", " ".join(["a"] * 12))
    assert time.perf_counter() - started < 1

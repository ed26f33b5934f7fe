"""Acronyms, plurals and other spellings are found by the program."""

from __future__ import annotations

import pytest

from semsearch.core.entries import Entry
from semsearch.text.names import NameKind, form_of, is_acronym, names_of
from semsearch.text.normalise import fold
from tests.cpu_time import cpu_time_at_most


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


def test_the_words_of_a_joined_term_give_initials() -> None:
    """Capitals begin its words; a word with none inside, or with capitals in a row, has none."""
    assert ("CRD", "initials") in _names("CustomResourceDefinition")
    assert ("JS", "initials") in _names("JavaScript")
    for plain in ("Kubernetes", "WebGL", "iPhone", "HTTP"):
        assert _names(plain) == [(plain, "term")]


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
        ("database", "databases"),
        ("network", "networks"),
        ("plane", "planes"),
        ("base", "bases"),
        ("size", "sizes"),
        ("hash", "hashes"),
        ("alias", "aliases"),
        ("bus", "buses"),
        ("CNN", "CNNs"),
        ("GPU", "GPUs"),
        ("PDA", "PDAs"),
        ("e-mail", "emails"),
        ("I/O", "IO"),
        ("web socket", "WebSockets"),
        ("long-short term memory", "Long Short-Term Memory"),
    ],
)
def test_plurals_and_joined_spellings_have_one_form(one: str, other: str) -> None:
    """Either spelling finds the other."""
    assert form_of(fold(one)) == form_of(fold(other))
    assert form_of(fold(one), one) == form_of(fold(other), other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("iOS", "I/O"),
        ("iOS", "I/Os"),
        ("plane", "plan"),
        ("care", "car"),
        ("code", "COD"),
        ("codes", "COD"),
        ("use", "us"),
        ("uses", "us"),
        ("made", "mad"),
        ("cases", "CAS"),
        ("GPS", "GP"),
    ],
)
def test_other_words_have_other_forms(one: str, other: str) -> None:
    """A form does not make two words one."""
    assert form_of(fold(one)) != form_of(fold(other))
    assert form_of(fold(one), one) != form_of(fold(other), other)


def test_capitals_tell_a_plural_from_a_last_letter() -> None:
    """HTTPS is not several HTTP, but VMs are several VM, and a word in capitals is a word."""
    forms = [names_of(Entry("x:y", term, "", "x"))[0].form for term in ("HTTP", "HTTPS", "VMs")]
    assert forms == ["http", "https", "vm"]
    assert form_of("apis", "APIs") == "api"
    assert form_of("neural networks", "NEURAL NETWORKS") == form_of("neural network")


def test_names_of_marks_alone_are_names() -> None:
    """An operator or an emoji can be an entry."""
    assert [_names(term) for term in ("+", "&", "\U0001f642")] == [
        [("+", "term")],
        [("&", "term")],
        [("\U0001f642", "term")],
    ]


def test_initials_of_words_with_vowel_signs_are_one_a_word() -> None:
    """A vowel sign does not begin a word."""
    term = "\u092e\u0936\u0940\u0928 \u0932\u0930\u094d\u0928\u093f\u0902\u0917"
    assert _names(term)[1:] == [("\u092e\u0932", "initials")]


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
    with cpu_time_at_most(1):
        is_acronym("a" * 10, "a " * 150)
        is_acronym("a" * 9 + "b", " ".join(["a"] * 12))


def test_acronyms_of_a_hostile_definition_are_looked_for_fast() -> None:
    """Thousands of brackets are each compared with what stands right before them."""
    with cpu_time_at_most(0.5):
        assert _names("Alpha Beta", "(AB) " * 4000) == [("Alpha Beta", "term"), ("AB", "initials")]

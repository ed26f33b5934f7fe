"""Which terms of documentation are worth learning."""

from __future__ import annotations

import pytest

from training.technical import is_good, sentences_of

GOOD = "A culture of wild yeast and bacteria that is fed with flour and raises dough."


def test_a_term_with_prose_is_good() -> None:
    """A definition has ten words at least."""
    assert is_good("leaven", GOOD)
    assert not is_good("leaven", "A culture of wild yeast.")


@pytest.mark.parametrize(
    ("term", "definition"),
    [
        ("", GOOD),
        ("a b c d e f g", GOOD),
        ("pâte", GOOD),
        ("leaven", f"{GOOD} Uma cultura disponível."),
        ("--leaven", GOOD),
        ("leaven", f"{GOOD} {{code}}"),
        ("leaven", f"{GOOD} It runs on Kubernetes."),
        ("GKE cluster", GOOD),
        ("leaven", ": " + GOOD),
        ("leaven", "1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 = 55"),
        ("leaven", GOOD * 20),
        ("leaven", ""),
    ],
)
def test_what_is_no_name_or_no_prose_is_not(term: str, definition: str) -> None:
    """Terms of systems whose glossaries are used for evaluation are left out too."""
    assert not is_good(term, definition)


def test_sentences_on_versions_and_references_say_nothing() -> None:
    """They are left out wherever they stand."""
    text = "New in version 3.1. It raises dough. See the manual for more. It is fed. Read more in the User Guide."
    assert sentences_of(text) == ["It raises dough.", "It is fed."]

"""Which words are English, so that they are neither repaired nor completed to a name."""

from __future__ import annotations

import random
import string
from pathlib import Path

import pytest

import semsearch
from semsearch.text import english
from semsearch.text.english import is_english
from tests.cpu_time import cpu_time_at_most


@pytest.mark.parametrize(
    "word",
    [
        "bread",
        "what",
        "the",
        "carpet",
        "net",
        "nets",
        "memorise",
        "memorises",
        "memorised",
        "memorising",
        "memorize",
        "memorizes",
        "colour",
        "behaviours",
        "analyses",
        "modelling",
        "modeling",
        "labelled",
        "cancelled",
        "organisation",
        "organizations",
        "tokenise",
        "tokenised",
        "tokenizer",
        "tokenization",
        "tokenisation",
        "containerised",
        "preprocessed",
        "hyperparameters",
        "reinitialise",
        "microservices",
        "unlabelled",
        "serialisable",
    ],
)
def test_words_in_any_inflection_british_or_american_are_english(word: str) -> None:
    """Listed, or made of listed ones as technical English makes them."""
    assert is_english(word)


@pytest.mark.parametrize(
    "word",
    "backprop perceptro autoencod kube levaen conection gradeint netwrok embeding clasifier reguralization prevnt zzz".split(),  # noqa: SIM905
)
def test_fragments_and_typing_errors_are_not(word: str) -> None:
    """Fragments and typing errors can be completed and repaired, as they are no words."""
    assert not is_english(word)


def test_looking_up_agrees_with_the_list() -> None:
    """The first and the last line as well; anything else is missing."""
    lines = (Path(semsearch.__file__).parent / "text" / "english_words.txt").read_text().split()
    assert lines == sorted(set(lines))
    rng = random.Random(3)  # noqa: S311 - a draw, no secret
    assert all(english.is_listed(word) for word in (lines[0], lines[-1], *rng.sample(lines, 500)))
    drawn = ["".join(rng.choices(string.ascii_lowercase, k=4)) for _ in range(500)]
    listed = set(lines)
    assert [word for word in drawn if english.is_listed(word) != (word in listed)] == []
    assert not any(map(english.is_listed, ("", "~", "\u00e9", "\u56f3\u66f8")))


def test_the_list_costs_little() -> None:
    """The file has less than a megabyte and is read once; a look-up takes some 10 microseconds."""
    assert (Path(semsearch.__file__).parent / "text" / "english_words.txt").stat().st_size < 1 << 20
    assert english.is_listed("zygote")
    with cpu_time_at_most(0.1):
        for number in range(1000):
            assert not english.is_listed(f"xyzzy{number}")

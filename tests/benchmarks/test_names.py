"""The names of a real glossary are found as people write them: the bars of `make names`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import semsearch
from benchmarks.quality.glossaries import PROJECT
from benchmarks.quality.names import GlossaryNames, dressed, failures, typos
from semsearch.search.glossary import Glossary
from semsearch.text.names import names_of
from semsearch.text.normalise import fold

MDN = PROJECT.parent / "shared" / "glossaries" / "mdn"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not MDN.exists(), reason="the real glossaries are not beside the checkout"),
]


@pytest.fixture(scope="module")
def mdn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Glossary]:
    """Give MDN without a model, which names do not need."""
    index = tmp_path_factory.mktemp("mdn")
    semsearch.build([MDN], index, model="hashed")
    with semsearch.open(index) as opened:
        yield opened


def test_names_in_any_dress_come_first(mdn: Glossary) -> None:
    """All of two hundred, in any case, plural and hyphenation."""
    asked = list(dressed(GlossaryNames(mdn.definitions()[0]), "mdn", 200))
    assert len(asked) == 200
    assert failures(mdn, asked) == []


def test_names_with_one_wrong_letter_come_first(mdn: Glossary) -> None:
    """At least 95 % are found, and all but one that resemble no other name.

    "Truth" for "Truthy" is a word, so nothing is repaired.
    """
    entries = mdn.definitions()[0]
    names = GlossaryNames(entries)
    asked = list(typos(names, "mdn"))
    assert len(asked) == 100
    wrong = [one for one, _ in failures(mdn, asked)]
    assert len(wrong) <= 5
    keys = {name.key for entry in entries for name in names_of(entry)}
    others = [one for one in wrong if not keys.intersection(fold(one.question).split())]
    assert len([one for one in others if not names.near(one.question) - one.right]) <= 1

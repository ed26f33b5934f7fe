"""Matches that are called safe are right: the bar of `make reconcile`."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

import semsearch
from benchmarks.quality.glossaries import PROJECT
from benchmarks.quality.names import GlossaryNames, NameQuestion, dressed, typos
from benchmarks.quality.reconcile import (
    MIN_PRECISION,
    Matched,
    matched,
    missing_names,
    precision,
)
from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app

MDN = PROJECT.parent / "shared" / "glossaries" / "mdn"


def _asked(right: str) -> NameQuestion:
    return NameQuestion("q", "q", "as it is", frozenset({right}))


def test_precision_counts_safe_matches_only() -> None:
    """A name that was not matched is neither right nor wrong."""
    assert precision([]) == 1
    found = [Matched(_asked("a"), "a"), Matched(_asked("a"), "b"), Matched(_asked("a"), None)]
    assert precision(found) == 0.5
    assert [one.is_wrong for one in found] == [False, True, False]


def test_names_in_any_form_and_names_that_are_missing(
    glossary: Glossary, hashed_index: Path
) -> None:
    """Every safe match of a small glossary is right, and a missing name has none."""
    names = GlossaryNames(glossary.definitions()[0])
    missing = list(missing_names(names, ["Keelson", "Bollard", "Crumb"], "seed"))
    assert sorted(one.name for one in missing) == ["Bollard", "Keelson"]
    asked = [*dressed(names, "seed", 60), *typos(names, "seed"), *missing]
    app = create_app(glossary, load_settings(index=hashed_index))
    with TestClient(app) as client:
        found, seconds = matched(client, asked)
    assert [one.asked for one in found] == asked
    assert seconds > 0
    assert precision(found) == 1
    assert sum(one.id is not None for one in found) >= 50
    assert all(one.id is None for one in found[-len(missing) :])


@pytest.mark.shared
@pytest.mark.skipif(not MDN.exists(), reason="the real glossaries are not beside the checkout")
def test_the_bar_of_precision(tmp_path: Path) -> None:
    """On a real glossary without a model, which names do not need."""
    semsearch.build([MDN], tmp_path, model="hashed")
    with semsearch.open(tmp_path) as mdn:
        names = GlossaryNames(mdn.definitions()[0])
        asked = [*dressed(names, "mdn", 200), *typos(names, "mdn")]
        with TestClient(create_app(mdn, load_settings(index=tmp_path))) as client:
            found, _ = matched(client, asked)
    assert precision(found) >= MIN_PRECISION
    assert sum(one.id is not None for one in found) >= 180

"""Why an entry matched.

Covers `search/search_context`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.entries import Details
from semsearch.ingest.build import build_index
from semsearch.ranking.weights import DEFAULT
from semsearch.search.evidence import MIN_PHRASE_COSINE
from semsearch.search.glossary import Glossary
from tests.conftest import ENTRIES

OVEN = ENTRIES[2]
WORDS = OVEN.definition.rstrip(".").split()
PART = " ".join(WORDS[:3])


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Glossary]:
    """Open an index in which an entry has a phrase of a part of its definition."""
    oven = replace(OVEN, details=Details.of({"asked_as": (PART,)}))
    build_index(
        [oven if one == OVEN else one for one in ENTRIES],
        tmp_path,
        model="hashed",
        common_questions=False,
    )
    with Glossary.open(tmp_path) as glossary:
        yield glossary


def test_a_phrase_that_lowers_the_score_is_no_evidence(opened: Glossary) -> None:
    """It is near, but the rest of the entry is nearer than it would let one expect."""
    hit = opened.ask(OVEN.definition).hits[0]
    assert hit.entry.id == OVEN.id
    assert hit.evidence.parts.asked > MIN_PHRASE_COSINE
    plain = opened.with_weights(replace(DEFAULT, asked=0)).ask(OVEN.definition).hits[0]
    assert hit.score < plain.score
    assert hit.evidence.phrase is None
    assert opened.ask(PART).hits[0].evidence.phrase == PART

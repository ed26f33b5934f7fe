"""Candidates, their scores, and which of them it is safe to take.

Covers `server/reconciliation/visible_entries`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from semsearch.core.answers import Related
from semsearch.core.entries import Details, Entry
from semsearch.ingest.build import build_index
from semsearch.search.glossary import Glossary
from semsearch.server.reconciliation.matching import candidates
from semsearch.server.reconciliation.queries import Condition, EntityQuery
from semsearch.server.reconciliation.visible_entries import VisibleEntries
from semsearch.server.serialize import to_json

BOW = "The front of a ship."
ENTRIES = (
    Entry("ships:bow", "Bow", BOW, "ships", details=Details(category="parts")),
    Entry("music:bow", "Bow", "A stick with hair that strokes strings.", "music"),
    Entry("ships:keel", "Keel", "The lowest beam of a hull.", "ships", ("Spine",)),
    Entry("ships:hull", "Hull", "The body of a ship.", "ships", see_also=("Keel",)),
)


class _Context:
    """The part of a request's context that a reader of entries needs."""

    def __init__(self, glossary: Glossary) -> None:
        self.glossary = glossary

    def entry_or_none(self, id: str) -> Entry | None:
        """Return the entry of an id, of these."""
        return next((one for one in ENTRIES if one.id == id), None)

    def related(self, id: str, limit: int) -> Related:
        """Return related entries."""
        return self.glossary.related(id, k=limit)


@pytest.fixture(scope="module")
def ships(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Glossary]:
    """Yield an open index with two entries of one name."""
    folder: Path = tmp_path_factory.mktemp("bows") / "index"
    build_index(ENTRIES, folder, model="hashed", common_questions=False)
    with Glossary.open(folder) as opened:
        yield opened


def _found(
    glossary: Glossary,
    *texts: str,
    **query: Any,  # noqa: ANN401 - of `EntityQuery`
) -> list[tuple[str, bool]]:
    """Return ids of candidates, and whether they are safe."""
    asked = EntityQuery(
        texts,
        query.get("ids", ()),
        query.get("conditions", ()),
        query.get("types", ()),
        query.get("limit", 5),
    )
    among = (query.get("types") or (None,))[0]
    answers = [to_json(glossary.ask(text, k=5, glossary=among)) for text in texts]
    made = candidates(asked, answers, VisibleEntries(_Context(glossary)))  # type: ignore[arg-type]
    assert [one.score for one in made] == sorted((one.score for one in made), reverse=True)
    assert all(0 < one.score <= 100 for one in made)
    return [(one.id, one.match) for one in made]


@pytest.mark.parametrize("text", ["Keel", "keels", "KEEL", "spine", "what is a keel?"])
def test_a_name_of_one_entry_is_safe(ships: Glossary, text: str) -> None:
    """In any form."""
    assert _found(ships, text)[0] == ("ships:keel", True)


@pytest.mark.parametrize("text", ["keal", "lowest beam", "keel and hull", "the lowest beam of all"])
def test_what_is_no_name_is_never_safe(ships: Glossary, text: str) -> None:
    """A typing error, a description and two names are left to the user."""
    assert not any(match for _, match in _found(ships, text))


def test_a_name_of_two_entries_is_safe_where_something_tells_them_apart(ships: Glossary) -> None:
    """Their glossary, or a property that only one of them has."""
    assert sorted(_found(ships, "bow")[:2]) == [("music:bow", False), ("ships:bow", False)]
    assert _found(ships, "bow", types=("music",))[0] == ("music:bow", True)
    parts = Condition("category", ("Parts",))
    assert _found(ships, "bow", conditions=(parts,))[0] == ("ships:bow", True)
    required = Condition("category", ("parts",), is_required=True)
    assert _found(ships, "bow", conditions=(required,)) == [("ships:bow", True)]


def test_an_unmet_condition_lowers_the_score_and_the_trust(ships: Glossary) -> None:
    """It leaves the candidate out only if it is required."""
    german = Condition("language", ("de",))
    assert _found(ships, "keel", conditions=(german,))[0] == ("ships:keel", False)
    required = Condition("language", ("de",), is_required=True)
    assert _found(ships, "keel", conditions=(required,)) == []
    other = Condition("name", ("spine",), quantifier="none", is_required=True)
    assert _found(ships, "keel", conditions=(other,)) == []
    linked = Condition("see_also", ("keel",))
    assert _found(ships, "hull", conditions=(linked,))[0] == ("ships:hull", True)


def test_ids_are_safe(ships: Glossary) -> None:
    """An id is of one entry; one that there is not finds nothing."""
    assert _found(ships, ids=("ships:hull",)) == [("ships:hull", True)]
    assert _found(ships, ids=("ships:mast",)) == []
    assert _found(ships, ids=("ships:hull",), types=("music",)) == []


def test_no_more_candidates_than_wanted_and_none_that_do_not_match(ships: Glossary) -> None:
    """The nearest entries of an answer without a close match are no candidates."""
    assert len(_found(ships, "bow", limit=1)) == 1
    assert _found(ships, "quantum chromodynamics") == []

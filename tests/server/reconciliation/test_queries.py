"""Batches of both versions are read as the same queries."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import ValidationError

from semsearch.server.http.problems import Refused
from semsearch.server.reconciliation.queries import (
    BATCH,
    DEFAULT_CANDIDATES,
    MAX_CANDIDATES,
    Condition,
    EntityQuery,
    MatchBatch,
    check_size,
)

BOTH = [
    (
        {"query": "Dropout"},
        {"conditions": [{"matchType": "name", "propertyValue": "Dropout"}]},
        EntityQuery(("Dropout",), (), (), (), DEFAULT_CANDIDATES),
    ),
    (
        {
            "query": " a  b ",
            "type": "ships",
            "limit": 3,
            "properties": [{"pid": "category", "v": ["x", {"id": "y"}, 7]}],
        },
        {
            "type": "ships",
            "limit": 3,
            "conditions": [
                {"matchType": "name", "propertyValue": " a  b "},
                {
                    "matchType": "property",
                    "propertyId": "category",
                    "propertyValue": ["x", {"id": "y"}, 7],
                },
            ],
        },
        EntityQuery(("a b",), (), (Condition("category", ("x", "y", "7")),), ("ships",), 3),
    ),
    (
        {"properties": [{"pid": "notation", "v": {"id": "n1", "name": "DL-07"}}], "limit": 999},
        {
            "limit": 999,
            "conditions": [
                {
                    "matchType": "property",
                    "propertyId": "notation",
                    "propertyValue": {"id": "n1", "name": "DL-07"},
                }
            ],
        },
        EntityQuery(("DL-07",), (), (Condition("notation", ("DL-07",)),), (), MAX_CANDIDATES),
    ),
]


@pytest.mark.parametrize(("earlier", "draft", "expected"), BOTH)
def test_both_versions_say_the_same(
    earlier: dict[str, Any], draft: dict[str, Any], expected: EntityQuery
) -> None:
    """A name, a glossary, a limit and properties; without a name the properties are asked for."""
    (read,) = BATCH.validate_python({"q0": earlier}).values()
    assert read.read() == expected
    (query,) = MatchBatch.model_validate({"queries": [draft]}).queries
    assert query.read() == expected


def test_ids_are_looked_up() -> None:
    """By a condition about the id, or by a name that has the form of one."""
    conditions = [
        {"matchType": "id", "propertyValue": "ships:keel"},
        {"matchType": "name", "propertyValue": ["hull", "ships:hull"]},
        {"matchType": "name", "propertyValue": "mast", "matchQuantifier": "none"},
    ]
    (query,) = MatchBatch.model_validate({"queries": [{"conditions": conditions}]}).queries
    assert query.read() == EntityQuery(
        ("hull", "ships:hull"),
        ("ships:keel", "ships:hull"),
        (Condition("name", ("mast",), quantifier="none"),),
        (),
        DEFAULT_CANDIDATES,
    )


@pytest.mark.parametrize(
    ("values", "quantifier", "is_met"),
    [
        (("A", "c"), "any", True),
        (("c",), "any", False),
        (("a", " B "), "all", True),
        (("a", "c"), "all", False),
        (("c",), "none", True),
        (("a",), "none", False),
    ],
)
def test_conditions_compare_whole_texts(
    values: tuple[str, ...], quantifier: Literal["any", "all", "none"], is_met: bool
) -> None:
    """In any case, by any, all or none of the values."""
    assert Condition("x", values, quantifier=quantifier).is_met(["a", "b"]) == is_met


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"properties": []},
        {"limit": 1},
        {"query": "a", "limit": 0},
        {"query": "a", "props": [{"pid": "x", "v": "y"}]},
        {"query": "a", "type_strict": "maybe"},
        {"query": "a", "properties": [{"pid": "x"}]},
        {"query": 1},
        "a",
    ],
)
def test_what_is_no_query_of_the_earlier_version(query: object) -> None:
    """Its members are those of the specification."""
    with pytest.raises(ValidationError):
        BATCH.validate_python({"q0": query})


@pytest.mark.parametrize(
    "batch",
    [
        [],
        {"q0": {"query": "a"}},
        {"queries": [{"limit": 1}]},
        {"queries": [{"conditions": []}]},
        {"queries": [{"conditions": [{"propertyValue": "a"}]}]},
        {"queries": [{"conditions": [{"matchType": "property", "propertyValue": "a"}]}]},
        {"queries": [{"conditions": [{"matchType": "type", "propertyValue": "a"}]}]},
        {"queries": [{"conditions": [{"matchType": "name", "propertyValue": "a"}], "type": ["x"]}]},
    ],
)
def test_what_is_no_batch_of_the_draft(batch: object) -> None:
    """Its members are those of the specification; a query has one type."""
    with pytest.raises(ValidationError):
        MatchBatch.model_validate(batch)


def test_large_batches_are_refused() -> None:
    """The manifest says how many queries one may have."""
    check_size(50)
    with pytest.raises(Refused, match="51 queries are in one batch; send 50 at most"):
        check_size(51)

"""What lint finds in glossaries that people keep, without a model.

The counts were looked at one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from semsearch.quality.lint import Finding, LintConfig, lint
from tests.conftest import PROJECT

SHARED = PROJECT.parent / "shared" / "glossaries"
BY_MEANING = ("near-duplicate", "repeated-term", "conflicting-definitions", "unfindable")

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="no ../shared/glossaries here"),
]


def findings(*parts: str, ignore: Iterable[str] = BY_MEANING) -> tuple[Finding, ...]:
    """Lint one of the glossaries, for all that can be told without comparing meanings."""
    config = LintConfig().only(ignore=list(ignore))
    return lint([Path(SHARED, *parts)], config=config).findings


def about(found: Iterable[Finding], rule: str) -> set[tuple[str, str]]:
    """Return entry and subject of the findings of a rule."""
    return {(one.entry.partition(":")[2], one.subject) for one in found if one.rule == rule}


def test_links_of_mdn_that_lead_nowhere() -> None:
    """Four in all; what leads to a page of several meanings is ambiguous instead."""
    found = findings("mdn", "files")
    assert about(found, "broken-link") == {
        ("mixin", "interface"),
        ("rtp", "IP"),
        ("webassembly", "binary"),
        ("webidl", "interface"),
    }
    assert {subject for _, subject in about(found, "ambiguous-link")} == {"property", "Property"}
    assert not about(found, "refused-record")


def test_aliases_of_solana_that_are_other_entries() -> None:
    """Such as the name of one explorer among the aliases of another."""
    found = about(findings("solana-glossary", "packages"), "alias-collision")
    assert len(found) == 15
    assert {("program", "Smart Contract"), ("explorer", "Solscan"), ("rpc", "JSON-RPC")} <= found


def test_copies_and_stubs_of_numpy() -> None:
    """Two entries that only say where to look, in the same words."""
    found = findings("numpy")
    assert Counter(one.rule for one in found) == {"empty-definition": 2, "duplicate-definition": 1}
    assert about(found, "duplicate-definition") == {("little-endian", "little-endian")}


def test_rules_of_skos_that_a_vocabulary_of_geology_breaks() -> None:
    """Rocks below what they are related to, labels of two kinds, and a setting above itself."""
    found = findings("cgi-geoscience-skos")
    assert about(found, "label-clash") == {("dolostone", "白云岩"), ("rhyolite", "ryolit")}
    assert {id_ for id_, _ in about(found, "related-and-broader")} == {
        "carbonate-mudstone", "claystone", "shale", "siltstone",
    }  # fmt: skip
    assert {id_ for id_, _ in about(found, "broader-circle")} == {"tidal-marsh"}

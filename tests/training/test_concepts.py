"""Concepts with questions: what is read, what is refused, and which are one and the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from semsearch.core.errors import ImportFailed
from training.concepts import (
    KINDS,
    by_domain,
    read_common,
    read_concepts,
    senses_of,
    shared_names,
    without_overlaps,
)
from training.overlaps import Overlaps, evaluation_texts

COMMON = ("term", "aliases", "definition", "questions")
"""Fields of a concept that has no domain."""

SHARED = Path(__file__).parents[3] / "shared"


def line(term: str = "recall", domain: str = "learning", **others: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a concept as the file has it."""
    return {
        "domain": domain,
        "term": term,
        "aliases": [],
        "definition": f"What {term} is in {domain}.",
        "questions": [f"{kind} of {term}" for kind in KINDS],
        "confused_with": [],
        **others,
    }


def written(folder: Path, *lines: dict[str, Any]) -> Path:
    """Write concepts as the file has them."""
    file = folder / "domains.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    return file


def test_a_concept_has_a_question_of_each_kind(tmp_path: Path) -> None:
    """They are in the order of the kinds; its names are folded."""
    (found,) = read_concepts(written(tmp_path, line(aliases=["hit rate"])))
    assert found.questions == tuple(f"{kind} of recall" for kind in KINDS)
    assert found.names == {"recall", "hit rate"}


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (line("hits", aliases=["Recall"]), "the name 'recall' of 'recall'"),
        (line("hits", definition="What recall is in learning"), "the definition"),
        (line("hits", questions=line()["questions"]), "the question '.* of recall' of 'recall'"),
        (line("hits", confused_with=["Hits"]), "mistaken for itself"),
        (line("hits", questions=line()["questions"][:3]), "one question of each kind"),
        (line("hits", definition=" "), "is no text"),
        ({"term": "hits"}, "needs the fields"),
    ],
)
def test_a_concept_that_cannot_be_told_from_another_is_refused(
    tmp_path: Path, second: dict[str, Any], reason: str
) -> None:
    """The message has the line."""
    with pytest.raises(ImportFailed, match=reason) as caught:
        read_concepts(written(tmp_path, line(), second))
    assert ":2" in str(caught.value)


def test_other_fields_are_read_without_what_a_domain_has(tmp_path: Path) -> None:
    """Whoever learns from them has seen no concept of a domain, by whatever name."""
    domains = written(tmp_path, line(aliases=["hit rate"]))
    others = [
        {name: value for name, value in line(term, aliases=names).items() if name in COMMON}
        for term, names in (("Hit Rate", []), ("sensitivity", ["recall"]), ("tide", ["ebb"]))
    ]
    text = "".join(json.dumps(one) + "\n" for one in others)
    (tmp_path / "sea.jsonl").write_text(text, encoding="utf-8")
    (found,) = read_common(read_concepts(domains), domains)
    assert (found.term, found.domain, found.aliases) == ("tide", "sea", ("ebb",))
    assert found.questions == tuple(f"{kind} of tide" for kind in KINDS)


def test_two_domains_may_share_a_name_and_then_share_a_sense(tmp_path: Path) -> None:
    """Any shared name counts, also through a third concept."""
    lines = [
        line("recall", aliases=["hit rate"]),
        line("precision"),
        line("memory", "psychology", aliases=["remembering"]),
        line("recollection", "education", aliases=["hit rate", "remembering"]),
    ]
    concepts = read_concepts(written(tmp_path, *lines))
    senses = senses_of(concepts).tolist()
    assert senses[0] == senses[2] == senses[3] != senses[1]
    assert set(shared_names(concepts)) == {"hit rate", "remembering"}
    assert [*by_domain(concepts)] == ["learning", "psychology", "education"]


def test_what_is_measured_is_not_learned(tmp_path: Path) -> None:
    """A question that repeats a judged one takes its concept away."""
    concepts = read_concepts(written(tmp_path, line("one"), line("two")))
    forbidden = Overlaps()
    forbidden.add(["Keywords of two"])
    assert [one.term for one in without_overlaps(concepts, forbidden)] == ["one"]


def test_the_concepts_of_the_project_are_well_formed() -> None:
    """Every concept; each name that it is mistaken for is in its own domain or in none."""
    concepts = read_concepts()
    assert len(concepts) > 4000
    assert len(by_domain(concepts)) == 102
    assert len(shared_names(concepts)) < 500


@pytest.mark.shared
def test_no_concept_shares_a_run_of_words_with_what_is_measured() -> None:
    """The check that also guards the other training data."""
    if not (SHARED / "questions").exists():
        pytest.skip(f"{SHARED} is missing")
    forbidden = Overlaps()
    forbidden.add(evaluation_texts(SHARED))
    concepts = read_concepts()
    assert without_overlaps(concepts, forbidden) == concepts

"""Which pairs are kept, and which are held out."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from training.data import good_pairs, held_out, write
from training.overlaps import Overlaps
from training.senses import TrainingPair

COPIED = "a jar of flour and water that stands in a warm kitchen"


def pair(query: str, document: str, kind: str = "cross", sense: str = "one") -> TrainingPair:
    """Return a pair of this meaning."""
    return TrainingPair(
        query=query, document=document, kind=kind, source="x", sense=sense, terms=("leaven",)
    )


def test_each_query_is_kept_once_and_each_document_for_one_meaning() -> None:
    """What is short, copied or measured on is left out and counted."""
    first = pair("what raises a dough", "A culture of yeast.")
    second = pair("which culture is fed daily", "A culture of yeast.")
    terms = pair("leaven", "A thing that makes bread rise.", "terms")
    forbidden = Overlaps()
    forbidden.add([COPIED])
    left: Counter[str] = Counter()
    made = [
        first,
        second,
        terms,
        pair("What raises a dough?", "Another text."),
        pair("what is it that lives in jars", "A culture of yeast.", sense="two"),
        pair("a culture of living yeast", "A culture of living yeasts."),
        pair("the culture of yeast", "The culture: of yeast."),
        pair("leaven", "Something else."),
        pair("it rises", "A culture that was fed."),
        pair(COPIED, "What bakers keep for years."),
        pair("what bakers keep for years", f"Leaven: {COPIED}."),
    ]
    assert [*good_pairs(made, forbidden, left)] == [first, second, terms]
    assert left == {
        "query there already": 1,
        "document of another meaning": 1,
        "query and document alike": 2,
        "short query": 2,
        "shares a run with what is measured": 2,
    }


def test_what_is_held_out_does_not_depend_on_the_order() -> None:
    """Each meaning once."""
    assert held_out(["a", "b", "c", "a"]) == held_out(["c", "b", "a"])
    assert sorted(held_out("abca")) == ["a", "b", "c"]


def test_held_out_meanings_are_in_no_training_pair(tmp_path: Path) -> None:
    """Files have a pair a line and the summary their hashes; writing again gives the same."""
    pairs = [
        pair("one query of the first", "One.", sense="one"),
        pair("another query of the first", "One.", "question", "one"),
        *(pair(f"query number {n} of many", f"Text {n}.", sense="two") for n in range(9)),
    ]
    write(tmp_path, pairs, {"one"}, {})
    (held,) = (tmp_path / "dev.jsonl").read_text().splitlines()
    assert json.loads(held)["query"] == "one query of the first"
    lines = (tmp_path / "pairs.jsonl").read_text().splitlines()
    assert {json.loads(line)["sense"] for line in lines} == {"two"}
    assert len(lines) == 9
    assert json.loads(lines[0])["terms"] == ["leaven"]
    summary = json.loads((tmp_path / "data.json").read_text())
    write(tmp_path, pairs, {"one"}, {})
    assert json.loads((tmp_path / "data.json").read_text()) == summary
    assert {len(digest) for digest in summary["sha256"].values()} == {64}

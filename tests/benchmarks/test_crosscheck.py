"""The cross-check asks for the right entries, in words that hold none of their names."""

from __future__ import annotations

import pytest

from benchmarks.quality.crosscheck import pairs, questions, report
from semsearch.core.entries import Entry
from semsearch.importers.dictionaries.dictd import Article
from tests.quality.evaluation.support import outcome


def entry(term: str, *aliases: str, definition: str = "Something baked.") -> Entry:
    """Make an entry of a bakery's glossary."""
    return Entry(f"bakery:{term}", term, definition, "bakery", aliases)


def article(*headwords: str, body: str = "A culture that raises dough, fed daily.") -> Article:
    """Make an article."""
    return Article(headwords, f"{headwords[0]}\n\n   {body}\n")


def test_an_article_stands_for_the_entries_that_bear_its_names() -> None:
    """Names match by term, alias or the name before a qualifier, in any case; initials do not."""
    entries = [
        entry("Sour dough"),
        entry("Node (bread)"),
        entry("Node (cake)", "knot"),
        entry("Old Oven"),
    ]
    articles = [
        article("sour-dough", "starter"),
        article("NODE"),
        article("knot", "node"),
        article("oo"),
        article("crumb"),
    ]
    assert [(a.headwords[0], [e.term for e in right]) for a, right in pairs(articles, entries)] == [
        ("sour-dough", ["Sour dough"]),
        ("NODE", ["Node (bread)", "Node (cake)"]),
        ("knot", ["Node (cake)", "Node (bread)"]),
    ]


def test_a_question_hides_the_names_of_entry_and_article() -> None:
    """The question hides also acronyms that only the entry spells out."""
    long = entry("Old Oven Bread", definition="Old oven bread (OOB) is baked.")
    body = "A loaf (OOB), or farm bread, also old-oven breads."
    (asked,) = questions([(article("old oven bread", "farm bread", body=body), (long,))])
    assert asked.query == "A loaf (it), or it, also it."
    assert (asked.glossary, asked.terms, asked.right) == (
        "bakery",
        ("Old Oven Bread",),
        ("bakery:Old Oven Bread",),
    )


def test_an_article_that_only_leads_on_is_not_asked() -> None:
    """Fewer than five words are left of it."""
    right = (entry("Starter"),)
    short = article("starter", body="<dough> {sourdough starter}, see there.")
    assert list(questions([(short, right)])) == []


@pytest.mark.process
def test_the_gain_is_the_difference_of_the_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    """Two of four questions rise among the first three, or one, against each other way."""
    before = [outcome(rank, query=str(i)) for i, rank in enumerate((1, 5, 4, None))]
    after = [outcome(rank, query=str(i)) for i, rank in enumerate((1, 2, 3, None))]
    between = [outcome(rank, query=str(i)) for i, rank in enumerate((1, 2, 4, None))]
    gains = report({"plain": before, "base": between}, after)
    assert [gain.mean for gain in gains] == [0.5, 0.25]
    lines = capsys.readouterr().out.splitlines()
    titles = ["plain", "base", "as it is", "gain over plain", "p", "gain over base", "p"]
    assert [line.startswith(t) for line, t in zip(lines[1:], titles, strict=True)] == [True] * 7
    assert [
        value in line
        for value, line in zip(("0.250", "0.500", "0.750", "0.500"), lines[1:], strict=False)
    ] == [True] * 4
    assert "0.250" in lines[6]

"""The rules of SKOS, on vocabularies and on other glossaries."""

from __future__ import annotations

from pathlib import Path

from tests.quality.lint.support import found, linted, table

HEAD = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix : <https://b.example/> .\n"
ALL = ("label-clash", "several-preferred-labels", "related-and-broader", "broader-circle")


def turtle(*concepts: str) -> str:
    """Return Turtle of concepts, each `name rest`, with a label and a definition."""
    lines = []
    for concept in concepts:
        name, _, rest = concept.partition(" ")
        lines.append(
            f':{name} a skos:Concept ; skos:prefLabel "{name}"@en ; skos:definition "A {name}."@en {rest} .\n'
        )
    return HEAD + "".join(lines)


def rules(folder: Path, text: str) -> list[tuple[str, str, int]]:
    """Return the rule, subject and line of what is found in Turtle."""
    report = linted(folder, text, *ALL, file="bakery.ttl")
    return [(one.rule, *place) for one, place in zip(report.findings, found(report), strict=True)]


def test_labels_are_compared_within_a_language(tmp_path: Path) -> None:
    """S13 and S14 speak of literals, which have a language; all three kinds exclude one another."""
    text = turtle(
        'a ; skos:altLabel "a"@fr, "b"@en ; skos:hiddenLabel "b"@en ; skos:prefLabel "A"@fr',
        'c ; skos:hiddenLabel "c"@en ; skos:prefLabel "d"@en',
    )
    assert rules(tmp_path, text) == [
        ("label-clash", "b", 3),
        ("label-clash", "c", 4),
        ("several-preferred-labels", "c", 4),
    ]


def test_a_relation_to_what_is_above_is_found_over_steps_and_either_way(tmp_path: Path) -> None:
    """Broader is taken step by step, and narrower is the same the other way round.

    A pair is told of once.
    """
    text = turtle(
        "a ; skos:narrower :b", "b ; skos:related :d", "c ; skos:broader :b", "d ; skos:broader :c",
        "e ; skos:related :a",
    )  # fmt: skip
    assert rules(tmp_path, text) == [("related-and-broader", "b", 4)]
    both = turtle("a ; skos:related :b", "b ; skos:broader :a ; skos:related :a")
    assert rules(tmp_path, both) == [("related-and-broader", "a", 3)]


def test_a_circle_is_told_of_once_with_its_members(tmp_path: Path) -> None:
    """What is merely below a circle is not in it; one that is above itself is a circle alone."""
    text = turtle(
        "a ; skos:broader :b", "b ; skos:broader :c", "c ; skos:broader :a", "d ; skos:broader :a",
        "e ; skos:broader :e",
    )  # fmt: skip
    report = linted(tmp_path, text, "broader-circle", file="bakery.ttl")
    assert found(report) == [("a", 3), ("e", 7)]
    assert report.findings[0].others == ("bakery:b", "bakery:c")
    assert report.findings[1].message.endswith("by way of itself")


def test_concepts_without_a_definition_are_judged_too(tmp_path: Path) -> None:
    """They are no entries, and are named by their labels and lines."""
    text = turtle("a") + ':x a skos:Concept ; skos:prefLabel "x"@en, "y"@en .\n'
    report = linted(tmp_path, text, *ALL, file="bakery.ttl")
    assert [(one.subject, one.entry) for one in report.findings] == [("x", "")]
    assert found(report) == [("x", 4)]


def test_relations_of_tables_are_judged_by_their_entries(tmp_path: Path) -> None:
    """Names lead to entries as links do, and hidden labels exclude the others."""
    text = table(
        "Leaven,A dough.,Dough,,",
        "Dough,A mass.,,Leaven,mass",
        "Mass,Matter.,,,",
        columns="term,definition,broader,related,hidden_labels",
    )
    report = linted(tmp_path, text, *ALL)
    assert [(one.rule, one.entry, one.others) for one in report.findings] == [
        ("related-and-broader", "bakery:dough", ("bakery:leaven",))
    ]
    clash = table("Leaven,A dough.,sour,sour", columns="term,definition,aliases,hidden_labels")
    assert found(linted(tmp_path, clash, *ALL)) == [("sour", 2)]

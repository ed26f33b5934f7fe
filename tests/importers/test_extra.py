"""Fields that entries have no place of their own for: kept as they are, or counted as left out.

Covers `importers/extra_fields`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.entries import Details, Source
from semsearch.importers import read_corpus
from semsearch.importers.extra_fields import extra_line, plain_text, split_extra
from semsearch.importers.records import Record
from semsearch.importers.records_to_entries import make_entries
from semsearch.importers.report import FieldCount, count_extra, count_left_out

EXTRA = (("Owner", "Jane Doe"), ("Team", "Bread: ovens; peels"))
FILES = {
    "k.csv": "term,definition,Owner,Team,Empty\nPeel,A shovel.,Jane Doe,Bread: ovens; peels,\n",
    "k.tsv": "term\tdefinition\tOwner\tTeam\nPeel\tA shovel.\tJane Doe\tBread: ovens; peels\n",
    "k.json": json.dumps(
        [{"term": "Peel", "definition": "A shovel.", "x": None, **dict(EXTRA)}],
    ),
    "k.jsonl": json.dumps({"term": "Peel", "definition": "A shovel.", "extra": dict(EXTRA)}),
    "k.md": "# K\n\n## Peel\n\nExtra: Owner: Jane Doe\n\nExtra: Team: Bread: ovens; peels\n\nA shovel.\n",
    "lines.md": "# K\n\n## Peel\n\nExtra: Owner: Jane Doe\nExtra: Team: Bread: ovens; peels\n\nA shovel.\n",
    "page.md": "---\ntitle: Peel\nowner: Jane Doe\nteam: 'Bread: ovens; peels'\n---\nA shovel.\n",
    "nested.md": "---\ntitle: Peel\nextra:\n  Owner: Jane Doe\n  Team: 'Bread: ovens; peels'\n---\nA shovel.\n",
    "k.ttl": (
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "@prefix semsearch: <https://semsearch.invalid/ns#> .\n"
        '<https://x.example/peel> a skos:Concept ; skos:prefLabel "Peel"@en ; skos:definition "A shovel."@en ;\n'
        '    semsearch:extra "Owner: Jane Doe", "Team: Bread: ovens; peels" .\n'
    ),
}


@pytest.mark.parametrize("name", list(FILES))
def test_other_fields_are_kept(tmp_path: Path, name: str) -> None:
    """In every format that has names for its fields; empty ones are none."""
    (tmp_path / name).write_text(FILES[name])
    corpus = read_corpus([tmp_path / name])
    (entry,) = corpus.entries
    extra = EXTRA if name != "page.md" else tuple((n.lower(), text) for n, text in EXTRA)
    assert (replace(entry.details, iri=""), entry.definition) == (Details(extra=extra), "A shovel.")
    assert corpus.left_out == ()


def test_structures_are_left_out_by_name_with_an_example(tmp_path: Path) -> None:
    """Lists of texts are one text; what is no text is counted, also under the name of a field."""
    file = tmp_path / "k.jsonl"
    common = {"definition": "A.", "sounds": [{"ipa": "/x/"}], "tips": ["one", "two"], "is": True}
    rows = [
        {"term": "Peel", **common, "aliases": {"de": "Schieber"}},
        {"term": "Lame", **common, "id": {"n": 1}},
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    corpus = read_corpus([file])
    assert [entry.details.extra for entry in corpus.entries] == [
        (("tips", "one; two"), ("is", "true"))
    ] * 2
    assert count_left_out(corpus.left_out) == (
        FieldCount("sounds", 2, '[{"ipa": "/x/"}]'),
        FieldCount("aliases", 1, '{"de": "Schieber"}'),
        FieldCount("id", 1, '{"n": "1"}'),
    )
    assert count_extra(corpus.entries)[0] == FieldCount("tips", 2, "one; two")
    assert str(count_extra(corpus.entries)[0]) == "tips in 2 entries (such as 'one; two')"


def test_what_only_lays_out_a_page_is_counted(tmp_path: Path) -> None:
    """It says nothing about the term; tags are the category."""
    page = "---\ntitle: Peel\nlayout: wide\ntags: [bread, ovens]\nstatus: old\nowner: {a: b}\n---\nA.\n"
    (tmp_path / "a.md").write_text(page)
    corpus = read_corpus([tmp_path / "a.md"])
    assert corpus.entries[0].details == Details(category="bread; ovens", status="old")
    assert corpus.left_out[0].parts == (("owner", '{"a": "b"}'), ("layout", "wide"))


def _made(*fields: tuple[str, str]) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """Return the extra fields of an entry that has these, and the names left out."""
    record = Record("Peel", "A shovel.", Source("a", 1), details=Details(extra=fields))
    made = make_entries([record], "k")
    return made.entries[0].details.extra, [name for one in made.left_out for name, _ in one.parts]


def test_names_and_texts_are_cleaned_and_bounded() -> None:
    """What is too long, too much or no text is left out whole, and named."""
    assert _made((" Own\ner ", " Jane\r\nDoe\0 "), ("x", " ")) == ((("Own er", "Jane\nDoe"),), [])
    assert _made(("a", "1"), ("b", "2"), ("a", "3"), ("a", "3")) == (
        (("a", "1; 3; 3"), ("b", "2")),
        [],
    )
    assert _made(("a", "\ud800"), ("", "x")) == ((), ["a", "(a field without a name)"])
    long = "x" * 2001
    assert _made(("a", long), ("n" * 101, "1"), ("b", long[1:])) == (
        (("b", long[1:]),),
        ["a", f"{'n' * 57}..."],
    )
    kept, left_out = _made(*((f"f{number}", "1") for number in range(66)))
    assert (len(kept), left_out) == (64, ["f64", "f65"])


def test_values_as_text() -> None:
    """Scalars and lists of scalars are; mappings are not, however deep they are."""
    assert [plain_text(value) for value in ("a", 1, 2.5, False, None, [1, None, "b"], [])] == [
        "a", "1", "2.5", "false", "", "1; b", "",
    ]  # fmt: skip
    assert plain_text({"a": 1}) is plain_text([[1]]) is None


def test_only_the_beginning_of_a_deep_structure_is_visited(tmp_path: Path) -> None:
    """As deep as the decoder goes."""
    deep = "[" * 500 + "]" * 500
    (tmp_path / "a.jsonl").write_text('{"term": "a", "definition": "b", "c": ' + deep + "}")
    (left_out,) = read_corpus([tmp_path / "a.jsonl"]).left_out
    assert left_out.parts == (("c", "[" * 57 + "..."),)


def test_a_field_is_a_line_and_back() -> None:
    """The first colon with a blank behind it ends the name."""
    assert split_extra(extra_line("Owner", "Jane: boss")) == ("Owner", "Jane: boss")
    assert split_extra("a:b: c") == ("a:b", "c")
    assert split_extra("no name") is split_extra(": text") is None


def test_properties_of_schema_org_are_kept_or_counted(tmp_path: Path) -> None:
    """A tagged text is a text; a structure is none."""
    term = {
        "@context": "https://schema.org/",
        "@type": "DefinedTerm",
        "name": "Peel",
        "description": "A shovel.",
        "disambiguatingDescription": {"@value": "For bread.", "@language": "en"},
        "author": {"@type": "Person", "name": "Jane"},
    }
    (tmp_path / "a.jsonld").write_text(json.dumps(term))
    corpus = read_corpus([tmp_path / "a.jsonld"])
    assert corpus.entries[0].details.extra == (("disambiguatingDescription", "For bread."),)
    assert [one.parts for one in corpus.left_out] == [
        (("author", '{"@type": "Person", "name": "Jane"}'),)
    ]


def test_columns_of_openmetadata_are_kept(tmp_path: Path) -> None:
    """Owners and reviewers are no field of ours."""
    file = tmp_path / "a.csv"
    file.write_text(
        "parent,name*,displayName,description,synonyms,relatedTerms,references,tags,reviewers,owner,glossaryStatus\n"
        ",Peel,,A shovel.,,,,,,user:jane,Approved\n"
    )
    (entry,) = read_corpus([file]).entries
    assert entry.details == Details(status="Approved", extra=(("owner", "user:jane"),))

"""Which column holds what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from semsearch.core.entries import Source
from semsearch.core.errors import InvalidSetting
from semsearch.importers.fields import chosen_columns, map_fields, shorten
from semsearch.importers.name_lists import split_aliases
from semsearch.importers.records import Record
from tests.cpu_time import cpu_time_at_most
from tests.importers.support import read_text


@pytest.mark.parametrize(
    ("names", "chosen", "expected"),
    [
        (["Name", "TERM", "Meaning"], {}, {"term": ("TERM",), "definition": ("Meaning",)}),
        (
            ["skos:prefLabel", "skos:definition", "alt_label", "Acronym", "notation", "lang"],
            {},
            {
                "term": ("skos:prefLabel",),
                "definition": ("skos:definition",),
                "aliases": ("alt_label", "Acronym"),
                "id": ("notation",),
                "language": ("lang",),
                "notation": ("notation",),
            },
        ),
        (
            ["term", "wort", "Also known as"],
            {"term": "Wort"},
            {"term": ("wort",), "aliases": ("Also known as",)},
        ),
        (["term"], {"term": "absent"}, {}),
        (["a", "A"], {"id": "A"}, {"id": ("A",)}),
    ],
)
def test_fields_are_found_by_their_usual_names(
    names: list[str], chosen: dict[str, str], expected: dict[str, tuple[str, ...]]
) -> None:
    """Case, spaces and prefixes do not matter; a chosen column wins."""
    found = map_fields(names, chosen)
    assert {field: columns for field, columns in found.columns.items() if columns} == expected


def test_many_columns_of_one_field_take_linear_time() -> None:
    """A stranger may give each of 20,000 columns the name of a definition or an acronym."""
    marks = [f"{' ' * (i % 30)}{'*' * (i // 30 % 30)}{'#' * (i // 900)}" for i in range(20_000)]
    with cpu_time_at_most(0.1):
        found = map_fields([f"definition{mark}" for mark in marks], {})
        assert len(found.columns["definition"]) == len(marks)
        found = map_fields([f"acronym{mark}" for mark in marks], {})
        assert len(found.columns["aliases"]) == len(marks) - 1
    assert found.columns["term"] == ("acronym",)


def test_the_first_of_equal_columns_is_the_definition() -> None:
    """Their order is that of the table."""
    found = map_fields(["gloss", "definition", "gloss", "term"], {})
    assert found.columns["definition"] == ("gloss", "gloss", "definition")


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("a, b", ["a", "b"]),
        ("a, b; c", ["a, b", "c"]),
        ("a|b;c", ["a", "b", "c"]),
        ("a\nb, c\n", ["a", "b, c"]),
        ("a, b,\nc", ["a", "b", "c"]),
        ("- a\n\n- -ing\n• b", ["a", "-ing", "b"]),
        (" , ", []),
        (["a, b", "", 3, " c "], ["a, b", "c"]),
        (None, []),
    ],
)
def test_aliases_split_at_the_clearest_separator(value: object, names: list[str]) -> None:
    """A comma separates only where nothing clearer does; lists are taken as they are."""
    assert split_aliases(value) == names


def test_record_needs_term_and_definition() -> None:
    """A missing field gives the reason instead of a record."""
    fields, source = map_fields(["term", "text", "aka"], {}), Source("f", 1)
    assert fields.record({"term": " a ", "text": "b", "aka": "c"}, source) == Record(
        "a", "b", source, ("c",)
    )
    assert fields.record({"term": True, "text": "b"}, source) == "no term"
    assert fields.record({"term": "a", "text": " "}, source) == "no definition of 'a'"


def test_a_note_of_scope_follows_the_definition() -> None:
    """As it does in SKOS, so that tables of a vocabulary give the same entries."""
    fields, values = map_fields(["term", "definition", "skos:scopeNote"], {}), {"term": "a"}
    for note, definition in ("Of bread.", "b\n\nOf bread."), ("", "b"):
        made = fields.record({**values, "definition": "b", "skos:scopeNote": note}, Source("f", 1))
        assert isinstance(made, Record)
        assert made.definition == definition


def test_choice_of_an_unknown_field_is_refused() -> None:
    """The message names the choice and the fields there are, and no file: none is at fault."""
    with pytest.raises(InvalidSetting) as caught:
        chosen_columns({"word": "Wort"})
    assert str(caught.value) == (
        "--columns word=Wort: 'word' is no field; the fields are term, definition, aliases, id, language, see_also, category, notation, status, "
        "iri, examples, sources, broader, narrower, related, hidden_labels, asked_as, name_languages, "
        "markdown, scope_note"
    )


def test_quoted_text_is_short() -> None:
    """Messages quote at most 60 characters."""
    assert shorten("a" * 60) == "a" * 60
    assert shorten("a" * 61) == "a" * 57 + "..."


@pytest.mark.parametrize(
    ("definition", "names"),
    [
        ("<p>Work on new things.</p>", ("R&D", "F&E", "research")),
        ("Work on new things.", ("R&amp;D", "F&amp;E", "research")),
    ],
)
def test_ampersands_in_names_are_read_beside_html(
    tmp_path: Path, definition: str, names: tuple[str, ...]
) -> None:
    """Else they stay; the semicolon of an entity separates no names."""
    text = f"term,definition,aliases\nR&amp;D,{definition},F&amp;E; research\n"
    [record] = read_text(tmp_path, "a.csv", text)
    assert isinstance(record, Record)
    assert (record.term, *record.aliases) == names


@pytest.mark.parametrize("term", ["<br>", "&nbsp;", "&amp;", "<p>x</p>", "</b>"])
def test_a_term_is_never_read_as_html(tmp_path: Path, term: str) -> None:
    """Beside HTML neither."""
    for definition in ("A sign.", "<p>A sign.</p>"):
        [record] = read_text(tmp_path, "a.csv", f"term,definition\n{term},{definition}\n")
        assert isinstance(record, Record)
        assert (record.term, record.definition) == (term, "A sign.")


@pytest.mark.parametrize("key", ["definition", "meanings"])
def test_a_list_of_definitions_is_paragraphs(tmp_path: Path, key: str) -> None:
    """As they are written; what is no text is counted as left out."""
    line = json.dumps({"term": "a", key: ["One.", "<p>Two</p>", {"x": "y"}]})
    [record] = read_text(tmp_path, "a.jsonl", line)
    assert isinstance(record, Record)
    assert record.definition == "One.\n\n<p>Two</p>"
    assert [name for name, _ in record.left_out] == [key]

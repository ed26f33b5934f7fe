"""JSON and JSON Lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.core.entries import Source
from semsearch.core.errors import ImportFailed
from semsearch.importers import read_corpus
from semsearch.importers.records import Record
from tests.importers.support import DATA, read, read_text, refusals, terms

JSON = DATA / "json"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(str.strip).filter(bool)


def test_reads_a_list_with_the_line_of_each_record() -> None:
    """Objects become records at their own lines; anything else is refused there."""
    path = JSON / "list.json"
    items = read(path)
    assert items[:2] == [
        Record(
            "Warp", "Threads that run along the cloth.", Source(str(path), 2), ("ends",), "warp"
        ),
        Record("Weft", "Threads that run across.", Source(str(path), 3), ("woof", "filling")),
    ]
    assert refusals(items) == [
        (8, "not an object with a term and a definition"),
        (9, "no definition of 'Heddle'"),
    ]
    assert terms(items)[2] == (10, "404", "A missing thread.")


def test_reads_a_list_inside_an_object() -> None:
    """The list is found under a usual key."""
    assert terms(read(JSON / "wrapped.json")) == [
        (5, "Shed", "The gap through which the shuttle passes.")
    ]


def test_reads_an_object_of_terms() -> None:
    """Keys are terms; values are definitions or objects."""
    items = read(JSON / "mapping.json")
    assert terms(items) == [
        (2, "Bobbin", "A spool for thread."),
        (3, "Loom", "A machine that weaves."),
    ]
    assert refusals(items) == [(4, "no definition of 'Reed'")]
    assert [i.aliases for i in items if isinstance(i, Record)] == [(), ("weaving frame",)]


def test_reads_lines_and_refuses_bad_ones() -> None:
    """A bad line is refused with its column, the others are read."""
    items = read(JSON / "lines.jsonl")
    assert terms(items) == [(1, "Felt", "Cloth of matted fibres."), (4, "Satin", "A glossy weave.")]
    assert refusals(items) == [
        (3, "not valid JSON: a value is missing at column 32"),
        (5, "not an object with a term and a definition"),
    ]
    assert [i.language for i in items if isinstance(i, Record)] == ["", "de"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"data": "Facts."}', [("data", "Facts.")]),
        ('{"data": {"definition": "Facts."}}', [("data", "Facts.")]),
        ('{"glossary": {"a": "b"}}', [("a", "b")]),
        ('{"items": [], "entries": [{"term": "a", "definition": "b"}]}', [("a", "b")]),
        ('[{"term": "a", "term": "c", "definition": "b", "x": NaN}]', [("c", "b")]),
        ('[{"term": "a", "definition": "b", "x": ' + "9" * 5000 + "}]", [("a", "b")]),
        (" [ ] ", []),
        ("{}", []),
    ],
)
def test_reads_every_shape(tmp_path: Path, text: str, expected: list[tuple[str, str]]) -> None:
    """Usual keys hold entries unless they are terms themselves; odd values do no harm."""
    items = read_text(tmp_path, "a.json", text)
    assert [(term, definition) for _, term, definition in terms(items)] == expected
    assert refusals(items) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", ":1: not valid JSON: a value is missing at column 1"),
        ('"a"', ":1: a list or an object of entries is expected"),
        ("[\n{},", ":2: not valid JSON: a value is missing at column 4"),
        ("[\n{}}", ":2: not valid JSON: ',' is expected at column 3"),
        ("[]\n[]", ":2: not valid JSON: something follows the end at column 1"),
        ("{a: 1}", ":1: not valid JSON: a key in double quotes is expected at column 2"),
        ('{"a" 1}', ":1: not valid JSON: ':' is expected at column 6"),
        ("[" * 100_000, ": nested too deeply to be a glossary"),
        ('{"a":' * 100_000, ": nested too deeply to be a glossary"),
    ],
)
def test_files_that_are_not_json_say_where(tmp_path: Path, text: str, reason: str) -> None:
    """The message names line and column."""
    with pytest.raises(ImportFailed) as caught:
        read_text(tmp_path, "a.json", text)
    assert str(caught.value) == f"{tmp_path / 'a.json'}{reason}"


def test_a_line_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    """One hostile line does not stop the others."""
    text = "[" * 100_000 + '\n{"term": "a", "definition": "b"}'
    items = read_text(tmp_path, "a.ndjson", text)
    assert refusals(items) == [(1, "nested too deeply to be a glossary")]
    assert terms(items) == [(2, "a", "b")]


def test_chosen_keys(tmp_path: Path) -> None:
    """Keys may be chosen as columns are; a record without them is refused."""
    items = read_text(tmp_path, "a.json", '[{"w": "a", "text": "b"}, {"term": "c"}]', term="w")
    assert terms(items) == [(1, "a", "b")]
    assert refusals(items) == [(1, "no term")]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT, st.lists(TEXT, max_size=3)), min_size=1, max_size=5))
def test_what_is_written_as_json_lines_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, list[str]]]
) -> None:
    """Parsing what was written gives the same terms, definitions and aliases."""
    lines = [json.dumps({"term": a, "definition": b, "aliases": c}) for a, b, c in rows]
    items = read_text(tmp_path_factory.mktemp("jsonl"), "a.jsonl", "\n".join(lines))
    assert [(i.term, i.definition, list(i.aliases)) for i in items if isinstance(i, Record)] == rows


def test_a_number_of_any_length_is_refused_by_its_line(tmp_path: Path) -> None:
    """Python makes no integer of more than 4,300 digits."""
    text = '[\n{"term": "a", "definition": "b"},\n' + "9" * 5000 + "\n]"
    items = read_text(tmp_path, "a.json", text)
    assert terms(items) == [(2, "a", "b")]
    assert refusals(items) == [(3, "not an object with a term and a definition")]


def test_lists_beside_each_other_are_read_or_named(tmp_path: Path) -> None:
    """All usual keys whose lists hold entries; a note names the others that are not empty."""
    file = tmp_path / "a.json"
    file.write_text(
        '{"title": "Oven", "authors": ["Jane"],\n"acronyms": [{"term": "b", "definition": "c"}],\n'
        '"terms": [{"term": "a", "definition": "b"}],\n"words": [{"term": "x", "definition": "y"}],\n'
        '"data": ["z"], "items": []}'
    )
    corpus = read_corpus([file])
    assert [(e.term, e.source and e.source.line) for e in corpus.entries] == [("a", 3), ("b", 2)]
    assert corpus.refusals == ()
    assert [(note.source.line, note.text) for note in corpus.notes] == [
        (1, "beside the list 'terms', so not read: 'authors', 'words', 'data'")
    ]


CREW = '{"term": "crew", "definition": "People on board."}'


@pytest.mark.parametrize(
    "text",
    [
        f'{{"status": "ok", "meta": {{"total": 1}}, "data": {{"items": [{CREW}], "total": 1}}}}',
        f'{{"result": {{"rows": [{CREW}]}}}}',
        f'{{"data": [{{"id": 7, "type": "word", "attributes": {CREW}}}]}}',
        f'{{"data": {{"words": {{"edges": [{{"cursor": "a", "node": {CREW}}}]}}}}}}',
        f'{{"hits": {{"total": {{"value": 1}}, "hits": [{{"_id": "1", "_source": {CREW}}}]}}}}',
        '[{"title": {"rendered": "crew"}, "content": {"rendered": "<p>People on board.</p>"}}]',
    ],
    ids=["items", "rows", "JSON:API", "GraphQL", "Elasticsearch", "WordPress"],
)
def test_reads_the_answers_of_interfaces(tmp_path: Path, text: str) -> None:
    """Objects around the list of entries, and around the fields of one, are no entries."""
    items = read_text(tmp_path, "a.json", text)
    assert [(term, words) for _, term, words in terms(items)] == [("crew", "People on board.")]
    assert not refusals(items)


def test_reads_every_list_inside_of_objects(tmp_path: Path) -> None:
    """None of several is lost; objects of an entry are its own."""
    deck = CREW.replace("crew", "deck")
    text = f'{{"new": {{"items": [{CREW}]}}, "old": {{"rows": [{deck}]}}}}'
    assert [term for _, term, _ in terms(read_text(tmp_path, "a.json", text))] == ["crew", "deck"]
    text = f'{{"dough": {{"definition": "Flour and water.", "examples": [{CREW}]}}}}'
    assert [term for _, term, _ in terms(read_text(tmp_path, "b.json", text))] == ["dough"]
    text = f'[{{"term": "dough", "definition": "Flour and water.", "properties": {CREW}}}]'
    assert [term for _, term, _ in terms(read_text(tmp_path, "c.json", text))] == ["dough"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "- crew: People on board.\n- deck: A floor of a ship.\n"),
        ("a.json", '{"C": {"crew": "People on board."}, "D": {"deck": "A floor of a ship."}}'),
        ("b.json", f'{{"glossary": {{"C": [{CREW}], "D": [{{"term": "deck", "definition": "A floor of a ship."}}]}}}}'),
    ],
    ids=["list of one key", "mapping by letter", "lists by letter"],
)  # fmt: skip
def test_reads_lists_of_one_key_and_letters(tmp_path: Path, name: str, text: str) -> None:
    """As people write them by hand."""
    found = [(term, words) for _, term, words in terms(read_text(tmp_path, name, text))]
    assert found == [("crew", "People on board."), ("deck", "A floor of a ship.")]


def test_letters_that_are_terms_are_no_groups(tmp_path: Path) -> None:
    """Each has a definition, or one in each language."""
    text = '{"C": {"en": "A language.", "de": "Eine Sprache."}, "R": {"en": "One.", "de": "Eine."}}'
    found = [term for _, term, _ in terms(read_text(tmp_path, "a.json", text))]
    assert found == ["C", "C", "R", "R"]


def test_an_object_of_thousands_of_languages_is_refused(tmp_path: Path) -> None:
    """Each block took the other members along: 4 MB took the thread of edits for hours."""
    blocks = {
        f"{first}{second}": {"definition": "A rope."} for first in LETTERS for second in LETTERS
    }
    some = dict(list(blocks.items())[:200])
    lines = "\n".join(json.dumps({"term": "Warp", **one}) for one in (some, blocks))
    items = read_text(tmp_path, "a.jsonl", lines)
    assert len(terms(items)) == 200
    reason = "675 languages; an entry has at most 200, so divide it"
    assert refusals(items) == [(2, reason)]

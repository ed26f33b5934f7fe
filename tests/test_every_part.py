"""Every part of an entry can be added, changed and emptied by itself, on every surface.

The parts are those that entries have, so that one that is new and left out somewhere fails here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from semsearch.core.entries import DETAILS, EXTRA, MARKDOWN, TEXT_DETAILS, Entry
from semsearch.core.settings import load_settings
from semsearch.ingest import Editor
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from tests.cli.running import run
from tests.own_indexes import key_header

Value = str | list[str] | dict[str, str]
Parts = dict[str, Value]

ID, TERM, DEFINITION = "bakery:scoring", "Scoring", "Cutting the dough."
_NEEDED = {"id", "term", "definition", "glossary", "source", "details"}
_PLURAL = ("hidden_labels", "name_languages")
PARTS = [field.name for field in fields(Entry) if field.name not in _NEEDED] + list(DETAILS)


MARKS = {"One": "**", "Two": "`"}
"""Of what the Markdown of the definition marks."""


def _values(word: str, language: str) -> Parts:
    """Return a value of each part; several have something to cut at."""
    several: Parts = {part: [f"{word} {part}", f"{word}, other"] for part in PARTS}
    texts: Parts = {part: f"{word} {part}" for part in TEXT_DETAILS}
    extra = {"Owner": f"{word} owner", "Team: ovens": f"{word}, other"}
    other = "fr" if language == "de" else "it"
    tags = {"name_languages": [f"{TERM}@{other}"]}
    marked = {MARKDOWN: DEFINITION.replace("the", f"{MARKS[word]}the{MARKS[word]}")}
    return several | texts | {"language": language, EXTRA: extra} | tags | marked


FIRST, SECOND = _values("One", "de"), _values("Two", "pt-BR")
NONE: Parts = {
    part: "en" if part == "language" else "" if part in (*TEXT_DETAILS, MARKDOWN) else []
    for part in PARTS
}
NONE[EXTRA] = {}
WITHOUT = {**NONE, EXTRA: {"Owner": None, "Team: ovens": None}}
"""What a merge patch says to empty each part: the members of a mapping are removed one by one."""
WHOLE: Parts = {"term": TERM, "definition": DEFINITION}


@pytest.fixture
def index(own_hashed_index: Path) -> Path:
    """Give an index that a test may edit."""
    return own_hashed_index


@pytest.fixture
def client(index: Path) -> Iterator[TestClient]:
    """Yield a client of a service over it, with a key to edit."""
    with (
        Glossary.open(index) as glossary,
        TestClient(create_app(glossary, load_settings(index=index))) as started,
    ):
        started.headers.update(key_header(index))
        yield started


def said(index: Path) -> Parts:
    """Return what the entry says now."""
    with Editor(index) as editor:
        entry = editor.entry(ID).entry
    stated = {part: getattr(entry.details if part in DETAILS else entry, part) for part in PARTS}
    found: Parts = {p: value if isinstance(value, str) else [*value] for p, value in stated.items()}
    return found | {EXTRA: dict(entry.details.extra)}


def _put(client: TestClient, parts: Parts, method: str = "PUT") -> None:
    path = f"/v1/entries/{ID}"
    tag = client.get(path).headers.get("etag")
    kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
    headers = {"Content-Type": kind} | ({"If-Match": tag} if tag else {})
    done = client.request(method, path, content=json.dumps(parts), headers=headers)
    assert done.status_code in (200, 201), done.text


def test_put_gives_an_entry_all_of_it(client: TestClient, index: Path) -> None:
    """What is left out is empty, and so is what is said to be."""
    for parts in FIRST, SECOND, {}, FIRST, NONE:
        _put(client, WHOLE | parts)
        assert said(index) == (parts or NONE)


def test_patch_changes_each_part_alone(client: TestClient, index: Path) -> None:
    """PATCH sets another value or an empty one; null removes a part."""
    added = client.post("/v1/entries", json={"glossary": "bakery", **WHOLE, **FIRST})
    assert (added.status_code, said(index)) == (201, FIRST)
    expected = dict(FIRST)
    for part in PARTS:
        for given in SECOND[part], WITHOUT[part], SECOND[part], None:
            _put(client, {part: given}, "PATCH")  # type: ignore[dict-item]
            expected[part] = SECOND[part] if given == SECOND[part] else NONE[part]
            assert said(index) == expected
    assert said(index) == NONE


def test_an_import_gives_entries_all_of_it(client: TestClient, index: Path) -> None:
    """An import sets all parts by id, as PUT does."""
    for parts in FIRST, SECOND, {}, FIRST, NONE:
        line = json.dumps({"id": ID, **WHOLE, **parts})
        headers = {"Content-Type": "application/jsonl"}
        done = client.post(
            "/v1/entries:import", params={"glossary": "bakery"}, content=line, headers=headers
        )
        assert [one["outcome"] for one in done.json()["records"]] in (["added"], ["changed"])
        assert said(index) == (parts or NONE)


def _options(part: str, value: Value) -> list[str]:
    if isinstance(value, dict):
        value = [f"{name}={text}" for name, text in value.items()]
    names = {"examples": "example", "sources": "source", "aliases": "alias"}
    name = names.get(part, part.removesuffix("s") if part in _PLURAL else part)
    values = [value] if isinstance(value, str) else value
    return [word for one in values for word in (f"--{name.replace('_', '-')}", one)]


def _run(*arguments: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode()


def test_the_command_line_changes_each_part_alone(index: Path) -> None:
    """Each part has an option to set it and one to empty it; a language is set back."""
    every = [word for part in PARTS for word in _options(part, FIRST[part])]
    _run("add", "bakery", TERM, DEFINITION, *every, "-i", str(index))
    assert said(index) == FIRST
    expected = dict(FIRST)
    for part in PARTS:
        _run("change", ID, *_options(part, SECOND[part]), "-i", str(index))
        expected[part] = SECOND[part]
        assert said(index) == expected
        none = ["--language", "en"] if part == "language" else [f"--no-{part.replace('_', '-')}"]
        _run("change", ID, *none, "-i", str(index))
        expected[part] = NONE[part]
        assert said(index) == expected

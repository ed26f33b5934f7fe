"""Answers of the followed service: read back as they were written, or refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from semsearch.core.entries import Changed, EntryPlace
from semsearch.core.errors import SourceRefused
from semsearch.ingest.follow import answers
from semsearch.ingest.follow.answers import info_of_service, page_of, places_of
from semsearch.ingest.follow.redaction import Redaction
from semsearch.server.serialize import to_json
from tests.conftest import ENTRIES
from tests.ingest.follow.test_mirror import FULL

HEADERS = {"semsearch-position": "0123456789ab-9", "semsearch-built": "7", "etag": '"x"'}
CHANGES = (
    Changed(FULL.id, FULL, 3, position=0, is_live=True),
    Changed(ENTRIES[0].id, ENTRIES[0], 4, position=12),
    Changed("bakery:gone", None, 5, is_live=True, successor="bakery:crumb"),
    Changed("bakery:lost", None, 6),
    Changed("bakery:", None, 7, purged="ab" * 32),
)


def test_changes_are_read_as_they_are_written() -> None:
    """With every field; U+2028 in a text is no end of a line."""
    content = b"".join(to_json(change) + b"\n" for change in CHANGES)
    page = page_of(HEADERS, content, 5)
    assert page.changes == CHANGES
    assert (page.identity, page.reached, page.built, page.etag) == ("0123456789ab", 9, 7, '"x"')


def test_places_are_read_as_they_are_written() -> None:
    """Of entries, and of what was deleted."""
    places = [EntryPlace("a:b", 3, is_live=True), EntryPlace("a:c", None, is_live=True)]
    assert places_of(b"".join(to_json(place) + b"\n" for place in places)) == places
    with pytest.raises(SourceRefused, match="is no place of an entry"):
        places_of(b'{"id": "a:b", "position": -1, "is_live": false}')


def test_what_a_service_says_of_itself_is_text() -> None:
    """Members that are not known are left alone."""
    told: dict[str, Any] = {"fingerprint": "f", "model": "m", "presentation": "p", "new": 1}
    with pytest.raises(SourceRefused, match="lacks what a service says"):
        info_of_service(json.dumps(told).encode())
    told["common_questions"] = ""
    assert info_of_service(json.dumps(told).encode()).model == "m"
    told["model"] = f"\x1b[31m {'x' * 290} secret-key"
    assert "secret" not in info_of_service(json.dumps(told).encode(), Redaction("secret-key")).model
    with pytest.raises(SourceRefused, match="lacks what a service says"):
        info_of_service(b'{"fingerprint": 1}')


def _set(*path: str | int, value: object) -> Callable[[dict[str, Any]], None]:
    def change(members: dict[str, Any]) -> None:
        inner: Any = members
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "spoil",
    [
        _set("revision", value=-1),
        _set("revision", value=10**18),
        _set("revision", value=True),
        _set("revision", value="3"),
        _set("id", value="other:id"),
        _set("id", value=None),
        _set("id", value="bakery"),
        _set("id", value="bakery:\n"),
        _set("id", value="bakery:" + "x" * 2_000),
        _set("position", value=None),
        _set("position", value=1.5),
        _set("is_live", value="yes"),
        _set("entry", value=[]),
        _set("entry", "id", value="bakery:other"),
        _set("entry", "glossary", value="harbour"),
        _set("entry", "term", value=None),
        _set("entry", "definition", value=["x"]),
        _set("entry", "aliases", value="levain"),
        _set("entry", "aliases", 0, value=1),
        _set("entry", "aliases", value=["x"] * 10_001),
        _set("entry", "source", value="x.md:1"),
        _set("entry", "source", "line", value="1"),
        _set("entry", "category", value=["x"]),
        _set("entry", "examples", value="x"),
        _set("entry", "extra", value=[["a", "b"]]),
        _set("entry", "extra", value={"a": 1}),
        _set("entry", "term", value="half \ud800"),
        _set("id", value="../..:crumb"),
        _set("id", value="bakery:/../../etc/passwd"),
        _set("id", value="bakery:a b"),
        _set("purged", value="ab"),
        _set("purged", value=None),
    ],
)
def test_a_strange_change_is_refused(spoil: Callable[[dict[str, Any]], None]) -> None:
    """Of another type, too long, or of another entry than it says."""
    members = json.loads(to_json(CHANGES[0]))
    spoil(members)
    with pytest.raises(SourceRefused, match="is no change of an entry"):
        page_of(HEADERS, json.dumps(members).encode(), 5)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_set("term", value=""), "no term"),
        (_set("term", value=" \u0000\u001b[31m"), "a text has control characters"),
        (_set("term", value="a\nb"), "a text has control characters"),
        (_set("term", value="x" * 301), "the term is longer than 300 characters"),
        (_set("definition", value=""), "it has no definition"),
        (_set("definition", value="red \u001b[31m"), "a text has control characters"),
        (_set("definition", value="word " * 700_000), "the Markdown says"),
        (_set("aliases", 0, value="x" * 301), "is longer than 300 characters"),
        (_set("see_also", 0, value="a\tb"), "a text has control characters"),
        (_set("source", "file", value="a\u0007.md"), "a text has control characters"),
        (_set("language", value="../../x y"), "no language tag"),
        (_set("language", value="en\r\nX-Evil: 1"), "a text has control characters"),
        (_set("language", value=""), "no language tag"),
        (_set("extra", value={"a\u0000": "b"}), "a text has control characters"),
        (_set("extra", value={"x" * 101: "b"}), "does not fit"),
        (_set("examples", 0, value="a\u009b"), "a text has control characters"),
        (_set("asked_as", value=[f"phrase {n}" for n in range(65)]), "64"),
        (_set("markdown", value="Something else."), "the Markdown says"),
    ],
)
def test_an_entry_that_imports_refuse_is_refused(
    spoil: Callable[[dict[str, Any]], None], reason: str
) -> None:
    """The message names it, says why, and what to do; no control character of it is repeated."""
    members = json.loads(to_json(CHANGES[0]))
    spoil(members["entry"])
    with pytest.raises(SourceRefused, match="has an entry that imports refuse") as refused:
        page_of(HEADERS, json.dumps(members).encode(), 5)
    message = str(refused.value)
    assert f"'{FULL.id}'" in message
    assert reason in message
    assert "correct or delete it there" in message
    assert message.isprintable()
    assert len(message) < 1_000


def test_a_refused_entry_does_not_say_the_key() -> None:
    """Not even the half of it that a shortened text would have."""
    members = json.loads(to_json(CHANGES[0]))
    for before in range(291, 330):
        members["entry"]["term"] = "x" * before + "secret-key"
        with pytest.raises(SourceRefused) as refused:
            page_of(HEADERS, json.dumps(members).encode(), 5, Redaction("secret-key"))
        assert "secret" not in str(refused.value)


@pytest.mark.parametrize("successor", ["harbour:hull", CHANGES[2].id])
def test_a_successor_is_another_entry_of_the_glossary(successor: str) -> None:
    """As a deletion takes it."""
    members = json.loads(to_json(CHANGES[2]))
    members["successor"] = successor
    with pytest.raises(SourceRefused, match="is no change of an entry"):
        page_of(HEADERS, json.dumps(members).encode(), 5)


@pytest.mark.parametrize("glossary", ["", "../..", "a/b", "Bakery", "x\n"])
def test_the_glossary_of_a_purged_entry_is_one(glossary: str) -> None:
    """A slug, as all glossaries."""
    members = json.loads(to_json(CHANGES[4]))
    members["glossary"] = glossary
    with pytest.raises(SourceRefused, match="is no change of an entry"):
        page_of(HEADERS, json.dumps(members).encode(), 5)


@pytest.mark.parametrize(
    "headers",
    [
        {**HEADERS, "semsearch-position": "9"},
        {**HEADERS, "semsearch-position": "0123456789AB-9"},
        {**HEADERS, "semsearch-built": "-1"},
        {**HEADERS, "semsearch-built": ""},
        {},
    ],
)
def test_a_page_has_its_position(headers: dict[str, str]) -> None:
    """Something that is no feed, such as the page of a proxy."""
    with pytest.raises(SourceRefused, match="it is no page of a feed"):
        page_of(headers, b"", 5)


def test_a_line_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not parsed beyond it."""
    monkeypatch.setattr(answers, "MAX_LINE_BYTES", 100)
    with pytest.raises(SourceRefused, match="a line has 5,002 bytes"):
        page_of(HEADERS, b'"' + b"x" * 5_000 + b'"', 5)


def test_a_path_never_comes_from_the_source() -> None:
    """The folders of a source file are cut off, as answers show it."""
    members = json.loads(to_json(CHANGES[0]))
    members["entry"]["source"]["file"] = "/etc/passwd"
    (change,) = page_of(HEADERS, json.dumps(members).encode(), 5).changes
    assert change.entry is not None
    assert str(change.entry.source) == "passwd:12"

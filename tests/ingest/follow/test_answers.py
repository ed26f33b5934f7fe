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

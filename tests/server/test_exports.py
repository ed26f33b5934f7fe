"""Exports over HTTP."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from fastapi.testclient import TestClient

from semsearch.exporters import TARGETS
from semsearch.search.glossary import Glossary
from tests.server.conftest import ENTRIES

KITCHEN = "/v1/glossaries/kitchen/export"
COUNT = sum(entry.glossary == "kitchen" for entry in ENTRIES)


@pytest.mark.parametrize("name", list(TARGETS))
def test_a_glossary_is_given_in_every_format(client: TestClient, name: str) -> None:
    """Every format has its media type and a file name."""
    response = client.get(KITCHEN, params={"format": name})
    assert response.status_code == 200
    expected = "application/zip" if TARGETS[name].is_several else TARGETS[name].media_type
    assert response.headers["content-type"] == expected
    suffix = ".zip" if TARGETS[name].is_several else TARGETS[name].suffix
    assert response.headers["content-disposition"].endswith(f"''kitchen{suffix}")
    if TARGETS[name].is_several:
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            assert TARGETS[name].suffix in {
                f".{one.rpartition('.')[2]}" for one in archive.namelist()
            }
            assert archive.testzip() is None
    else:
        assert next(e.term for e in ENTRIES if e.glossary == "kitchen") in response.text


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/jsonl"),
        ("text/turtle", "text/turtle"),
        ("text/csv;q=0.5, application/rdf+xml", "application/rdf+xml"),
        ("application/pdf, text/*;q=0.1", "text/"),
        ("text/turtle;q=0, application/ld+json", "application/ld+json"),
        ("application/jsonl;q=0, */*;q=0.1", "text/"),
        ("TEXT/Turtle", "text/turtle"),
    ],
)
def test_the_format_is_what_is_accepted_most_gladly(
    client: TestClient, accept: str, kind: str
) -> None:
    """The weights of `Accept` decide, then its order."""
    response = client.get(KITCHEN, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(kind)


@pytest.mark.parametrize(
    "accept", ["*," * 7_500, 'a/b;c="' + ";" * 15_000, "text/csv;a=" + "b" * 990]
)
def test_a_header_that_is_too_long_is_not_parsed(client: TestClient, accept: str) -> None:
    """Parsing it takes a tenth of a second; a parameter needs no header."""
    refused = client.get(KITCHEN, headers={"Accept": accept})
    assert (refused.status_code, refused.json()["type"]) == (406, "/problems/not-acceptable")
    assert "at most 1,000 are read" in refused.json()["detail"]
    named = client.get(KITCHEN, params={"format": "turtle"}, headers={"Accept": accept})
    assert named.headers["content-type"].startswith("text/turtle")
    short = client.get(KITCHEN, headers={"Accept": "text/csv;a=" + "b" * 989})
    assert short.headers["content-type"].startswith("text/csv")


@pytest.mark.parametrize("name", list(TARGETS))
def test_an_export_says_what_it_lost(client: TestClient, glossary: Glossary, name: str) -> None:
    """The header has the losses in words and a link to the entries, as the command prints them."""
    said = client.get(KITCHEN, params={"format": name}).headers
    assert said["semsearch-losses"] == TARGETS[name].without
    path, kind = re.fullmatch(r'<(.*)>; rel="describedby"; type="(.*)"', said["link"]).groups()  # type: ignore[union-attr]
    losses = client.get(path)
    assert (losses.status_code, losses.headers["content-type"]) == (200, kind)
    expected = [(loss.id, [*loss.parts]) for loss in glossary.export("kitchen", name).losses()]
    told = [json.loads(line) for line in losses.text.splitlines()]
    assert [(one["id"], one["lost"]) for one in told] == expected
    assert bool(expected) == (name not in ("jsonl", "table", "markdown"))
    again = client.get(path, headers={"If-None-Match": losses.headers["etag"]})
    assert again.status_code == 304


def test_all_entries_are_there_and_need_not_be_fetched_twice(client: TestClient) -> None:
    """JSON Lines unless something else is asked for."""
    response = client.get(KITCHEN)
    ids = [json.loads(line)["id"] for line in response.text.splitlines()]
    assert len(ids) == len(set(ids)) == COUNT
    again = client.get(KITCHEN, headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_not_there_is_refused(client: TestClient) -> None:
    """A glossary, a format, and a type that nothing has."""
    assert client.get("/v1/glossaries/nowhere/export").status_code == 404
    unknown = client.get(KITCHEN, params={"format": "docx"})
    assert unknown.status_code == 422
    assert "turtle" in unknown.text
    assert client.get("/v1/glossaries/nowhere/export/losses?format=tbx").status_code == 404
    assert client.get(f"{KITCHEN}/losses", params={"format": "docx"}).status_code == 422
    nothing = client.get(KITCHEN, headers={"Accept": "application/pdf"})
    assert (nothing.status_code, nothing.json()["type"]) == (406, "/problems/not-acceptable")

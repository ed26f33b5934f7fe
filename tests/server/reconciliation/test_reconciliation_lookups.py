"""Suggestions, proposed properties and previews, at the paths of both versions."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.server.conftest import HOSTILE, problem_of

VERSIONS = ("/reconcile", "/reconcile/draft")


@pytest.mark.parametrize("base", VERSIONS)
def test_suggestions_are_read_in_parts(local: TestClient, base: str) -> None:
    """`offset` skips some, or `cursor` in version 0.2; an answer has an ETag."""
    path = f"{base}/suggest/property"
    everything = [one["id"] for one in local.get(path).json()["result"]]
    assert everything[0] == "definition"
    for name in ("offset", "cursor"):
        part = local.get(path, params={"limit": 2, name: 1}).json()["result"]
        assert [one["id"] for one in part] == everything[1:3]
    entities = local.get(f"{base}/suggest/entity", params={"prefix": "ke", "limit": 5})
    assert entities.json()["result"][0]["notable"] == [{"id": "ships", "name": "ships"}]
    again = {"If-None-Match": entities.headers["etag"]}
    assert local.get(f"{base}/suggest/entity?prefix=ke&limit=5", headers=again).status_code == 304
    problem_of(local.get(f"{base}/suggest/entity?limit=0"), 422, "invalid-request")


@pytest.mark.parametrize("base", VERSIONS)
def test_properties_are_proposed_for_every_type(local: TestClient, base: str) -> None:
    """With the type as it was asked, and at most as many as wanted."""
    proposal = local.get(f"{base}/extend/propose?type=ships&limit=2").json()
    assert (proposal["type"], proposal["limit"]) == ("ships", 2)
    assert [one["name"] for one in proposal["properties"]] == ["Definition", "Term"]


@pytest.mark.parametrize("base", VERSIONS)
def test_a_preview_runs_nothing_and_may_be_framed(local: TestClient, base: str) -> None:
    """No other page may be framed."""
    page = local.get(f"{base}/preview", params={"id": "ships:hostile"})
    assert page.status_code == 200
    assert HOSTILE not in page.text
    assert "<script" not in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; ")
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" not in policy
    assert page.headers["cross-origin-resource-policy"] == "cross-origin"
    other = local.get("/entry/ships:keel").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in other
    problem_of(local.get(f"{base}/preview?id=ships:mast"), 404, "entry-not-found")

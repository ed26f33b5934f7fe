"""Manifests say where everything is."""

from __future__ import annotations

from dataclasses import replace

from starlette.testclient import TestClient

from semsearch.core.index_info import GlossaryInfo
from semsearch.core.presentation import GlossaryText, Presentation
from semsearch.server.reconciliation.manifest import draft_manifest, manifest
from semsearch.web import Site
from tests.server.reconciliation.conftest import ADDRESS

URL = "https://words.example/terms/"
SITE = Site(address=URL, glossaries=(GlossaryInfo("ships", 4),))


def test_addresses_begin_with_the_public_url() -> None:
    """Also below a path; templates are those of each version."""
    earlier = manifest(SITE, is_open=True)
    assert earlier["versions"] == ["0.2"]
    assert earlier["view"] == {"url": f"{URL}entry/{{{{id}}}}"}
    assert earlier["preview"]["url"] == f"{URL}reconcile/preview?id={{{{id}}}}"
    assert earlier["suggest"]["entity"]["service_url"] == f"{URL}reconcile"
    draft = draft_manifest(SITE, is_open=True)
    assert draft["versions"] == ["1.0-draft"]
    assert draft["view"] == {"url": f"{URL}entry/{{id}}"}
    assert draft["suggest"] == {"entity": True, "property": True, "type": False}
    for one in (earlier, draft):
        assert one["batchSize"] == 50
        assert "authentication" not in one
        assert one["defaultTypes"] == [{"id": "ships", "name": "ships"}]


def test_the_owner_is_named_and_shown() -> None:
    """Glossaries have their titles. A logo that needs a key is left out."""
    about = Presentation(
        logo="iVBORw==", logo_type="image/png", glossaries={"ships": GlossaryText("Ships & boats")}
    )
    site = replace(SITE, about=about)
    for make in (manifest, draft_manifest):
        opened = make(site, is_open=True)
        assert opened["defaultTypes"] == [{"id": "ships", "name": "Ships & boats"}]
        assert opened["logo"] == f"{URL}logo.png"
        assert make(site, is_open=False)["logo"] == f"{URL}static/favicon.svg"


def test_a_closed_service_names_the_scheme() -> None:
    """Both versions describe security schemes as OpenAPI does."""
    for made in (manifest, draft_manifest):
        closed = made(SITE, is_open=False)
        assert closed["authentication"] == {"type": "http", "scheme": "bearer"}


def test_every_address_of_the_manifest_answers(local: TestClient) -> None:
    """None of them leads nowhere."""
    found = local.get("/reconcile").json()
    suggest = [one["service_url"] + one["service_path"] for one in found["suggest"].values()]
    propose = found["extend"]["propose_properties"]
    pages = [found[name]["url"].replace("{{id}}", "ships:keel") for name in ("view", "preview")]
    urls = [
        *suggest,
        *pages,
        propose["service_url"] + propose["service_path"],
        found["documentation"],
        found["logo"],
    ]
    assert all(url.startswith(ADDRESS) for url in urls)
    assert {local.get(url).status_code for url in urls} == {200}

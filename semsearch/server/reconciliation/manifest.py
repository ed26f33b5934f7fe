"""Service manifests: what the service offers, and where."""

from __future__ import annotations

from typing import Any

from semsearch.core.version import __version__
from semsearch.server.http.paths import RECONCILE_PATH
from semsearch.server.reconciliation.queries import MAX_QUERIES
from semsearch.web import Site

PREVIEW = {"width": 420, "height": 300}
"""Pixels of a preview."""


def _common(site: Site, *, is_open: bool) -> dict[str, Any]:
    """Return the members that both versions have."""
    manifest: dict[str, Any] = {
        "name": site.about.title,
        "documentation": f"{site.address}docs",
        "serviceVersion": __version__,
        "logo": site.address + site.icon_path(is_open=is_open),
        "defaultTypes": [
            {"id": one.name, "name": site.about.text_of(one.name).title} for one in site.glossaries
        ],
        "batchSize": MAX_QUERIES,
    }
    if not is_open:
        manifest["authentication"] = {"type": "http", "scheme": "bearer"}
    return manifest


def manifest(site: Site, *, is_open: bool) -> dict[str, Any]:
    """Return the manifest of version 0.2.

    Args:
        site: with the address of the service, and the glossaries that the caller may see. They are
            the types of the entities.
        is_open: whether no key is needed.
    """
    url = site.address
    base = url + RECONCILE_PATH.removeprefix("/")
    return {
        "versions": ["0.2"],
        "identifierSpace": f"{url}entry/",
        "schemaSpace": f"{url}glossary/",
        **_common(site, is_open=is_open),
        "view": {"url": f"{url}entry/{{{{id}}}}"},
        "preview": {"url": f"{base}/preview?id={{{{id}}}}", **PREVIEW},
        "suggest": {
            "entity": {"service_url": base, "service_path": "/suggest/entity"},
            "property": {"service_url": base, "service_path": "/suggest/property"},
        },
        "extend": {
            "propose_properties": {"service_url": base, "service_path": "/extend/propose"},
            "property_settings": [],
        },
    }


def draft_manifest(site: Site, *, is_open: bool) -> dict[str, Any]:
    """Return the manifest of version 1.0-draft, whose paths follow from that of the manifest.

    Args:
        site: as for `manifest`.
        is_open: as for `manifest`.
    """
    return {
        "versions": ["1.0-draft"],
        **_common(site, is_open=is_open),
        "standardizedScore": True,
        "view": {"url": f"{site.address}entry/{{id}}"},
        "preview": PREVIEW,
        "suggest": {"entity": True, "property": True, "type": False},
        "extend": {"proposeProperties": True, "propertySettings": []},
    }

"""A client that behaves as OpenRefine does with a service of version 0.2.

It knows one address, and takes all others from the manifest. Its page, which asks for suggestions
and shows previews, has another origin than the service.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx2
from starlette.testclient import TestClient

ORIGIN = "http://127.0.0.1:3333"
BATCH = 10
"""Rows that OpenRefine sends together."""


class OpenRefine:
    """A reconciliation session.

    Args:
        client: sends requests.
        address: of the service, as a user types it.
    """

    def __init__(self, client: TestClient, address: str) -> None:
        self._client = client
        self._address = address
        self.manifest: dict[str, Any] = self._get(address).json()
        assert "0.2" in self.manifest["versions"]

    def _get(self, url: str, **parameters: str) -> httpx2.Response:
        response: httpx2.Response = self._client.get(
            url, params=parameters or None, headers={"Origin": ORIGIN}
        )
        assert response.status_code == 200, response.text
        assert response.headers["access-control-allow-origin"] in (ORIGIN, "*")
        return response

    def reconcile(
        self,
        cells: Sequence[str],
        type: str | None = None,
        properties: Mapping[str, Sequence[str]] | None = None,
    ) -> list[list[dict[str, Any]]]:
        """Return the candidates of each cell.

        Args:
            cells: the texts of a column.
            type: of the entities, as chosen by the user.
            properties: by id, the texts of another column.
        """
        found: list[list[dict[str, Any]]] = []
        for first in range(0, len(cells), BATCH):
            batch: dict[str, dict[str, Any]] = {}
            for n, cell in enumerate(cells[first : first + BATCH]):
                query: dict[str, Any] = {"query": cell, "type_strict": "should"}
                if type:
                    query["type"] = type
                if properties:
                    query["properties"] = [
                        {"pid": pid, "v": column[first + n]} for pid, column in properties.items()
                    ]
                batch[f"q{n}"] = query
            response = self._client.post(self._address, data={"queries": json.dumps(batch)})
            assert response.status_code == 200, response.text
            results = response.json()
            assert set(results) == set(batch)
            found += [results[key]["result"] for key in batch]
        return found

    def suggest(self, kind: str, prefix: str) -> list[dict[str, Any]]:
        """Return what is suggested while the user types."""
        service = self.manifest["suggest"][kind]
        url = service["service_url"] + service["service_path"]
        result: list[dict[str, Any]] = self._get(url, prefix=prefix, cursor="0").json()["result"]
        return result

    def preview(self, id: str) -> httpx2.Response:
        """Return the page that OpenRefine frames for a candidate."""
        return self._get(self.manifest["preview"]["url"].replace("{{id}}", quote(id, safe="")))

    def view(self, id: str) -> httpx2.Response:
        """Return the page to which a candidate links."""
        url = self.manifest["view"]["url"].replace("{{id}}", quote(id, safe=""))
        return self._client.get(url)

    def proposed(self, type: str) -> list[str]:
        """Return the ids of the properties that the user may add as columns."""
        service = self.manifest["extend"]["propose_properties"]
        proposal = self._get(service["service_url"] + service["service_path"], type=type).json()
        assert proposal["type"] == type
        return [one["id"] for one in proposal["properties"]]

    def columns(self, ids: Sequence[str], properties: Sequence[str]) -> dict[str, Any]:
        """Return the values of new columns, by id of the entity."""
        wanted = {"ids": ids, "properties": [{"id": one, "settings": {}} for one in properties]}
        response = self._client.post(self._address, data={"extend": json.dumps(wanted)})
        assert response.status_code == 200, response.text
        extension = response.json()
        assert [one["id"] for one in extension["meta"]] == properties
        rows: dict[str, Any] = extension["rows"]
        assert set(rows) == set(ids)
        return rows

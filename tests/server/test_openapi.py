"""The interface description: `app`, `http.openapi`, `http.openapi_examples`, `routes.health`.

Covers `server/http/openapi_examples`, `server/schemas/answers`, `server/schemas/base`,
`server/schemas/entries`, `server/schemas/glossaries`, `server/schemas/imports`,
`server/schemas/maps`, `server/schemas/reconciliation`, `server/schemas/related`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from semsearch.server.http.min_revision import REVISION_HEADER
from semsearch.server.http.problems import Problem
from semsearch.server.routes.health import Health
from semsearch.server.schemas.answers import WireAnswer, WireSuggestion
from semsearch.server.schemas.entries import (
    WireChange,
    WireDeletedEntry,
    WireEntryPlace,
    WireStoredEntry,
    WireVersion,
)
from semsearch.server.schemas.exports import WireExportLoss
from semsearch.server.schemas.gaps import WireGapReport
from semsearch.server.schemas.glossaries import WireGlossaryInfo
from semsearch.server.schemas.imports import WireImportReport
from semsearch.server.schemas.inbox import WireInboxItem
from semsearch.server.schemas.info import WireServiceInfo
from semsearch.server.schemas.maps import WireComparison, WireMapPart, WirePlace
from semsearch.server.schemas.reconciliation import (
    WireEntitySuggestions,
    WireExtension,
    WirePropertyProposal,
    WirePropertySuggestions,
    WireResult,
    WireResults,
)
from semsearch.server.schemas.related import WireRelated

COMMITTED = Path(__file__).with_name("openapi.json")
FILES = {"exportGlossary", "backUp"}
"""Answered with files of other formats, which have no model here."""
WITHOUT_CONTENT = {"hitOpened", "ignoreQuestions"}
"""Answered with 204: their own tests send them."""
OPERATIONS = {
    "search": ("GET", "/v1/search?q=soup"),
    "searchBatch": ("POST", "/v1/search"),
    "getEntry": ("GET", "/v1/entries/kitchen:whisk"),
    "entryHistory": ("GET", "/v1/entries/kitchen:whisk/history"),
    "listChanges": ("GET", "/v1/changes?since=7"),
    "relatedEntries": ("GET", "/v1/entries/kitchen:whisk/related"),
    "listGlossaries": ("GET", "/v1/glossaries"),
    "serviceInfo": ("GET", "/v1/info"),
    "exportLosses": ("GET", "/v1/glossaries/kitchen/export/losses?format=dictd"),
    "suggest": ("GET", "/v1/suggest?q=wh"),
    "map": ("GET", "/v1/map?start=2&limit=3"),
    "mapQuestion": ("GET", "/v1/map/question?q=soup"),
    "similarity": ("GET", "/v1/similarity?a=pot&b=pan"),
    "reconcile": ("GET", "http://localhost/reconcile"),
    "reconcileBatch": ("POST", "/reconcile"),
    "reconcileDraft": ("GET", "http://localhost/reconcile/draft"),
    "reconcileMatch": ("POST", "/reconcile/draft/match"),
    "reconcileExtend": ("POST", "/reconcile/draft/extend"),
    "proposeProperties": ("GET", "/reconcile/extend/propose?type=ships"),
    "proposePropertiesDraft": ("GET", "/reconcile/draft/extend/propose?type=ships"),
    "suggestEntities": ("GET", "/reconcile/suggest/entity?prefix=wh"),
    "suggestEntitiesDraft": ("GET", "/reconcile/draft/suggest/entity?prefix=wh"),
    "suggestProperties": ("GET", "/reconcile/suggest/property?prefix=def"),
    "suggestPropertiesDraft": ("GET", "/reconcile/draft/suggest/property?prefix=def"),
    "livez": ("GET", "/livez"),
    "readyz": ("GET", "/readyz"),
}

_WHISK = {"ids": ["kitchen:whisk"], "properties": [{"id": "definition"}, {"id": "see_also"}]}
BODIES: dict[str, dict[str, Any]] = {
    "searchBatch": {"json": {"questions": ["soup", "GPS"]}},
    "reconcileBatch": {"data": {"queries": json.dumps({"a": {"query": "whisks"}})}},
    "reconcileMatch": {
        "json": {"queries": [{"conditions": [{"matchType": "name", "propertyValue": "GPS"}]}]}
    },
    "reconcileExtend": {"json": _WHISK},
}
"""What operations with a body are sent."""

MODELS: dict[str, TypeAdapter[Any]] = {
    "search": TypeAdapter(WireAnswer),
    "searchBatch": TypeAdapter(list[WireAnswer]),
    "getEntry": TypeAdapter(WireStoredEntry),
    "entryHistory": TypeAdapter(list[WireVersion]),
    "listChanges": TypeAdapter(WireChange),
    "relatedEntries": TypeAdapter(WireRelated),
    "listGlossaries": TypeAdapter(list[WireGlossaryInfo]),
    "serviceInfo": TypeAdapter(WireServiceInfo),
    "exportLosses": TypeAdapter(WireExportLoss),
    "suggest": TypeAdapter(list[WireSuggestion]),
    "map": TypeAdapter(WireMapPart),
    "mapQuestion": TypeAdapter(WirePlace),
    "similarity": TypeAdapter(WireComparison),
    "reconcile": TypeAdapter(dict[str, Any]),
    "reconcileBatch": TypeAdapter(dict[str, WireResult]),
    "reconcileDraft": TypeAdapter(dict[str, Any]),
    "reconcileMatch": TypeAdapter(WireResults),
    "reconcileExtend": TypeAdapter(WireExtension),
    "proposeProperties": TypeAdapter(WirePropertyProposal),
    "proposePropertiesDraft": TypeAdapter(WirePropertyProposal),
    "suggestEntities": TypeAdapter(WireEntitySuggestions),
    "suggestEntitiesDraft": TypeAdapter(WireEntitySuggestions),
    "suggestProperties": TypeAdapter(WirePropertySuggestions),
    "suggestPropertiesDraft": TypeAdapter(WirePropertySuggestions),
    "livez": TypeAdapter(Health),
    "readyz": TypeAdapter(Health),
}

EDITS: dict[str, TypeAdapter[Any]] = {
    "addEntry": TypeAdapter(WireStoredEntry),
    "putEntry": TypeAdapter(WireStoredEntry),
    "changeEntry": TypeAdapter(WireStoredEntry),
    "deleteEntry": TypeAdapter(WireDeletedEntry),
    "restoreEntry": TypeAdapter(WireStoredEntry),
    "importEntries": TypeAdapter(WireImportReport),
}
"""Operations that change the index: `test_editing` holds what they answer to their models."""

OWNERS: dict[str, TypeAdapter[Any]] = {
    "getGaps": TypeAdapter(WireGapReport),
    "suggestToOwner": TypeAdapter(WireInboxItem),
    "listSuggestions": TypeAdapter(list[WireInboxItem]),
    "decideSuggestion": TypeAdapter(WireInboxItem),
}
"""Operations for owners, and one that writes to them: `test_gaps` and `test_inbox` send them."""


MIRRORS: dict[str, TypeAdapter[Any]] = {"listPlaces": TypeAdapter(WireEntryPlace)}
"""Operations for mirrors: `test_mirrors` sends them."""


def _operations(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        operation["operationId"]: operation
        for path in schema["paths"].values()
        for operation in path.values()
    }


def _success(operation: dict[str, Any]) -> dict[str, Any]:
    """Return what is declared of the answer to a request that succeeds."""
    responses = operation["responses"]
    (content,) = responses.get("200", responses.get("201"))["content"].values()
    assert isinstance(content, dict)
    return content


def _item(model: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON schema of a model, or that of the items of a list."""
    if "items" not in model:
        return model
    found = model["$defs"][model["items"]["$ref"].rpartition("/")[2]]
    assert isinstance(found, dict)
    return found


def test_committed_description_is_current(client: TestClient) -> None:
    """A change of the interface is seen in review."""
    served = client.get("/openapi.json").json()
    assert served == json.loads(COMMITTED.read_text()), (
        "the interface changed; if it should, run `python -m tools.write_openapi`"
    )


def test_every_operation_is_described(app: FastAPI) -> None:
    """Id, summary, description, tag, response model, problems: none is left to a default."""
    operations = _operations(app.openapi())
    assert set(operations) == {*OPERATIONS, *EDITS, *OWNERS, *MIRRORS, *WITHOUT_CONTENT, *FILES}
    for name, operation in operations.items():
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name
        assert name in {*WITHOUT_CONTENT, *FILES} or _success(operation)["schema"], name
        errors = {s: r for s, r in operation["responses"].items() if int(s) >= 400}
        assert "500" in errors, name
        for response in errors.values():
            schema = response["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}
            assert list(response["content"]) == ["application/problem+json"]
            for example in response["content"]["application/problem+json"]["examples"].values():
                Problem.model_validate(example["value"])
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (name, parameter["name"])
    assert "HTTPValidationError" not in app.openapi()["components"]["schemas"]


def test_examples_are_of_their_models(app: FastAPI) -> None:
    """An example that is copied works, and no member of it is missing."""
    for name, operation in _operations(app.openapi()).items():
        if operation["tags"] != ["health"] and name not in {*WITHOUT_CONTENT, *FILES}:
            model = (MODELS | EDITS | OWNERS | MIRRORS)[name]
            model.validate_json(json.dumps(_success(operation)["example"]), strict=True)


@pytest.mark.parametrize("name", OPERATIONS)
def test_answers_are_of_their_models(app: FastAPI, client: TestClient, name: str) -> None:
    """What is declared is what is sent, each member once."""
    method, path = OPERATIONS[name]
    response = client.request(method, path, **BODIES.get(name, {}))
    assert response.status_code == 200
    MODELS[name].validate_json(response.content, strict=True)
    operation = _operations(app.openapi())[name]
    declared = _success(operation)
    headers = operation["responses"]["200"].get("headers", {})
    assert (REVISION_HEADER in response.headers) == (REVISION_HEADER in headers)
    schema = declared["schema"].get("items", declared["schema"])
    if "$ref" not in schema:  # members by keys that are not declared
        return
    model = MODELS[name].json_schema()
    assert schema["$ref"].split("/")[-1] == _item(model)["title"]


_KINDS: dict[str, type] = {"string": str, "integer": int, "number": float, "null": type(None)}


def _fits(value: object, schema: dict[str, Any]) -> bool:
    """Tell whether a value is of the kind of a schema and within its bounds."""
    if "anyOf" in schema:
        return any(_fits(value, one) for one in schema["anyOf"])
    if not isinstance(value, _KINDS.get(schema.get("type", ""), object)):
        return False
    if isinstance(value, str):
        length = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
        return length and re.search(schema.get("pattern", ""), value) is not None
    if isinstance(value, int | float):
        return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    return True


def test_examples_of_parameters_are_within_their_bounds(app: FastAPI) -> None:
    """Each parameter outside the path has an example, which its own schema accepts."""
    parameters = [
        parameter
        for operation in _operations(app.openapi()).values()
        for parameter in operation.get("parameters", [])
    ]
    assert {"q", "limit", "If-Match"} <= {one["name"] for one in parameters}
    for one in parameters:
        examples = one["schema"].get("examples", [])
        assert examples or one["in"] == "path", one["name"]
        assert all(_fits(example, one["schema"]) for example in examples), one
    assert not _fits(101, {"type": "integer", "maximum": 100})
    assert not _fits("", {"anyOf": [{"type": "string", "minLength": 1}, {"type": "null"}]})


@pytest.mark.parametrize("path", ["/v1/search", "/v1/search?q=%FF", "/v1/entries/none", "/none"])
def test_problems_are_of_their_model(client: TestClient, path: str) -> None:
    """An error has the shape that is declared."""
    Problem.model_validate_json(client.get(path).content, strict=True)

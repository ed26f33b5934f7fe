"""Holds the Reconciliation API against the schemas and examples of its specification.

    python -m tools.reconciliation_cases FOLDER

FOLDER is a checkout of github.com/reconciliation-api/specs, whose schemas the public test bench
uses. For versions 0.2 and 1.0-draft, every valid example of a query must be answered, every invalid
one refused, and every answer must be of its schema. Prints each case that is not, and the number of
all; the exit code is 1 if any is not.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
from jsonschema import Draft7Validator, ValidationError
from referencing import Registry, Resource
from referencing.exceptions import NoSuchResource
from referencing.jsonschema import DRAFT7
from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.ingest.build import build_index
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from tests.server.conftest import ENTRIES

ADDRESS = "http://127.0.0.1:8000"
ORIGIN = "https://reconciliation-api.github.io"
ID = "kitchen:whisk"
Send = Callable[[TestClient, Any], httpx2.Response]
"""Sends an example of a query."""


def _form(field: str) -> Send:
    return lambda client, value: client.post("/reconcile", data={field: json.dumps(value)})


def _body(path: str) -> Send:
    return lambda client, value: client.post(f"/reconcile/draft/{path}", json=value)


SENT: Mapping[str, Mapping[str, tuple[Send, str]]] = {
    "0.2": {
        "reconciliation-query-batch": (_form("queries"), "reconciliation-result-batch"),
        "data-extension-query": (_form("extend"), "data-extension-response"),
    },
    "1.0-draft": {
        "reconciliation-query-batch": (_body("match"), "reconciliation-result-batch"),
        "data-extension-query": (_body("extend"), "data-extension-response"),
    },
}
"""How an example of each kind is sent, and the schema of the answer."""
READ = {
    "": "manifest",
    "/suggest/entity?prefix=wh": "suggest-entities-response",
    "/suggest/property?prefix=def": "suggest-properties-response",
    "/extend/propose?type=kitchen": "data-extension-property-proposal",
}
"""What is read with GET, and its schema."""
OWN: Mapping[str, Mapping[str, Any]] = {
    "0.2": {
        "reconciliation-query-batch": {"a": {"query": "whisks"}, "b": {"query": ID}},
        "data-extension-query": {
            "ids": [ID],
            "properties": [{"id": "aliases"}, {"id": "see_also"}],
        },
    },
    "1.0-draft": {
        "reconciliation-query-batch": {
            "queries": [{"conditions": [{"matchType": "name", "propertyValue": "whisks"}]}]
        },
        "data-extension-query": {
            "ids": [ID],
            "properties": [{"id": "aliases"}, {"id": "see_also"}],
        },
    },
}
"""Queries that find something here, which the examples do not."""


def validators(folder: Path) -> dict[str, Draft7Validator]:
    """Return the validators of a version by the names of their schemas."""
    schemas = {
        file.stem: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted((folder / "schemas").glob("*.json"))
        if file.stem != "openapi"
    }

    def retrieve(uri: str) -> Resource[Any]:
        name = uri.rpartition("/")[2].removesuffix(".json")
        if "swagger.io" in uri:  # of security schemes; it is not of this specification
            contents: Any = {"definitions": {"securityDefinitions": {"additionalProperties": True}}}
        elif name in schemas:
            contents = schemas[name]
        else:
            raise NoSuchResource(uri)
        return Resource.from_contents(contents, default_specification=DRAFT7)

    registry: Registry[Any] = Registry(retrieve=retrieve)  # type: ignore[call-arg]
    return {name: Draft7Validator(one, registry=registry) for name, one in schemas.items()}


def cases(client: TestClient, specs: Path, version: str) -> Iterator[tuple[str, str]]:
    """Yield each case of a version, and what is wrong with it: nothing if it is as it should be."""
    folder = specs / version
    schemas = validators(folder)
    base = "/reconcile" if version == "0.2" else "/reconcile/draft"
    for path, schema in READ.items():
        answer = client.get(base + path, headers={"Origin": ORIGIN})
        yield f"{version} GET {base}{path}", _fault(answer, schemas[schema])
    for kind, (send, schema) in SENT[version].items():
        yield (
            f"{version} {kind} of our own",
            _fault(send(client, OWN[version][kind]), schemas[schema]),
        )
        for example in sorted((folder / "examples" / kind).glob("*/*.json")):
            value = json.loads(example.read_text(encoding="utf-8"))
            answer = send(client, value)
            said = f"{version} {kind}/{example.parent.name}/{example.name}"
            if example.parent.name == "valid":
                yield said, _fault(answer, schemas[schema])
            else:
                is_refused = 400 <= answer.status_code < 500
                yield said, "" if is_refused else f"answered with {answer.status_code}"


def _fault(answer: httpx2.Response, schema: Draft7Validator) -> str:
    """Return what is wrong with an answer to a valid request, nothing if it is right."""
    if answer.status_code != 200:
        return f"{answer.status_code}: {answer.text[:200]}"
    try:
        schema.validate(answer.json())
    except ValidationError as error:
        return f"{'/'.join(map(str, error.path))}: {error.message[:200]}"
    return ""


def main() -> int:
    """Print the cases that are not as they should be."""
    specs = Path(sys.argv[1])
    count = wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        build_index(ENTRIES, folder, model="hashed")
        with Glossary.open(folder) as glossary:
            app = create_app(glossary, load_settings(index=folder, public_url=ADDRESS))
            with TestClient(app, base_url=ADDRESS) as client:
                for version in SENT:
                    for said, fault in cases(client, specs, version):
                        count += 1
                        if fault:
                            wrong += 1
                            sys.stdout.write(f"{said}: {fault}\n")
    sys.stdout.write(f"{count - wrong} of {count} cases are as they should be\n")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())

"""The command that holds the Reconciliation API against its specification finds faults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.ingest.build import build_index
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from tests.server.conftest import ENTRIES
from tools.reconciliation_cases import ADDRESS, OWN, READ, SENT, cases

SCHEMAS = {
    *READ.values(),
    *(schema for kinds in SENT.values() for _, schema in kinds.values()),
    "type",
}


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """Give a specification whose schemas accept every object, with three examples."""
    for version in SENT:
        folder = tmp_path / version
        (folder / "schemas").mkdir(parents=True)
        for name in SCHEMAS:
            _write(folder / "schemas" / f"{name}.json", {"type": "object"})
        for kind in SENT[version]:
            _write(folder / "examples" / kind / "valid" / "own.json", OWN[version][kind])
            _write(folder / "examples" / kind / "invalid" / "list.json", [])
    return tmp_path


def _write(file: Path, value: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value))


def _faults(specs: Path, folder: Path) -> dict[str, str]:
    build_index(ENTRIES, folder, model="hashed")
    with Glossary.open(folder) as glossary:
        settings = load_settings(index=folder, public_url=ADDRESS, read="open")
        app = create_app(glossary, settings)
        with TestClient(app, base_url=ADDRESS) as client:
            found = [case for version in SENT for case in cases(client, specs, version)]
    assert len(found) == len(SENT) * (len(READ) + 2 * 3)
    return {said: fault for said, fault in found if fault}


def test_all_is_as_it_should_be(specs: Path, tmp_path: Path) -> None:
    """Valid examples are answered by objects, lists are refused."""
    assert _faults(specs, tmp_path / "index") == {}


def test_answers_of_another_shape_and_accepted_mistakes_are_found(
    specs: Path, tmp_path: Path
) -> None:
    """References between schemas are followed."""
    reference: dict[str, Any] = {"properties": {"defaultTypes": {"$ref": "type.json"}}}
    _write(specs / "0.2" / "schemas" / "manifest.json", reference)
    _write(specs / "0.2" / "schemas" / "type.json", {"type": "string"})
    kind = "data-extension-query"
    _write(specs / "1.0-draft" / "examples" / kind / "invalid" / "list.json", OWN["0.2"][kind])
    faults = _faults(specs, tmp_path / "index")
    assert set(faults) == {
        "0.2 GET /reconcile",
        f"1.0-draft {kind}/invalid/list.json",
    }
    assert "is not of type 'string'" in faults["0.2 GET /reconcile"]

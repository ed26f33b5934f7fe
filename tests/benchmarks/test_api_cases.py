"""The short form of `benchmarks.api_cases`: requests drawn from the interface description."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import api_cases
from tests.conftest import PROJECT

INTERFACE = PROJECT / "tests" / "server" / "openapi.json"


@pytest.mark.fuzz
def test_drawn_requests_are_answered_as_declared(own_hashed_index: Path) -> None:
    """Valid and invalid ones, without a key and with one, of every operation."""
    answers = api_cases.draw(own_hashed_index, 6, number=20261130)
    described = json.loads(INTERFACE.read_text(encoding="utf-8"))["paths"]
    assert {label for label, _ in answers} == {
        f"{method.upper()} {path}" for path, methods in described.items() for method in methods
    }
    assert {200, 201, 401, 404, 422} <= {status for _, status in answers}

"""What the clients take from the interface description is current."""

from __future__ import annotations

import pytest

from tools import write_clients

HINT = (
    "the interface changed: run `npm ci` in clients/typescript and `python -m tools.write_clients`"
)


@pytest.mark.process
def test_generated_files_are_current() -> None:
    """Modules of the Python client, and the versions of both."""
    files = write_clients.python_files() | write_clients.package_files()
    for path, text in files.items():
        assert path.read_text(encoding="utf-8") == text, (path.name, HINT)


def test_types_are_of_this_description() -> None:
    """Their first line says which one they were made of, so Node is not needed to see it."""
    types = write_clients.TYPES.read_text(encoding="utf-8")
    assert types.startswith(write_clients.stamp()), HINT


@pytest.mark.process
@pytest.mark.skipif(
    not write_clients.GENERATOR.exists(), reason="no node_modules in clients/typescript"
)
def test_types_are_those_that_the_generator_writes() -> None:
    """To the letter."""
    types = write_clients.TYPES.read_text(encoding="utf-8")
    assert types == write_clients.typescript_types(), HINT

"""Writes the description of the HTTP interface: `python -m tools.write_openapi`.

`tests/server/test_openapi.py` compares the service with it.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from semsearch.core.settings import load_settings
from semsearch.ingest.build import build_index
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from tests.server.conftest import ENTRIES

OPENAPI = Path(__file__).parents[1] / "tests" / "server" / "openapi.json"


def main() -> None:
    """Write the committed description anew."""
    with tempfile.TemporaryDirectory() as folder:
        build_index(ENTRIES, folder, model="hashed")
        with Glossary.open(folder) as glossary:
            schema = create_app(glossary, load_settings(index=folder, history="open")).openapi()
    OPENAPI.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Writes the description that `test_openapi` compares: `python -m tests.server.write_openapi`."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from semsearch.core.settings import load_settings
from semsearch.ingest.build import build_index
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from tests.server.conftest import ENTRIES


def main() -> None:
    """Write `openapi.json` beside this file."""
    with tempfile.TemporaryDirectory() as folder:
        build_index(ENTRIES, folder, model="hashed")
        with Glossary.open(folder) as glossary:
            schema = create_app(glossary, load_settings(index=folder)).openapi()
    file = Path(__file__).with_name("openapi.json")
    file.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

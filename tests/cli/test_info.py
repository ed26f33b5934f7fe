"""What `semsearch info` prints.

Covers `cli/output/common`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.cli.output import common
from semsearch.search.glossary import Glossary
from semsearch.server.workers.process import Listening
from tests.cli.running import run


def test_info(hashed_index: Path) -> None:
    """`semsearch info` prints a table, and JSON with --json."""
    info = json.loads(run("info", "-i", str(hashed_index), "--json").stdout)
    assert info["glossaries"] == [
        {"name": "bakery", "entries": 5},
        {"name": "harbour", "entries": 2},
    ]
    shown = run("info", "-i", str(hashed_index)).stdout.decode()
    assert "7 (20 vectors)" in shown
    assert "flat, chosen by its size; it compares every entry; 0.0 MB" in shown


def test_an_index_of_the_former_default_gets_a_hint(
    glossary: Glossary, capsys: pytest.CaptureFixture[str]
) -> None:
    """`info` and `serve` print the hint as the last line, JSON never has it."""
    former = replace(glossary.info(), model="all-MiniLM-L6-v2")
    listening = Listening("http://127.0.0.1:8000", "what is a hull?", former)
    hint = "hint The index was built with all-MiniLM-L6-v2; today's default is "
    common.info(former, named_model=None, as_json=False)
    assert capsys.readouterr().out.splitlines()[-1].startswith(hint)
    common.serving(listening, named_model=None)
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("semsearch answers on http://127.0.0.1:8000 (")
    assert said[-1].startswith(hint)
    common.serving(listening, named_model="base")
    common.info(former, named_model="base", as_json=False)
    common.info(former, named_model=None, as_json=True)
    assert "hint" not in capsys.readouterr().out

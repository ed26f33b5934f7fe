"""The Sphinx extension, in a real build."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

CONF = """extensions = ["semsearch.doc_sites.sphinx"]
semsearch_glossaries = {glossaries}
semsearch_address = "https://terms.example/"
"""


def _built(folder: Path, glossaries: list[str], builder: str = "html") -> str:
    (folder / "conf.py").write_text(CONF.format(glossaries=glossaries))
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-b", builder, str(folder), str(folder / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A small documentation with its glossary."""
    (tmp_path / "index.rst").write_text(
        "Leaven\n======\n\nAbout leaven. More ``leaven`` and crumb.\n"
    )
    (tmp_path / "glossary.md").write_text("# Leaven\n\nIt raises dough.\n\n# Crumb\n\nInside.\n")
    return tmp_path


@pytest.mark.process
def test_terms_are_explained_when_pages_are_built(source: Path) -> None:
    """Also when only some are built again."""
    for _ in range(2):
        assert _built(source, ["glossary.md"]) == ""
        page = (source / "out/index.html").read_text()
        assert re.findall(r'class="semsearch-term" data-term="([^"]+)"', page) == [
            "glossary:leaven",
            "glossary:crumb",
        ]
        assert (source / "out/semsearch-terms/terms.json").exists()


@pytest.mark.process
def test_what_cannot_be_read_is_said(source: Path) -> None:
    """In one line; other builders are left alone."""
    assert "semsearch: " in _built(source, ["none.md"])
    assert "none.md: no such file or folder" in _built(source, ["none.md"])
    assert "name at least one file" in _built(source, [])
    assert _built(source, ["none.md"], "text") == ""

"""The MkDocs plugin, in a real build."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = """site_name: Bread
plugins:
  - semsearch:
      glossaries: [terms/bakery.md]
      address: https://terms.example/
"""


@pytest.mark.process
def test_terms_are_explained_when_pages_are_built(tmp_path: Path) -> None:
    """The plugin is found by its name; pages at any depth load the same files."""
    for name, text in {
        "mkdocs.yml": CONFIG,
        "terms/bakery.md": "# Leaven\n\nIt raises dough.\n",
        "docs/index.md": "# Start\n\nAbout leaven and `leaven`.\n",
        "docs/deep/more.md": "# More\n\nLeaven again.\n",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q", "--strict"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    start = (tmp_path / "site/index.html").read_text()
    assert re.findall(r'data-term="([^"]+)" href="([^"]+)">(\w+)', start) == [
        ("bakery:leaven", "https://terms.example/entry/bakery:leaven", "leaven")
    ]
    deep = (tmp_path / "site/deep/more/index.html").read_text()
    assert 'src="../../semsearch-terms/terms.js"' in deep
    (tmp_path / "terms/bakery.md").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "bakery.md: no such file or folder" in done.stderr
    assert "Traceback" not in done.stderr

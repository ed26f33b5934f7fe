"""The command line and the HTTP server as users start them, in processes of their own.

The Python API is tried in `test_surface`, the page in `tests/browser/test_asking`, a start as in a
container in `tests/packaging/test_serve_only`. All are marked `surface`; `make test` runs them.

Covers `cli/serve`, `__main__`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

import semsearch
from tests.browser.serving import serving
from tests.built import PROJECT
from tests.own_indexes import new_key

BAKERY = PROJECT / "tests" / "data" / "tabular"
PACKAGE = Path(semsearch.__file__).parent


def _run(*command: str, code: int = 0) -> str:
    """Run a program in an environment without settings, and return what it printed."""
    lent = ("PYTHON", "SEMSEARCH_")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(lent)}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=PROJECT,
        env=plain | {"PYTHONPATH": str(PACKAGE.parent), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout


@pytest.mark.surface
@pytest.mark.process
def test_a_glossary_is_built_asked_edited_and_exported_from_a_shell(tmp_path: Path) -> None:
    """A build from a table, an answer, an added entry that answers next, and JSON lines of all."""
    index = str(tmp_path / "index")
    cli = ("-m", "semsearch")
    built = _run(*cli, "build", f"tools={BAKERY / 'tools.csv'}", "--model", "hashed", "-i", index)
    assert "is ready" in built
    _run(*cli, "add", "tools", "Rasp", "A coarse file for wood.", "-i", index)
    answer = json.loads(_run(*cli, "ask", "a coarse file for wood", "--json", "-i", index))
    assert answer["hits"][0]["term"] == "Rasp"
    _run(*cli, "ask", "the weather on other planets", "-i", index, code=1)
    out = tmp_path / "all.jsonl"
    _run(*cli, "export", "-o", str(out), "-i", index)
    terms = {json.loads(line)["term"] for line in out.read_text(encoding="utf-8").splitlines()}
    assert "Rasp" in terms


@pytest.mark.surface
@pytest.mark.process
def test_a_server_answers_and_takes_an_edit(own_hashed_index: Path) -> None:
    """Readiness, a question, an edit with a key and its precondition, and the page."""
    key = new_key(own_hashed_index)
    with (
        serving(own_hashed_index) as address,
        httpx2.Client(base_url=address, trust_env=False) as http,
    ):
        assert http.get("readyz").status_code == 200
        found = http.get("v1/search", params={"q": "crumb"}).json()
        assert found["hits"][0]["id"] == "bakery:crumb"
        entry = "v1/entries/bakery:crumb"
        headers = {
            "Authorization": f"Bearer {key}",
            "If-Match": http.get(entry).headers["etag"],
            "Content-Type": "application/merge-patch+json",
        }
        changed = http.patch(
            entry, content='{"definition": "What a crust holds."}', headers=headers
        )
        assert changed.status_code == 200
        assert http.get(entry).json()["definition"] == "What a crust holds."
        page = http.get("", params={"q": "crumb"}, headers={"Accept": "text/html"})
        assert "What a crust holds." in page.text


@pytest.mark.process
def test_the_package_runs_as_a_file() -> None:
    """`python semsearch/__main__.py` puts the package's folder first on the module path."""
    assert "Ask a glossary in plain language" in _run(str(PACKAGE / "__main__.py"), "--help")


def test_no_module_of_the_package_hides_one_of_the_standard_library() -> None:
    """Beside `__main__.py` nothing has a name that Python's own modules import."""
    names = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert "core" in names
    assert names & set(sys.stdlib_module_names) == set()

"""The examples of the documents: what stands there is what the commands print."""

from __future__ import annotations

import shutil
from contextlib import chdir
from pathlib import Path

import pytest

from semsearch import build
from tests.built import cached
from tools.docs.checks import Document, pages
from tools.docs.examples import renewed, same
from tools.docs.tables import ROOT

pytestmark = pytest.mark.process

SHOWN = [page.path for page in pages(ROOT) if page.blocks("console", "python")]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The package and a corpus of one entry, in a folder for documents."""
    (tmp_path / "semsearch").symlink_to(ROOT / "semsearch")
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "kitchen.csv").write_text(
        "term,definition\nWhisk,A tool for beating air into eggs.\n", encoding="utf-8"
    )
    build([str(tmp_path / "corpus")], tmp_path / "built", model="hashed")
    return tmp_path


def _renewed(project: Path, text: str) -> str:
    (project / "page.md").write_text(text, encoding="utf-8")
    return renewed(Document(project, "page.md"), project / "built")


def test_outputs_are_those_of_the_commands(project: Path) -> None:
    """Commands of several blocks share one shell; prose and the index stay as they are."""
    before = "# A\n\n```console\n$ x=3\n$ echo a \\\n    b\n```\n\nProse.\n\n```console\n$ echo $x; cat no\nold\n```\n"
    made = before.replace("    b\n", "    b\na b\n").replace(
        "old\n", "3\ncat: no: No such file or directory\n"
    )
    assert _renewed(project, before) == made


def test_an_output_that_was_cut_stays_short(project: Path) -> None:
    """Only the beginning of a long output is shown."""
    text = "```console\n$ seq 5\nx\nx\n...\n```\n"
    assert _renewed(project, text) == "```console\n$ seq 5\n1\n2\n...\n```\n"


def test_an_output_that_differs_only_in_what_is_measured_stays(project: Path) -> None:
    """Times and hashes are other ones each time."""
    text = "```console\n$ echo took 12.5 ms, 0123456789abcdef\ntook 3 ms, ffffffffffff\n```\n"
    assert _renewed(project, text) == text


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        ("format 5", "format 6", False),
        ("20 entries; 49 texts", "20 entries; 217 texts", False),
        ("semsearch 0.1.0", "semsearch 0.2.0", False),
        ("pass [25:29]", "pass [25:30]", False),
        ("confidence 40 % or more", "confidence 30 % or more", False),
        ("confidence 86 %", "confidence 85 %", True),
        ("Epoch   0.60", "Epoch 0.61", True),
        ("Epoch 0.60", "Epoch 0.70", False),
        ("error .18", "error .21", True),
        ("good until 2027-02-27\n23:25 UTC", "good until 2027-02-28\n02:31 UTC", True),
        ("14.20 MB at 2026-11-29T23:05:18+00:00", "9.1 MB at 2027-01-02T03:04:05Z", True),
        ("Fingerprint 3f5e0e14d66018d6", "Fingerprint aaaaaaaaaaaaaaaa", True),
    ],
)
def test_figures_that_must_be_right_are_compared(before: str, after: str, is_same: bool) -> None:
    """Whole numbers exactly, scores and percentages nearly, times and hashes not at all."""
    assert same([before], [after]) is is_same


def test_python_code_that_fails_is_an_error(project: Path) -> None:
    """An example that does not run is worse than none."""
    with pytest.raises(RuntimeError, match="NameError"):
        _renewed(project, "```python\nunknown\n```\n")


@pytest.mark.process
def test_commands_ask_the_index_and_the_service(project: Path) -> None:
    """The service answers under the address that people are told."""
    text = "```console\n$ curl -s http://127.0.0.1:8000/v1/glossaries | grep -o kitchen | head -n 1\n```\n"
    if shutil.which("curl") is None:
        pytest.skip("there is no curl")
    assert _renewed(project, text) == text.replace("1\n```", "1\nkitchen\n```")


@pytest.fixture(scope="module")
def index_of_documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the index that `make docs` builds: from a relative path, which entries keep."""

    def make(index: Path) -> None:
        with chdir(ROOT):
            build(["corpus"], index)

    copy = tmp_path_factory.mktemp("documents") / "index"
    return cached("index-of-documents", [ROOT / "corpus"], make, copy)


@pytest.mark.model
@pytest.mark.parametrize("path", SHOWN)
def test_examples_are_current(path: str, index_of_documents: Path) -> None:
    """Up to what differs between machines."""
    page = Document(ROOT, path)
    assert same(renewed(page, index_of_documents).splitlines(), page.text.splitlines())

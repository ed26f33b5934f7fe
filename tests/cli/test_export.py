"""`semsearch export`."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from semsearch.core.entries import Details, Entry
from semsearch.importers import read_corpus
from semsearch.ingest.build import build_index
from tests.cli.running import run

WORDS = [
    Entry("tools:peel", "Peel", "A shovel for loaves.", "tools", ("=Shovel",), see_also=("lame",)),
    Entry(
        "tools:lame", "Lame", "A blade that\nscores dough.", "tools", details=Details(notation="7")
    ),
]


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an index of one glossary."""
    folder = tmp_path_factory.mktemp("export") / "index"
    build_index(WORDS, folder, model="hashed")
    return folder


def test_an_export_goes_to_the_terminal(tools: Path) -> None:
    """JSON Lines of the only glossary, and nothing else."""
    done = run("export", "-i", str(tools))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [line["term"] for line in lines] == ["Peel", "Lame"]
    assert lines[0]["see_also"] == ["lame"]


def test_the_suffix_says_which_format(tools: Path, tmp_path: Path) -> None:
    """A table for spreadsheets: what looks like a formula is text, and is read as what it was."""
    file = tmp_path / "tools.csv"
    assert run("export", "tools", "-i", str(tools), "-o", str(file)).returncode == 0
    with file.open(newline="") as table:
        assert next(csv.DictReader(table))["aliases"] == "'=Shovel"
    assert read_corpus([file]).entries[0].aliases == ("=Shovel",)


def test_what_a_format_cannot_hold_is_told(tools: Path, tmp_path: Path) -> None:
    """A line summarises the losses, and a report lists them by entry."""
    report, folder = tmp_path / "report.jsonl", tmp_path / "dict"
    asked = ("export", "-i", str(tools), "-f", "dictd", "-o", str(folder), "--report", str(report))
    done = run(*asked)
    shown = " ".join((done.stdout + done.stderr).decode().split())
    assert done.returncode == 0
    assert "dictd cannot hold exactly:" in shown
    assert sorted(one.name for one in folder.iterdir()) == ["tools.dict", "tools.index"]
    lost = {one["id"]: one["lost"] for one in map(json.loads, report.read_text().splitlines())}
    assert lost == {"tools:peel": ["see_also"], "tools:lame": ["notation", "definition"]}


def test_new_iris_have_the_base_that_was_named(tools: Path) -> None:
    """The id of an entry follows it; what cannot be a base is refused."""
    asked = ("export", "-f", "turtle", "-i", str(tools), "--base")
    done = run(*asked, "https://example.org/terms#")
    assert b"<https://example.org/terms#lame> a skos:Concept" in done.stdout
    for wrong in ("example.org/terms#", "https://example.org/terms", "https://a b/"):
        done = run(*asked, wrong)
        assert done.returncode == 2
        assert f"{wrong!r} is no base of IRIs; write it as".encode() in done.stderr


def test_what_goes_to_the_terminal_is_the_file(tools: Path) -> None:
    """What is lost is told on standard error, so that the output can be kept."""
    done = run("export", "-i", str(tools), "-f", "defined-terms")
    assert [one["name"] for one in json.loads(done.stdout)["hasDefinedTerm"]] == ["Peel", "Lame"]
    assert done.stderr.startswith(b"defined-terms cannot hold exactly: see_also of 1")


def test_a_site_is_a_folder(tools: Path, tmp_path: Path) -> None:
    """A site has all glossaries; other folders stay as they are."""
    folder = tmp_path / "site"
    written = run("export", "-i", str(tools), "-f", "site", "-o", str(folder))
    assert written.returncode == 0
    assert "no search by meaning, since the encoder hashed" in " ".join(
        written.stderr.decode().split()
    )
    assert (folder / "index.html").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    refused = run("export", "-i", str(tools), "-f", "site", "-o", str(tmp_path / "full"))
    assert (refused.returncode, (tmp_path / "full" / "mine").exists()) == (2, True)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("nowhere",), "there is no glossary 'nowhere'"),
        (("-f", "docx"), "there is no export format 'docx'"),
        (("-f", "stardict"), "name a folder with --output"),
        (("-o", "words.xml"), "no format is written as .xml; name one with --format"),
        (("-o", "words.ifo"), "stardict is several files; name their folder, not words.ifo"),
        (("-f", "site"), "name a folder with --output"),
        (("tools", "-f", "site", "-o", "x"), "all glossaries of the index; leave out 'tools', or"),
        (("-o", "/proc/nowhere/x.csv"), "cannot write /proc/nowhere/x.csv"),
    ],
)
def test_what_cannot_be_exported_is_said(tools: Path, asked: tuple[str, ...], said: str) -> None:
    """Exit code 2 is for wrong arguments, 3 for what the index lacks."""
    done = run("export", *asked, "-i", str(tools))
    assert done.returncode in (2, 3)
    assert said in " ".join(done.stderr.decode().split())

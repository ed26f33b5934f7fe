"""What people see of common questions: command line, JSON, page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from semsearch.core.entries import Entry
from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.text.common_questions import bundled
from tests.cli.running import run

TERM = "Overfitting"
TEXT = "A model learns the training data too well, with its noise, and fails on new data."
QUESTION = bundled().of(Entry("x:y", TERM, TEXT, "x"))[0]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Give a glossary with one common concept."""
    file = tmp_path / "words.csv"
    file.write_text(f'term,definition\n{TERM},"{TEXT}"\nZyx,"A word of nobody, for this test."\n')
    return file


def built(corpus: Path, *options: str) -> tuple[Path, str]:
    """Build an index of it, and return the folder and what was printed."""
    index = corpus.parent / "index"
    done = run("build", str(corpus), "--index", str(index), "--model", "hashed", *options)
    assert done.returncode == 0, done.stderr
    return index, done.stdout.decode()


def asked(index: Path, *options: str) -> str:
    """Ask the question, and return what was printed."""
    return run("ask", QUESTION, "--index", str(index), "-n", "1", *options).stdout.decode()


def test_the_command_line_says_so(corpus: Path) -> None:
    """The build counts the entries; an answer shows the question, with --why too."""
    index, printed = built(corpus)
    assert "Common concepts: 1 entry" in printed
    assert f"often asked as: {QUESTION}"[:60] in asked(index)
    assert "Often asked as" in asked(index, "--why")
    named = run("ask", TERM, "--index", str(index), "-n", "1").stdout.decode()
    assert "often asked as" not in named
    (line,) = asked(index, "--json").splitlines()
    hit = json.loads(line)["hits"][0]
    assert (hit["matched_common_question"], "matched_phrase" in hit) == (QUESTION, False)


def test_they_can_be_left_out(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the option or by the environment; the option wins."""
    left_out = "Common concepts: left out, in later builds too; --common-questions adds them"
    index, printed = built(corpus, "--no-common-questions")
    assert left_out in printed
    assert "often asked as" not in asked(index)
    monkeypatch.setenv("SEMSEARCH_COMMON_QUESTIONS", "false")
    assert left_out in built(corpus)[1]
    assert "Common concepts: 1 entry" in built(corpus, "--common-questions")[1]


def test_the_index_remembers_what_was_said(corpus: Path) -> None:
    """A build without the option goes on as before, which `info` tells."""
    index, _ = built(corpus)
    assert described(index) == ("1 entry, found by common questions", 1, False)
    built(corpus, "--no-common-questions")
    assert "Common concepts: left out" in built(corpus)[1]
    assert described(index) == ("left out by --no-common-questions", 0, True)
    built(corpus, "--common-questions")
    assert "Common concepts: 1 entry" in built(corpus)[1]
    assert described(index) == ("1 entry, found by common questions", 1, False)


def described(index: Path) -> tuple[str, int, bool]:
    """Return the words of `info`, and of its JSON the entries and whether they are declined."""
    (line,) = (
        one
        for one in run("info", "--index", str(index)).stdout.decode().splitlines()
        if one.startswith("Common concepts")
    )
    stated = json.loads(run("info", "--index", str(index), "--json").stdout)["common_questions"]
    assert bool(stated["digest"]) != stated["is_declined"]
    return line.removeprefix("Common concepts").strip(), stated["entries"], stated["is_declined"]


def test_the_page_says_so(corpus: Path) -> None:
    """Beside what else is told of the hit; the entry has no phrases of its own."""
    index, _ = built(corpus)
    settings = load_settings(index=index)
    with Glossary.open(index) as glossary, TestClient(create_app(glossary, settings)) as client:
        page = client.get("/", params={"q": QUESTION}, headers={"Accept": "text/html"}).text
        assert "Often asked as: <q" in page
        assert "Someone asked" not in page
        entry = client.get("/v1/entries/words:overfitting").json()
        assert "asked_as" not in entry.get("details", entry)

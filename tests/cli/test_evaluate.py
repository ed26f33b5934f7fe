"""`semsearch evaluate`: what it prints and writes, and its exit codes.

Covers `cli/output/evaluation`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import run

LINES = (
    '{"query": "leaven", "terms": ["Leaven"]}\n'
    '{"query": "crumb", "terms": ["Crumb"]}\n'
    '{"query": "inner loaf", "terms": ["Mast"]}\n'
    '{"query": "quantum physics", "kind": "far"}\n'
)


@pytest.fixture
def questions(tmp_path: Path) -> str:
    """Give a questions file of three answerable questions, one of which nothing finds."""
    path = tmp_path / "bakery.jsonl"
    path.write_text(LINES)
    return str(path)


def test_evaluate_prints_the_measures(hashed_index: Path, questions: str) -> None:
    """Ranks 1, 1 and none, against counting by hand, within 80 columns."""
    done = run("evaluate", questions, "-i", str(hashed_index), env={"COLUMNS": "80"})
    shown = done.stdout.decode()
    assert done.returncode == 0
    assert "bakery has no term 'Mast', so it counts as a miss" in shown
    (row,) = [line for line in shown.splitlines() if line.startswith("bakery  ") and ".67" in line]
    assert row.split() == ["bakery", "3", ".67", ".67", ".67", ".67", ".67"]
    far = next(line for line in shown.splitlines() if line.startswith("  far"))
    assert far.split() == ["far", "1", "1.00", "1.00"]
    assert "1 of 4 questions went wrong:\n     1  right term not among the first ten" in shown
    rest = shown.split("\n", 1)[1]  # the warning is one line, to be copied whole
    assert max(len(line) for line in rest.splitlines()) <= 80


def test_evaluate_as_json_and_of_one_half(hashed_index: Path, questions: str) -> None:
    """The same figures for programs; the half is the one that `is_tuning` says."""
    stated = json.loads(run("evaluate", questions, "-i", str(hashed_index), "--json").stdout)
    (row,) = stated["measures"]
    assert row["measures"]["acc@1"]["mean"] == pytest.approx(2 / 3, abs=1e-4)
    assert [q["rank"] for q in stated["questions"]] == [1, 1, None, None]
    assert [q["failure"] is None for q in stated["questions"]] == [True, True, False, True]
    halves = []
    for half in ("tuning", "reporting"):
        done = run("evaluate", questions, "-i", str(hashed_index), "--json", "--half", half)
        halves += [q["query"] for q in json.loads(done.stdout)["questions"]]
    assert sorted(halves) == sorted(q["query"] for q in stated["questions"])


def test_ablations_and_a_page(hashed_index: Path, questions: str, tmp_path: Path) -> None:
    """A row for each set of weights, the plain one first, and a page that is named at the end."""
    page = tmp_path / "report.html"
    done = run("evaluate", questions, "-i", str(hashed_index), "--ablations", "--html", str(page))
    shown = done.stdout.decode()
    assert shown.index("whole definition only") < shown.index("everything")
    assert f"{page} lists them" in shown
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    failed = run("evaluate", questions, "-i", str(hashed_index), "--html", "/no/such/folder/x.html")
    assert (failed.returncode, failed.stdout) == (2, b"")
    assert b"cannot write /no/such/folder/x.html" in failed.stderr


def test_a_drop_against_a_stored_result_is_an_exit_code(hashed_index: Path, tmp_path: Path) -> None:
    """A drop fails only with the option for it; an unchanged result never fails."""
    path, stored = tmp_path / "bakery.jsonl", tmp_path / "before.json"
    names = ("leaven", "crumb", "dutch oven", "banneton", "inner loaf", "baker's percentage")
    questions = [f"{ask}{name}?" for name in names for ask in ("what is ", "what is a ")]
    right = {"banneton": "Proofing Basket", "inner loaf": "Crumb"}
    lines = [
        json.dumps({"query": q, "terms": [right.get(n, n)]})
        for q, n in zip(questions, [n for n in names for _ in range(2)], strict=True)
    ]
    path.write_text("\n".join(lines))
    command = ("evaluate", str(path), "-i", str(hashed_index))
    stored.write_bytes(run(*command, "--json").stdout)
    compared = (*command, "--compare", str(stored), "--fail-on-drop")
    same = run(*compared)
    assert same.returncode == 0
    assert "Compared with the stored result" in same.stdout.decode()
    path.write_text("\n".join(line.replace('"terms": ["', '"terms": ["No ') for line in lines))
    assert run(*compared[:-1]).returncode == 0
    worse = run(*compared)
    assert worse.returncode == 1
    assert "dropped" in worse.stdout.decode()
    assert "lost what is leaven? -> No leaven" in worse.stdout.decode()
    path.write_text('{"query": "something else", "terms": ["Leaven"]}')
    other = run(*compared)
    assert other.returncode == 2
    assert b"has none of these questions" in other.stderr


def test_a_line_that_is_no_question_is_named(hashed_index: Path, questions: str) -> None:
    """One line on standard error, with file and line."""
    Path(questions).write_text('{"query": "leaven"}\n["no"]\n')
    done = run("evaluate", questions, "-i", str(hashed_index))
    assert (done.returncode, done.stdout) == (2, b"")
    assert "bakery.jsonl:2: not a judged question" in done.stderr.decode()

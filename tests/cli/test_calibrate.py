"""`semsearch calibrate`: what it prints and stores, and its exit codes.

Covers `quality/evaluation/calibrate`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import run

DOUGH = [
    "fermented dough makes new dough rise",
    "it is fed with flour",
    "inside of a loaf between the crusts",
    "a heavy pot with a lid",
    "it keeps steam around a loaf",
    "holds dough in shape while it rises",
    "a share of the weight of the flour",
]
RIGHT = ["Leaven", "Leaven", "Crumb", "Dutch Oven", "Dutch Oven", "Proofing Basket",
         "Baker's Percentage"]  # fmt: skip
OTHER = [
    *("quantum physics", "violin concerto", "tax return", "football league", "solar eclipse"),
    *("court appeal", "jazz trumpet", "volcano eruption", "stock exchange", "chess opening"),
    *("vaccine trial", "desert camel", "opera singer", "algebra homework", "winter olympics"),
]
"""Nothing fits, and the sum of their confidences is about four."""

ASKED = [f"{ask} {text}" for ask in ("what has", "name", "say") for text in DOUGH]


def write(path: Path, *, wrong: int) -> str:
    """Write 21 questions, the first of which are judged wrongly, and two names."""
    lines = [
        {"query": query, "terms": [term]} if i >= wrong else {"query": query, "kind": "near"}
        for i, (query, term) in enumerate(zip(ASKED, RIGHT * 3, strict=True))
    ]
    lines += [{"query": "leaven", "terms": ["Leaven"]}, {"query": "crumbs", "terms": ["Crumb"]}]
    path.write_text("\n".join(map(json.dumps, lines)))
    return str(path)


@pytest.fixture
def index(own_hashed_index: Path) -> Path:
    """Give a copy of the small index that a test may calibrate."""
    return own_hashed_index


@pytest.fixture
def questions(tmp_path: Path) -> str:
    """Give questions most of which are answered although nothing fits."""
    return write(tmp_path / "bakery.jsonl", wrong=15)


def confidence(index: Path, question: str) -> float:
    """Ask on the command line."""
    stated = json.loads(run("ask", question, "-i", str(index), "--json").stdout)["confidence"]
    return float(stated)


def first_term(index: Path, question: str) -> str:
    """Ask one glossary on the command line."""
    done = run("ask", question, "-i", str(index), "--json", "-g", "bakery")
    return str(json.loads(done.stdout)["hits"][0]["term"])


def test_confidence_that_is_too_high_is_lowered(index: Path, questions: str) -> None:
    """A table for people within 80 columns; the next answer and `info` follow."""
    before = confidence(index, ASKED[3])
    done = run("calibrate", questions, "-i", str(index), env={"COLUMNS": "80"})
    shown = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    rows = {line[:38].strip(): line[38:].split() for line in shown.splitlines()[2:6]}
    assert [*rows] == [
        "calibration error",
        "log loss",
        "right first hits called a close match",
        "wrong first hits called a close match",
    ]
    assert all(float(b) > float(a) for b, a in (rows["log loss"], rows["calibration error"]))
    assert "21 questions, each rescaled by" in shown
    assert "2 more were answered by a name" in shown
    assert "by chance with p = " in shown
    assert f"Stored in {index}/calibration.json" in shown
    assert max(len(line) for line in shown.splitlines()[:6]) <= 80
    assert confidence(index, ASKED[3]) < before
    assert "with 21 questions of its own" in run("info", "-i", str(index)).stdout.decode()


def test_what_is_stored_before_plays_no_part(index: Path, questions: str) -> None:
    """The same questions again give the same calibration, and a damaged one is written anew."""
    command = ("calibrate", questions, "-i", str(index), "--json")
    first = json.loads(run(*command).stdout)
    stored = json.loads((index / "calibration.json").read_bytes())
    assert first["is_stored"]
    assert first["warnings"] == []
    assert first["file"] == str(index / "calibration.json")
    trial = first["trial"]
    assert (trial["questions"], trial["by_name"]) == (21, 2)
    assert trial["calibration"] == {name: stored[name] for name in ("slope", "intercept")}
    (index / "calibration.json").write_text("damaged")
    assert run("ask", "leaven", "-i", str(index)).returncode == 3
    assert json.loads(run(*command).stdout)["trial"] == trial
    assert confidence(index, "leaven") == 0.99


def test_one_that_does_not_improve_is_stored_only_by_force(index: Path, tmp_path: Path) -> None:
    """Exit code 1 and the index as it was; with --force 0."""
    asked = [*ASKED[: len(DOUGH)], *OTHER]
    by_chance = {"football league", "court appeal", "vaccine trial", "desert camel"}
    lines = [
        {"query": query, "terms": [first_term(index, query)]}
        if query not in OTHER or query in by_chance
        else {"query": query, "terms": ["Sourdough"]}
        for query in asked
    ]
    path = tmp_path / "bakery.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    done = run("calibrate", str(path), "-i", str(index))
    shown = done.stdout.decode()
    assert done.returncode == 1
    assert "Nothing stored: the log loss does not improve" in shown
    assert "bakery has no term 'Sourdough'" in shown
    assert "every question has an answer" in shown
    assert not (index / "calibration.json").exists()
    assert run("calibrate", str(path), "-i", str(index), "--force").returncode == 0
    assert (index / "calibration.json").exists()


def test_reset_takes_it_back(index: Path, questions: str) -> None:
    """Answers are as they were; a second time there is nothing to remove."""
    before = confidence(index, ASKED[3])
    run("calibrate", questions, "-i", str(index))
    assert run("calibrate", "--reset", "-i", str(index)).stdout.startswith(b"removed the calib")
    assert confidence(index, ASKED[3]) == before
    assert run("calibrate", "--reset", "-i", str(index)).stdout.startswith(b"there is no calib")
    done = run("calibrate", "--reset", "-i", str(index), "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"removed": False})


def test_too_few_questions_and_wrong_arguments_are_one_line(index: Path, tmp_path: Path) -> None:
    """Exit code 2 and what to do, also with --force; 3 where there is no index."""
    few = tmp_path / "bakery.jsonl"
    few.write_text('{"query": "a pot with a lid", "terms": ["Dutch Oven"]}\n')
    for arguments, code, message in (
        ((str(few), "--force"), 2, "1 of 1 questions count, 1 of them answered rightly"),
        ((), 2, "name files of judged questions, or --reset without any"),
        ((str(few), "--reset"), 2, "name files of judged questions, or --reset without any"),
        ((str(tmp_path / "no.jsonl"),), 2, "no.jsonl: cannot be read"),
        ((str(few), "-i", str(tmp_path / "none")), 3, "there is no index"),
        (("--reset", "-i", str(tmp_path / "none")), 3, "there is no index"),
    ):
        done = run("calibrate", "-i", str(index), *arguments)
        assert (done.returncode, done.stdout) == (code, b""), arguments
        assert done.stderr.decode().startswith("semsearch: ")
        assert message in done.stderr.decode()
    assert not (index / "calibration.json").exists()

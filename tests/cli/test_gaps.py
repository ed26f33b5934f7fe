"""The command `gaps`: prints the report in each format, and forgets questions.

Covers `cli/output/gaps`, `cli/output/report_format`, `server/schemas/gaps`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from semsearch.server.schemas.gaps import WireGapReport
from semsearch.storage.feedback.question_log import RecordedQuestion, read, record
from tests.cli.running import Done, run

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def index(own_hashed_index: Path) -> Path:
    """Give an index of which some questions were recorded."""
    asked = [
        ("how do I score a loaf?", "", 10),
        ("xylophone quartet lessons", "bakery", 1),
        ("zebra crossing", "gone", 1),
        ("leaven", "", 0),
    ]
    batch = [
        RecordedQuestion(
            NOW - timedelta(days=days), text, glossary, "page", "no close match", 0.1, (), None
        )
        for text, glossary, days in asked
    ]
    record(own_hashed_index / "questions.db", batch, NOW, timedelta(days=90))
    return own_hashed_index


def texts(done: Done) -> tuple[int, str, str]:
    """Return the exit code and what was printed."""
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_the_table_names_gaps(index: Path) -> None:
    """What is answered by now, and what was asked of a glossary that is gone, is left out."""
    code, out, _ = texts(run("gaps", "-i", str(index)))
    assert code == 0
    assert "how do I score a loaf?" in out
    assert "zebra" not in out
    assert "\nleaven" not in out
    assert "4 recorded questions" in out


def test_json_has_the_declared_shape(index: Path) -> None:
    """As over HTTP."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - not every test of commands loads it

    _, out, _ = texts(run("gaps", "-i", str(index), "--json"))
    report = json.loads(out)
    TypeAdapter(WireGapReport).validate_python(report)
    asked = {one["question"] for gap in report["gaps"] for one in gap["questions"]}
    assert asked == {"how do I score a loaf?", "xylophone quartet lessons"}
    assert (report["questions"], report["never_found"], len(report["days"])) == (4, None, 11)


@pytest.mark.parametrize(("since", "count"), [("5d", 3), ((NOW - timedelta(days=20)).date(), 4)])
def test_since(index: Path, since: str, count: int) -> None:
    """Days, or a date."""
    _, out, _ = texts(run("gaps", "-i", str(index), "--json", "--since", str(since)))
    assert json.loads(out)["questions"] == count


def test_an_unknown_time_is_refused(index: Path) -> None:
    """With what it may be."""
    code, _, err = texts(run("gaps", "-i", str(index), "--since", "soon"))
    assert code == 2
    assert "'soon' is neither a number of days, such as 7d, nor a date" in err


def test_files_go_by_their_suffix(index: Path, tmp_path: Path) -> None:
    """Markdown for issues, a page, JSON."""
    for name, begin in (("a.md", "# Gaps"), ("a.html", "<!DOCTYPE html>"), ("a.json", "{")):
        file = tmp_path / name
        code, out, err = texts(run("gaps", "-i", str(index), "-o", str(file)))
        assert (code, "wrote" in out) == (0, True)
        assert file.read_text(encoding="utf-8").startswith(begin)
    code, out, err = texts(run("gaps", "-i", str(index), "-o", str(tmp_path / "a.txt")))
    assert code == 2
    assert "--output writes JSON, Markdown or HTML" in err


def test_questions_are_forgotten(index: Path) -> None:
    """One by its text, or all."""
    code, out, _ = texts(run("gaps", "-i", str(index), "--forget", "Zebra Crossing"))
    assert (code, out.strip()) == (0, "forgot 1 recorded question")
    assert len(read(index / "questions.db")) == 3
    code, out, _ = texts(run("gaps", "-i", str(index), "--forget-all", "--json"))
    assert json.loads(out) == {"forgotten": 3}
    assert read(index / "questions.db") == []


@pytest.mark.parametrize(
    ("question", "code", "said"),
    [
        ("call 0221 1234", 1, "no recorded question is 'call [number]'; nothing was forgotten"),
        (" ", 2, "question"),
    ],
)
def test_a_question_that_is_not_recorded_is_named(
    index: Path, question: str, code: int, said: str
) -> None:
    """As it would be recorded."""
    found, out, err = texts(run("gaps", "-i", str(index), "--forget", question))
    assert found == code
    assert said in " ".join((out + err).split())
    assert len(read(index / "questions.db")) == 4


def test_forgetting_nothing_is_told_to_programs(index: Path) -> None:
    """By the number and the exit code."""
    code, out, _ = texts(run("gaps", "-i", str(index), "--forget", "unknown", "--json"))
    assert (code, json.loads(out)) == (1, {"forgotten": 0})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--forget", "leaven", "--forget-all"], "--forget 'leaven' and --forget-all were given"),
        (["--forget-all", "--output", "g.html"], "--output is for a report"),
        (["--forget", "leaven", "--since", "7d"], "--since is for a report"),
        (["--forget", "leaven", "--format", "html"], "--format is for a report"),
    ],
)
def test_contradictory_options_forget_nothing(index: Path, options: list[str], said: str) -> None:
    """The report is another run."""
    code, _, err = texts(run("gaps", "-i", str(index), *options))
    assert code == 2
    assert said in " ".join(err.split())
    assert len(read(index / "questions.db")) == 4


def test_an_index_without_recorded_questions(hashed_index: Path, tmp_path: Path) -> None:
    """Says so, and what records them; a folder without an index is refused."""
    code, out, err = texts(run("gaps", "-i", str(hashed_index)))
    assert out.strip() == "0 gaps in 0 recorded questions"
    assert err.strip() == "`semsearch serve --record-questions` records what people ask"
    code, out, _ = texts(run("gaps", "-i", str(tmp_path), "--forget-all"))
    assert code == 3

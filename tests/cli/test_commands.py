"""The command line: what it prints, its exit codes, and that bad input is one line.

Covers `cli/output/common`, `cli/completion`.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import typer

from semsearch.cli import commands, completion, main
from semsearch.cli.output import common
from semsearch.ingest.build import build_index
from semsearch.search.glossary import Glossary
from semsearch.server.process import Listening
from tests.conftest import ENTRIES, PROJECT, entry


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: bytes
    stderr: bytes


def run(*arguments: str | bytes, stdin: bytes = b"", env: dict[str, str] | None = None) -> Done:
    """Run `semsearch` with these arguments, in this process: starting another costs a second."""
    shown, complained = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    code = 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(shown), redirect_stderr(complained):
        patch.chdir(PROJECT)
        for name, value in {"COLUMNS": "100", "NO_COLOR": "1", **(env or {})}.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["semsearch", *(os.fsdecode(a) for a in arguments)])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
    for stream in (shown, complained):
        stream.flush()
    return Done(code, shown.buffer.getvalue(), complained.buffer.getvalue())


@pytest.mark.process
def test_the_program_itself_runs(hashed_index: Path) -> None:
    """A process has the output, the exit code, and an error as one line."""
    command = [sys.executable, "-m", "semsearch", "ask", "-i", str(hashed_index)]
    done = subprocess.run(
        [*command, "leaven", "--json"], capture_output=True, check=False, timeout=60
    )
    assert json.loads(done.stdout)["hits"][0]["term"] == "Leaven"
    assert (done.returncode, done.stderr) == (0, b"")
    done = subprocess.run([*command, b"caf\xe9"], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"semsearch: the question holds the character U+DCE9")


def test_ask_says_what_a_misspelt_question_was_read_as(hashed_index: Path) -> None:
    """The table and JSON have the corrected question; otherwise JSON has null."""
    done = run("ask", "levaen", "-i", str(hashed_index), "-n", "1")
    assert done.stdout.decode().splitlines()[1] == "Read as Leaven"
    for question, repaired in (("levaen", "Leaven"), ("leaven", None)):
        done = run("ask", question, "-i", str(hashed_index), "--json")
        assert json.loads(done.stdout)["repaired"] == repaired


def test_ask_as_json_is_one_object(hashed_index: Path) -> None:
    """`ask --json` prints one object."""
    done = run("ask", "banneton", "-i", str(hashed_index), "--json", "-n", "2")
    answer = json.loads(done.stdout)
    assert [hit["rank"] for hit in answer["hits"]] == [1, 2]
    assert answer["hits"][0]["term"] == "Proofing Basket"
    assert answer["hits"][0]["matched_name"] == "banneton"


def test_questions_from_standard_input_answer_line_by_line(hashed_index: Path) -> None:
    """One line of JSON each; a line that cannot be asked says so and the rest go on."""
    done = run("ask", "-", "-i", str(hashed_index), stdin=b"leaven\n\ncaf\xe9\nhull\n")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line.get("query") for line in lines] == ["leaven", None, "hull"]
    assert lines[1] == {"line": 3, "error": "the line is not UTF-8"}
    assert done.returncode == 2


def test_related_shows_each_group_under_its_heading(tmp_path: Path) -> None:
    """What authors wrote comes first, then what is computed, with the reason; JSON has the same."""
    leaven = replace(ENTRIES[0], see_also=("banneton",))
    scoring = entry("Scoring", "Cutting the crumb side of dough.")
    index = str(tmp_path / "index")
    build_index([leaven, *ENTRIES[1:], scoring], index, model="hashed")
    shown = run("related", "Leaven", "-i", index).stdout.decode()
    assert shown.startswith("Leaven\n\nSee also (by the author)\nProofing Basket")
    used = run("related", "crumb", "-i", index).stdout.decode()
    assert "Used in\nScoring  Cutting the crumb side of dough." in used
    named = run("related", "scoring", "-i", index).stdout.decode()
    assert "Mentions\nCrumb  Cutting the crumb side of dough." in named
    computed = run("related", "dutch oven", "-i", index).stdout.decode()
    assert "Similar meaning (computed)\n" in computed
    assert "because: It keeps steam around a loaf while it bakes." in computed
    alone = run("related", "hull", "-i", index).stdout.decode()
    assert alone == "Hull\n\nNo term has a similar meaning.\n"
    body = json.loads(run("related", "Leaven", "-i", index, "--json").stdout)
    assert body["id"] == "bakery:leaven"
    assert [r["id"] for r in body["see_also"]] == ["bakery:proofing-basket"]


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


@pytest.mark.model
def test_a_build_says_that_the_encoder_changed(seed_index: Path, tmp_path: Path) -> None:
    """The message has both encoders, the number of texts embedded again, and the way back."""
    index = tmp_path / "index"
    shutil.copytree(seed_index / "encoders", index / "encoders")  # nothing is to be exported
    build = ("build", "corpus", "-i", str(index))
    assert "changed from" not in run(*build, "-m", "hashed").stdout.decode()
    done = run(*build)
    changed = (
        r"The encoder changed from hashed to semsearch-definitions-v3: (\d+) of \1 texts had to be "
        r"embedded for it; `--model hashed` goes back\n"
    )
    assert re.search(changed, done.stdout.decode())
    back = run(*build, "-m", "hashed").stdout.decode()
    assert re.search(r"to hashed: 0 of \d+ texts .*; `--model semsearch-definitions-v3`", back)
    assert "changed from" not in run(*build, "-m", "hashed").stdout.decode()


def test_an_encoder_that_is_not_the_one_of_the_index(hashed_index: Path) -> None:
    """Refused by every command that asks, with what the index has and what to do."""
    for name in ("base", "default"):
        done = run("info", "-i", str(hashed_index), env={"SEMSEARCH_MODEL": name})
        said = done.stderr.decode()
        assert done.returncode == 3
        assert f"was built with the encoder hashed, not {name}; run `semsearch build PATHS" in said
        assert "or name the encoder it has (--model, SEMSEARCH_MODEL), or none" in said
    assert run("info", "-i", str(hashed_index), env={"SEMSEARCH_MODEL": "hashed"}).returncode == 0


def test_build_reports_what_it_took_and_what_it_refused(tmp_path: Path) -> None:
    """Counts, and file:line with the reason for each refused record."""
    table = tmp_path / "words.csv"
    table.write_text("Wort,Sinn\nKiel,Der unterste Balken.\nMast,\n", encoding="utf-8")
    index = str(tmp_path / "index")
    columns = "term=Wort,definition=Sinn"
    done = run("build", str(table), "-i", index, "-m", "hashed", "--columns", columns)
    shown = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    assert f"refused {table}:3: " in shown
    assert "Entries: 1 new, 0 changed, 0 unchanged, 0 gone, 1 refused" in shown
    again = run("build", str(table), "-i", index, "-m", "hashed", "--columns", columns, "--json")
    report = json.loads(again.stdout)
    assert (report["published"], report["changes"]["unchanged"]) == (False, 1)


def test_settings_come_from_the_environment_unless_an_option_says_otherwise(
    hashed_index: Path, tmp_path: Path
) -> None:
    """SEMSEARCH_INDEX names the index, --index wins."""
    env = {"SEMSEARCH_INDEX": str(hashed_index)}
    assert json.loads(run("info", "--json", env=env).stdout)["entries"] == 7
    assert run("info", "-i", str(tmp_path), env=env).returncode == 3


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("ask", ""), 2, "the question is empty"),
        (("ask", "  \t"), 2, "the question is empty"),
        (("ask", "x" * 10_000), 2, "10,000 characters"),
        (("ask", b"caf\xe9"), 2, "U+DCE9"),
        (("ask", "leaven", "-n", "0"), 2, "0 hits were asked for"),
        (("ask", "leaven", "-n", "-1"), 2, "-1 hits were asked for"),
        (("ask", "leaven", "-n", "1000000000"), 2, "ask for 1 to 100"),
        (("ask", "leaven", "--min-confidence", "1.5"), 2, "min_confidence is 1.5; it lies"),
        (("ask", "leaven", "--min-confidence", "nan"), 2, "min_confidence is nan; it lies"),
        (("ask", "leaven", "-g", "kitchen"), 2, "there is no glossary 'kitchen'"),
        (("ask", "leaven", "-m", "no/such-model"), 4, "no/such-model"),
        (("ask", "leaven", "-m", "nonsense"), 4, "there is no model 'nonsense'"),
        (("related", "levaen"), 2, "did you mean 'Leaven'"),
        (("related", b"caf\xe9"), 2, "U+DCE9"),
        (("evaluate", "no-such-file.jsonl"), 2, "no-such-file.jsonl: cannot be read"),
        (("evaluate", "x.jsonl", "--half", "both"), 2, "there is no half 'both'"),
        (("evaluate", "x.jsonl", "--fail-on-drop"), 2, "--fail-on-drop needs --compare FILE"),
        (("serve", "--port", "99999"), 2, "port"),
        (("serve", "--public-url", "glossary.example"), 2, "public_url"),
        (("serve", "--origins", "*"), 2, "origins"),
        (("picture", "leaven", "-o", "/no/such/folder/x.svg"), 2, "cannot write"),
        (("picture", "leaven", "-o", "x.png"), 2, "x.png should end in .svg"),
    ],
)
def test_bad_input_is_one_line_and_an_exit_code(
    hashed_index: Path, arguments: tuple[str | bytes, ...], code: int, message: str
) -> None:
    """No traceback, the value named, nothing on standard output."""
    done = run(*arguments, "-i", str(hashed_index), env={"HF_HUB_OFFLINE": "1"})
    lines = done.stderr.decode().splitlines()
    assert done.returncode == code, done.stderr
    assert len(lines) == 1, lines
    assert lines[0].startswith("semsearch: ")
    assert message in lines[0]
    assert done.stdout == b""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"en,ko\na,b\n", "no term and no definition column"),
        (b"term,definition\ncaf\x81,x\n", "words.csv:2: byte 0x81"),
    ],
)
def test_a_source_that_cannot_be_read_builds_nothing(
    tmp_path: Path, content: bytes, message: str
) -> None:
    """One line with the place, exit code 2."""
    (tmp_path / "words.csv").write_bytes(content)
    done = run("build", str(tmp_path / "words.csv"), "-i", str(tmp_path / "index"), "-m", "hashed")
    assert done.returncode == 2
    assert message in done.stderr.decode()
    assert not (tmp_path / "index" / "CURRENT").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("no-such-folder",), "no such file or folder"),
        (("Makefile",), "Makefile"),
        (("corpus", "--columns", "term"), "'term' is not FIELD=COLUMN"),
    ],
)
def test_paths_and_columns_that_make_no_sense(
    tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    """Each says what is wrong with which value."""
    done = run("build", *arguments, "-i", str(tmp_path / "index"), "-m", "hashed")
    assert done.returncode == 2
    assert message in done.stderr.decode()


def test_an_index_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A file in its place, and a folder without a name in UTF-8: an exit code, no traceback."""
    (tmp_path / "file").touch()
    for index in (str(tmp_path / "file"), "/proc/nothing"):
        done = run("build", "corpus", "-i", index, "-m", "hashed")
        assert done.returncode == 3, done.stderr
        assert "cannot be written" in done.stderr.decode()
    done = run("info", "-i", bytes(tmp_path) + b"/caf\xe9")
    assert done.returncode == 3
    assert "there is no index" in done.stderr.decode()


def test_help_names_every_command_and_the_exit_codes() -> None:
    """The help lists all commands and exit codes."""
    shown = run("--help").stdout.decode()
    for name in ("build", "ask", "related", "info", "serve", "evaluate", "picture"):
        assert f" {name} " in shown
    assert "1 no close match" in shown


def test_the_shell_completes_terms_and_glossaries(hashed_index: Path) -> None:
    """Tab offers what the index holds, and nothing breaks without one."""
    context = typer.Context(typer.main.get_command(commands.app))
    context.params["index"] = str(hashed_index)
    assert completion.names(context, "proof") == ["Proofing Basket"]
    assert completion.glossaries(context, "") == ["bakery", "harbour"]
    context.params["index"] = "/no/such/index"
    assert completion.names(context, "proof") == completion.glossaries(context, "") == []


@pytest.mark.process
def test_the_command_line_starts_fast() -> None:
    """It loads nothing that only some commands need; `make bench` measures the time."""
    late = {"numpy", "pydantic", "fastapi", "torch", "markdown_it", "semsearch.importers"}
    code = f"import sys, semsearch.cli; print(sorted({late}.intersection(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    assert done.stdout.strip() == b"[]"

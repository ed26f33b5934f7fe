"""The command `semsearch`: help, exit codes, how fast it starts.

Covers `cli/completion`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from semsearch.cli import completion, root
from tests.cli.running import run


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


def test_help_names_every_command_and_the_exit_codes() -> None:
    """The help lists all commands and exit codes."""
    shown = run("--help").stdout.decode()
    for name in ("build", "ask", "related", "info", "serve", "evaluate", "picture"):
        assert f" {name} " in shown
    assert "1 no close match" in shown


def test_the_shell_completes_terms_and_glossaries(hashed_index: Path) -> None:
    """Tab offers what the index holds, and nothing breaks without one."""
    context = typer.Context(typer.main.get_command(root.app))
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

"""Options of several commands: settings they override, and bad input, which is one line.

Covers `cli/picture`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import run


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

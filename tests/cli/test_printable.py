"""Texts of others never move the cursor."""

from __future__ import annotations

import pytest

from semsearch.cli.output import common
from semsearch.cli.output.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no entry is called 'Käse'", "no entry is called 'Käse'"),
        ("one\ntwo\r", "one\\ntwo\\r"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\ud800", "\\ud800"),
        ("\u202e", "\\u202e"),
    ],
)
def test_one_line_comes_out(text: str, shown: str) -> None:
    """Control characters, lone surrogates and marks of direction are spelled out."""
    assert printable(text) == shown
    assert printable(text).encode()


def test_lines_of_commands_are_printable(capsys: pytest.CaptureFixture[str]) -> None:
    """They quote services and files; neither escapes nor markup of others take effect."""
    text = "down \x1b]0;title\x07 [red]x[/]\nnext"
    common.done(text)
    common.remark(text)
    shown = "down \\x1b]0;title\\x07 [red]x[/]\\nnext\n"
    assert capsys.readouterr() == (shown, shown)

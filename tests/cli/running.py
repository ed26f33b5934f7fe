"""Runs a command in this process."""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import pytest

from semsearch.cli import main
from tests.conftest import PROJECT


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

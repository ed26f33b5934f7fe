"""How a process of semsearch starts another: `semsearch ARGUMENTS` without a shell."""

from __future__ import annotations

import sys
from pathlib import Path

_PROGRAM = """import sys
installed = [place for place, path in enumerate(sys.path) if path.endswith("-packages")]
sys.path.insert(installed[0] if installed else len(sys.path), sys.argv.pop(1))
from semsearch.cli import main
main()"""
"""This package comes before an installed one, and behind the standard library."""
_PACKAGES = Path(__file__).resolve().parents[2]
"""The folder that this package is in."""


def own_command(*arguments: str) -> list[str]:
    """Return a command line that runs this installation.

    `-m semsearch` would import modules from the working directory before any other.
    """
    return [sys.executable, "-P", "-c", _PROGRAM, str(_PACKAGES), *arguments]

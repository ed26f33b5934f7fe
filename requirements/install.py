"""Run `pip install` and say what it is doing: `python requirements/install.py PIP-ARGUMENTS`.

With `-q` pip says nothing for minutes, and without it hundreds of lines. Here a terminal shows one
line, which is gone at the end; elsewhere there is a line for each download. Warnings are passed on,
and when pip fails, everything that it said. It needs nothing but Python.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable

_FILE = re.compile(
    r"(?:Downloading|Using cached|Processing) (?:\S*/)?(?P<name>[^\s/]+?)-(?P<version>\d[^-\s]*?)"
    r"(?:-[^\s/]*\.whl|\.tar\.gz|\.zip)(?: \((?P<size>[^)]+)\))?$"
)
_COLLECTED = re.compile(r"Collecting (?P<name>[A-Za-z0-9._-]+)")
_BUILDING = re.compile(
    r"(Installing build dependencies|Getting requirements|Preparing|Building)\b[^:(]*"
)
_WARNINGS = ("WARNING:", "DEPRECATION:")
_CLEAR = "\r\x1b[K"


def download_of(line: str) -> str | None:
    """Return the package that a line of pip says is fetched, with its version and size.

    >>> download_of("  Downloading numpy-2.3.1-cp311-cp311-manylinux_2_28_x86_64.whl (16.9 MB)")
    'numpy 2.3.1 (16.9 MB)'
    """
    found = _FILE.search(line.strip())
    if found is None:
        return None
    size = f" ({found['size']})" if found["size"] else ""
    return f"{found['name'].replace('_', '-')} {found['version']}{size}"


def duration(seconds: float) -> str:
    """Return a time in words: 9 s, 2 min 5 s."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def packages(count: int) -> str:
    """Return how many packages there are, in words."""
    return "1 package" if count == 1 else f"{count} packages"


class Shown:
    """What a person sees while pip works: one line that changes, or a line for each download."""

    def __init__(self) -> None:
        self._is_terminal = sys.stdout.isatty()
        self._began = time.monotonic()
        self._now = "starting pip"
        self._is_over = threading.Event()
        self._clock = threading.Thread(target=self._tick, daemon=True)
        if self._is_terminal:
            self._clock.start()

    def step(self, what: str, *, is_worth_a_line: bool) -> None:
        """Show what begins; where there is no terminal, only if it is worth a line."""
        self._now = what
        if not self._is_terminal and is_worth_a_line:
            print(f"  {what}", flush=True)

    def warn(self, line: str) -> None:
        """Pass a warning on."""
        print((_CLEAR if self._is_terminal else "") + line, file=sys.stderr, flush=True)

    def close(self, last: str) -> None:
        """Remove the line that changes, and say how it ended."""
        self._is_over.set()
        if self._is_terminal:
            self._clock.join()
            sys.stdout.write(_CLEAR)
        took = duration(time.monotonic() - self._began)
        print(f"{last} ({took})", flush=True)

    def _tick(self) -> None:
        while not self._is_over.wait(0.2):
            told = f"  {self._now}, {duration(time.monotonic() - self._began)}"
            width = shutil.get_terminal_size().columns - 1
            sys.stdout.write(_CLEAR + told[:width])
            sys.stdout.flush()


def follow(lines: Iterable[str], shown: Shown) -> tuple[int, list[str]]:
    """Show what pip's lines say, and return how many packages it installed, and the lines."""
    said: list[str] = []
    installed = 0
    for raw in lines:
        line = raw.rstrip()
        said.append(line)
        if line.startswith(_WARNINGS):
            shown.warn(line)
        elif package := download_of(line):
            shown.step(f"fetching {package}", is_worth_a_line=True)
        elif collected := _COLLECTED.match(line.strip()):
            shown.step(f"looking for {collected['name']}", is_worth_a_line=False)
        elif building := _BUILDING.match(line.strip()):
            shown.step(building[0].strip().lower(), is_worth_a_line=False)
        elif line.startswith("Installing collected packages:"):
            installed = line.count(",") + 1
            shown.step(f"unpacking {packages(installed)}", is_worth_a_line=True)
    return installed, said


def main() -> int:
    """Run pip with the arguments of this command."""
    shown = Shown()
    command = [sys.executable, "-P", "-m", "pip", "install", "--disable-pip-version-check"]
    with (
        subprocess.Popen(  # noqa: S603 - our own pip
            [*command, "--progress-bar", "off", *sys.argv[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as pip
    ):
        assert pip.stdout is not None  # noqa: S101 - a pipe was asked for
        installed, said = follow(pip.stdout, shown)
    if pip.returncode:
        shown.close("pip failed; it said")
        print(*said, sep="\n", file=sys.stderr)
    else:
        shown.close(
            f"  installed {packages(installed)}" if installed else "  all was there already"
        )
    return pip.returncode


if __name__ == "__main__":
    sys.exit(main())

"""Examples with real output: runs the `console` and `python` blocks of the documents.

A page's blocks run in order, in one shell, in a folder of its own that has a copy of `corpus/` and
of an index built from it. Where a page asks http://127.0.0.1:8000, a service answers from that
index. An output that ends with a line `...` is cut to as many lines as it had; long lines are cut
too.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from markdown_it.token import Token

from tests.browser.serving import serving
from tools.docs.checks import Document, shell_lines

WIDTH = 120
"""The most columns of a line of output."""
TERMINAL = {"COLUMNS": "88", "LINES": "50", "NO_COLOR": "1", "TTY_COMPATIBLE": "1", "TERM": "dumb"}
"""What an example is told: it prints as on a terminal that can neither colour nor draw bars."""
SHOWN_AT = "http://127.0.0.1:8000"
SHELL = "bash"
_END = "-- end of the output of an example --"
_CUT = "..."


def renewed(page: Document, index: Path) -> str:
    """Return the text of a page with the outputs of its examples made anew.

    An output that is the `same` as what stands there stays as it is.

    Raises:
        RuntimeError: Python code of the page, or the shell, failed; the message has what it said.
    """
    blocks = page.blocks("console", "python")
    if not blocks:
        return page.text
    lines = page.text.splitlines()
    with _folder(page.root, index) as folder, _service(page, folder) as address:
        outputs = _run(folder, page.root, blocks, address)
    for block, said in reversed([*zip(blocks, outputs, strict=True)]):
        if block.info.strip() == "console" and block.map:
            first, behind = block.map[0] + 1, block.map[1] - 1
            made = _block(block, said)
            if not same(made, block.content.splitlines()):
                lines[first:behind] = made
    return "\n".join(lines) + "\n"


_MEASURED = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:\d\d| UTC))?|\d\d:\d\d UTC"
    r"|(?<![^\W_])[0-9a-f]{8,}(?![^\W_])"
    r"|\d[\d.,]* (?:ms|s|kB|MB|GB)\b"
)
"""What is another one at each run: times, hashes, durations, sizes."""
_FIGURE = re.compile(r"\d*(?:[.,:]\d+)+|\d+")
_PERCENT = 3
_SHARE = 0.05


def same(one: list[str], other: list[str]) -> bool:
    """Whether two outputs say the same.

    Words and whole numbers must be equal: counts, versions, offsets. Scores and percentages may
    differ as much as they do between processors. What is measured, and blanks that only align
    columns, do not count.
    """
    texts = [_plain(lines) for lines in (one, other)]
    if _FIGURE.sub("0", texts[0]) != _FIGURE.sub("0", texts[1]):
        return False
    return all(map(_near, *(_figures(text) for text in texts)))


def _plain(lines: list[str]) -> str:
    return re.sub(r"[ ─━]+", " ", _MEASURED.sub("#", "\n".join(lines))).strip()


def _figures(text: str) -> list[tuple[str, bool]]:
    """Return each number of a text, and whether it is a percentage."""
    return [(m[0], text[m.end() :].startswith(" %")) for m in _FIGURE.finditer(text)]


def _near(one: tuple[str, bool], other: tuple[str, bool]) -> bool:
    (a, is_percent), (b, _) = one, other
    if is_percent:
        return abs(float(a) - float(b)) <= _PERCENT
    if a.count(".") == b.count(".") == 1 and "," not in a + b and ":" not in a + b:
        return abs(float(a) - float(b)) <= max(_SHARE, _SHARE * abs(float(a)))
    return a == b


@contextlib.contextmanager
def _folder(root: Path, index: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        shutil.copytree(root / "corpus", folder / "corpus")
        shutil.copytree(index, folder / "index")
        yield folder


@contextlib.contextmanager
def _service(page: Document, folder: Path) -> Iterator[str]:
    asks = any(SHOWN_AT in block.content for block in page.blocks("console", "python"))
    with serving(folder / "index") if asks else contextlib.nullcontext(SHOWN_AT) as address:
        yield address.rstrip("/")


def _run(folder: Path, root: Path, blocks: list[Token], address: str) -> list[list[list[str]]]:
    """Return the lines that each command of each block printed, figures of the service replaced."""
    script = [f'semsearch() {{ "{sys.executable}" -m semsearch "$@"; }}', "exec 2>&1"]
    for block in blocks:
        if block.info.strip() == "console":
            commands = [line.replace(SHOWN_AT, address) for line in shell_lines(block)]
        else:
            code = block.content.replace(SHOWN_AT, address)
            commands = [f'"{sys.executable}" - <<"PYTHON" || exit 1\n{code}PYTHON']
        script += [f'{command}\nprintf "\\n%s\\n" "{_END}"' for command in commands]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SEMSEARCH_")}
    done = subprocess.run(  # noqa: S603 - runs what the documents tell people to run
        [SHELL, "-c", "\n".join(script)],
        cwd=folder,
        env={
            **kept,
            "PYTHONPATH": os.pathsep.join([str(root), str(root / "clients" / "python")]),
            **TERMINAL,
            "LOGNAME": "ann",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    said = done.stdout.replace(address, SHOWN_AT).replace(str(folder), "/work").split(f"\n{_END}\n")
    outputs = iter(said)
    counts = [
        sum(1 for _ in shell_lines(block)) if block.info.strip() == "console" else 1
        for block in blocks
    ]
    if done.returncode or len(said) <= sum(counts):
        raise RuntimeError(f"example {len(said)} failed: {said[-1]}")
    return [
        [next(outputs).strip("\n").rstrip().splitlines() for _ in range(count)] for count in counts
    ]


def _block(block: Token, outputs: list[list[str]]) -> list[str]:
    """Return the lines of a block: its commands, each with the lines that it printed."""
    lines: list[str] = []
    for (command, before), said in zip(_parts(block), outputs, strict=True):
        shown = [_shortened(line.rstrip()) for line in said if _END not in line]
        if before and before[-1] == _CUT and len(shown) >= len(before):
            shown = [*shown[: len(before) - 1], _CUT]
        lines += [*command, *shown]
    return lines


def _parts(block: Token) -> Iterator[tuple[list[str], list[str]]]:
    """Yield each command as it is written, and the lines below it."""
    command: list[str] = []
    output: list[str] = []
    for line in block.content.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, output
            command, output = [line], []
        elif command[-1].endswith("\\") and not output:
            command.append(line)
        else:
            output.append(line)
    yield command, output


def _shortened(line: str) -> str:
    return line if len(line) <= WIDTH else line[: WIDTH - 4] + " ..."

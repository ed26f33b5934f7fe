"""Reads the docstrings of public functions and classes of a Python package.

Nothing is imported: the files of a wheel are parsed. A name becomes words ("connected_components"
is "connected components"). Of the docstring the prose above the first section is used.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

_NOT_PUBLIC = re.compile(
    r"(?:^|/)(?:tests?|testing|conftest|benchmarks?|externals?|_lib|sandbox|examples)(?:/|\.py)"
)
_SECTION = re.compile(
    r"^(?:\S.*\n[-=~]{3,}\s*$|(?:Parameters|Args|Arguments|Returns?|Raises|Examples?|Notes?|See Also|References|"
    r"Explanation|Attributes|Usage|Keyword Arguments)\s*:?\s*$|>>>|\.\. |::|:param|:type|:return|@)",
    re.MULTILINE,
)
_ROLE = re.compile(r":[\w:+-]+:`([~.]?)([^`<]*?)(?:\s*<[^`>]*>)?`")
_MARKS = re.compile(r"`+|\*\*|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)|\|")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_")


def read_wheel(wheel: Path) -> Iterator[tuple[str, str]]:
    """Yield the name, in words, and the prose of everything public in a wheel, by path and line."""
    with ZipFile(wheel) as archive:
        for path in sorted(archive.namelist()):
            if path.endswith(".py") and not _NOT_PUBLIC.search(path):
                yield from read_module(archive.read(path).decode("utf-8", "replace"))


def read_module(source: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the prose of each public function and class at the top of a module."""
    try:
        module = ast.parse(source)
    except SyntaxError:  # templates of code end in .py too
        return
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            text = prose_of(ast.get_docstring(node, clean=False) or "")
            if text:
                yield in_words(node.name), text


def prose_of(docstring: str) -> str:
    """Return the running text in front of the first section, without marks of reStructuredText."""
    text = inspect.cleandoc(docstring)
    section = _SECTION.search(text)
    text = text[: section.start()] if section else text
    paragraphs = [" ".join(p.split()) for p in re.split(r"\n\s*\n", text) if not p.startswith(" ")]
    kept = [p for p in paragraphs if p and p[-1] in ".!?" and not p.startswith(("-", "*", "#"))]
    return _MARKS.sub("", _ROLE.sub(_shown, " ".join(kept)))


def _shown(role: re.Match[str]) -> str:
    return role[2].rsplit(".", 1)[-1] if role[1] else role[2]


def in_words(name: str) -> str:
    """Return the words of a name.

    "OneHotEncoder" is "one hot encoder", "DNSRecord" "DNS record".
    """
    words = [word for word in _HUMP.split(name) if word]
    return " ".join(w if len(w) > 1 and w.isupper() else w.lower() for w in words)

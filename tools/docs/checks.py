"""What must hold of the documents.

Bounds, links, no page that nothing links to, names that exist.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it.token import Token

from tools.docs.tables import PARTS, WIDTH, all_commands, with_parts
from tools.docs.wrapping import PARSER, is_too_wide, paragraphs

LINES = {"README.md": 250, "DESIGN.md": 150}
"""The most lines of a document."""
DECISION_WORDS = 200
START = "README.md"
"""Where every page must be reachable from."""
PAGES = ("*.md", "docs/**/*.md", "corpus/README.md", "deploy/README.md", "index/README.md")
FIGURES = ("docs/**/*.png", "docs/**/*.svg")
DECISION_PARTS = ("Question", "Choice", "Evidence", "Rules out", "Revisit")

_HISTORY = "CHANGELOG.md"
"""May name what is no longer there."""
_PLACE = re.compile(
    r"(?<![\w./\"-])(?:semsearch|tests|benchmarks|training|tools|docs|deploy|requirements)"
    r"/[\w./-]*[\w/]"
)
_MODULE = re.compile(r"python -m ((?:benchmarks|training|tests|tools)[\w.]*\w)")
_TARGET = re.compile(r"(?<![\w-])make ([a-z]+(?:-[a-z]+)*)(?![\w-])")
_RULE = re.compile(r"^([a-z-]+):", re.MULTILINE)
_SOURCE = re.compile(r"(?:\w+/)*\w+\.py|(?:\w+/)+")
"""A module or a folder, which may lie in the package."""


@dataclass(frozen=True)
class Document:
    """A document, by its path from the root of the project."""

    root: Path
    path: str

    @cached_property
    def text(self) -> str:
        """The whole text."""
        return (self.root / self.path).read_text(encoding="utf-8")

    @cached_property
    def tokens(self) -> list[Token]:
        """The blocks, each with its inline parts as children."""
        return PARSER.parse(self.text)

    @cached_property
    def anchors(self) -> set[str]:
        """The anchors of the headings, as GitHub makes them."""
        found: set[str] = set()
        for before, token in pairwise(self.tokens):
            if before.type == "heading_open":
                slug = re.sub(r"[^\w\- ]", "", _plain(token).lower()).replace(" ", "-")
                same = sum(
                    re.fullmatch(rf"{re.escape(slug)}(-\d+)?", one) is not None for one in found
                )
                found.add(f"{slug}-{same}" if same else slug)
        return found

    @cached_property
    def links(self) -> list[str]:
        """Where links and pictures lead, those in HTML too."""
        inside = [child for token in self.tokens for child in token.children or ()]
        pictures = "".join(child.content for child in inside if child.type == "html_inline")
        return [
            str(child.attrs["href" if child.type == "link_open" else "src"])
            for child in inside
            if child.type in {"link_open", "image"}
        ] + re.findall(r' src(?:set)?="([^"]+)"', pictures)

    @cached_property
    def code(self) -> list[str]:
        """Code: each span, and each line of a block that a shell would run."""
        spans = [
            c.content for t in self.tokens for c in t.children or () if c.type == "code_inline"
        ]
        return spans + [
            line for block in self.blocks("sh", "console") for line in shell_lines(block)
        ]

    def blocks(self, *kinds: str) -> list[Token]:
        """Return the fenced blocks of some kinds."""
        return [t for t in self.tokens if t.type == "fence" and t.info.strip() in kinds]


def _plain(token: Token) -> str:
    return "".join(child.content for child in token.children or () if child.type != "image")


def shell_lines(block: Token) -> Iterator[str]:
    """Yield the commands of a block, `console` or `sh`, lines that end with a backslash joined."""
    text = block.content.replace("\\\n", " ")
    for line in text.splitlines():
        if block.info.strip() == "sh":
            yield line
        elif line.startswith("$ "):
            yield line[2:]


def pages(root: Path) -> list[Document]:
    """Return all documents, in order."""
    found = sorted({path for pattern in PAGES for path in root.glob(pattern)})
    return [Document(root, path.relative_to(root).as_posix()) for path in found]


def problems(root: Path) -> list[str]:
    """Return everything that is wrong with the documents of a project, a line each."""
    found = pages(root)
    each = (too_long, not_a_decision, too_wide, dead_links, missing_names, unknown_commands, stale)
    return [said for check in each for page in found for said in check(page)] + list(unlinked(root))


def too_long(page: Document) -> Iterator[str]:
    """Yield a complaint when a document has more lines than it may."""
    lines, most = len(page.text.splitlines()), LINES.get(page.path)
    if most is not None and lines > most:
        yield f"{page.path}: has {lines} lines, at most {most} are allowed; move details to docs/"


def not_a_decision(page: Document) -> Iterator[str]:
    """Yield what a decision lacks: number, parts, brevity."""
    if not page.path.startswith("docs/decisions/") or page.path.endswith("/index.md"):
        return
    named = re.fullmatch(r"(\d{4})-[a-z0-9-]+\.md", Path(page.path).name)
    stated = re.match(r"# (\d+)\. \S", page.text)
    if not named or not stated or int(named[1]) != int(stated[1]):
        yield f"{page.path}: name it NNNN-title.md and begin it with '# N. Title', N being its number"
    parts = tuple(re.findall(r"^\*\*([\w ]+)\.\*\*", page.text, re.MULTILINE))
    if parts != DECISION_PARTS:
        yield f"{page.path}: has the parts {', '.join(parts)}, not {', '.join(DECISION_PARTS)}"
    if (words := len(page.text.split())) > DECISION_WORDS:
        yield f"{page.path}: has {words} words, at most {DECISION_WORDS} are allowed"


def too_wide(page: Document) -> Iterator[str]:
    """Yield the lines of prose that are wider than they may be.

    Paragraphs, lists and quotations.
    """
    lines = page.text.split("\n")
    for first, behind in paragraphs(page.text):
        for number in range(first, behind):
            if is_too_wide(lines[number]):
                wide = len(lines[number])
                yield f"{page.path}:{number + 1}: has {wide} columns, not {WIDTH}; run `make docs`"


def dead_links(page: Document) -> Iterator[str]:
    """Yield the links that lead to no file or to no heading of one."""
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme:
            continue
        path = Path((page.root / page.path).parent, unquote(parts.path)) if parts.path else None
        if path is not None and not path.exists():
            yield f"{page.path}: the link {link} leads to no file"
        elif parts.fragment:
            target = page if path is None else Document(page.root, _relative(path, page.root))
            if parts.fragment not in target.anchors:
                yield f"{page.path}: the link {link} leads to no heading"


def _relative(path: Path, root: Path) -> str:
    return path.resolve().relative_to(root.resolve()).as_posix()


def missing_names(page: Document) -> Iterator[str]:
    """Yield files, modules and targets that are named in code and are not there.

    Modules of the package may be named without `semsearch/`, or by their file name alone.
    """
    if page.path == _HISTORY:
        return
    makefile = page.root / "Makefile"
    targets = (
        set(_RULE.findall(makefile.read_text(encoding="utf-8"))) if makefile.exists() else set()
    )
    for code in page.code:
        for place in _PLACE.findall(code):
            if "NNNN" not in place and not (page.root / place).exists():
                yield f"{page.path}: there is no {place}"
        if _SOURCE.fullmatch(code) and not _is_source(page.root, code):
            yield f"{page.path}: there is no {code} in semsearch/"
        for module in _MODULE.findall(code):
            path = page.root / module.replace(".", "/")
            if not path.with_suffix(".py").exists() and not (path / "__main__.py").exists():
                yield f"{page.path}: there is no module {module}"
        for target in _TARGET.findall(code):
            if target not in targets:
                yield f"{page.path}: the Makefile has no target {target}"


def _is_source(root: Path, name: str) -> bool:
    """Tell whether a module is there. One of another package may be named from that package on."""
    package = root / "semsearch"
    first, *behind = name.split("/")
    if not behind:
        return (root / name).exists() or next(package.rglob(name), None) is not None
    if (package / name).exists() or (root / name).exists():
        return True
    return not (package / first).is_dir() and (not name.endswith(".py") or bool(find_spec(first)))


def unknown_commands(page: Document) -> Iterator[str]:
    """Yield commands of semsearch with a name or an option that it does not have."""
    known = dict(all_commands())
    if page.path == _HISTORY:
        return
    for code in page.code:
        for said in re.findall(r"(?:^|[|(&;] *)semsearch +([^|;&#)]*)", code):
            words = _words(said)
            if not words or words[0].startswith("-") or words[0].isupper():
                continue
            name = next((n for n in (" ".join(words[:2]), words[0]) if n in known), None)
            if name is None:
                if not any(one.startswith(f"{words[0]} ") for one in known):
                    yield f"{page.path}: semsearch has no command {words[0]!r} ({code})"
                continue
            has = {o for p in known[name].params for o in (*p.opts, *p.secondary_opts)}
            for word in words:
                if word.startswith("-") and word != "-" and word.split("=")[0] not in has:
                    yield f"{page.path}: semsearch {name} has no option {word} ({code})"


def _words(said: str) -> list[str]:
    try:
        return shlex.split(said)
    except ValueError:  # a quotation that goes on behind what a shell would split at
        return said.split()


def stale(page: Document) -> Iterator[str]:
    """Yield a complaint when a generated part is not what the program would write."""
    if any(part.document == page.path for part in PARTS.values()):
        try:
            if with_parts(page.root, page.path, page.text) != page.text:
                yield f"{page.path}: a generated part is not current; run `make docs`"
        except ValueError as problem:
            yield str(problem)


def unlinked(root: Path) -> Iterator[str]:
    """Yield pages and pictures that cannot be reached from the README by following links."""
    known = {page.path: page for page in pages(root)}
    reached, waiting = {START}, [START]
    while waiting:
        page = known.get(waiting.pop())
        for link in page.links if page else ():
            path = urlsplit(link).path
            if page and path and not urlsplit(link).scheme:
                target = Path(root, page.path).parent.joinpath(unquote(path)).resolve()
                if target.exists() and target.is_relative_to(root.resolve()):
                    name = _relative(target, root)
                    if name not in reached:
                        reached.add(name)
                        waiting.append(name)
    pictures = {p.relative_to(root).as_posix() for pattern in FIGURES for p in root.glob(pattern)}
    for name in sorted({*known, *pictures} - reached):
        yield f"{name}: nothing that the README leads to links to it"

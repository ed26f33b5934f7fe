"""Reader of MyST's glossary directives, Sphinx in Markdown (https://myst-parser.readthedocs.io).

The directive is fenced. Its body is read as Sphinx reads it (`sphinx/glossary_directive.py`), with
definitions in Markdown. A role such as {term}`shown <target>` is replaced by the text that it
shows; a role that refers to a term is a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from semsearch.core.entries import NO_DETAILS, Refusal, Source
from semsearch.importers.fields import shorten
from semsearch.importers.files.text_files import read_text
from semsearch.importers.labelled_lines import with_labels_read
from semsearch.importers.markdown_syntax.blocks import parse_blocks
from semsearch.importers.markdown_syntax.links import from_file
from semsearch.importers.markdown_syntax.plain_text import MAX_SOURCE, inline_words
from semsearch.importers.markdown_writer.from_markdown import structured_prose
from semsearch.importers.records import Item, ReadOptions, Record, with_markdown
from semsearch.importers.sphinx.glossary_directive import TermGroup, term_groups

_OPENING = re.compile(r"^([ \t]*)(`{3,}|~{3,}|:{3,})\s*\{glossary\}")
_OPTION = re.compile(r"^:[\w-]+:")
_ROLE = re.compile(r"\{([a-z][\w:-]*)\}(`+)([^`]{1,1000})\2")
_TITLED = re.compile(r"^(.*?)\s*<([^<>]*)>$", re.DOTALL)
_LINKING = ("term", "std:term")


def read(path: Path, _: ReadOptions) -> Iterator[Item]:
    """Read the glossary directives of a Markdown file."""
    lines = read_text(path).split("\n")
    for first, body in _directives(lines):
        for group in term_groups(body):
            yield _item(group, path, first)


def _directives(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the body of each directive and its first line; an unclosed one ends with the file."""
    place = 0
    while place < len(lines):
        opening = _OPENING.match(lines[place])
        place += 1
        if not opening:
            continue
        indent, fence = opening.groups()
        first = place
        while place < len(lines) and not _closes(lines[place], fence):
            place += 1
        body = [line.removeprefix(indent) for line in lines[first:place]]
        skipped = next((i for i, line in enumerate(body) if not _OPTION.match(line)), len(body))
        yield first + skipped, body[skipped:]
        place += 1


def _closes(line: str, fence: str) -> bool:
    stripped = line.strip()
    return len(stripped) >= len(fence) and set(stripped) == {fence[0]}


def _item(group: TermGroup, path: Path, first: int) -> Item:
    source = Source(str(path), first + group.terms[0][0] + 1)
    links: list[str] = []

    def shown(role: re.Match[str]) -> str:
        titled = _TITLED.match(role[3])
        target = titled[2] if titled else role[3]
        if role[1] in _LINKING and ":" not in target:  # with a colon: an entry of another project
            links.append(target)
        return (titled[1] if titled else role[3]).lstrip("~!")

    text = "\n".join(group.body)
    if len(text) > MAX_SOURCE:
        return Refusal(
            source,
            f"the text of {shorten(group.terms[0][1])!r} is longer than {MAX_SOURCE} characters",
        )
    names = [inline_words(_ROLE.sub(shown, name[:5000]), {}) for _, name in group.terms]
    links.clear()
    blocks = parse_blocks(_ROLE.sub(shown, text))
    prose = structured_prose(blocks.nodes, blocks.references, from_file(path.name))
    made = Record(
        names[0],
        prose.words,
        source,
        tuple(names[1:]),
        see_also=(*links, *prose.see_also),
        details=with_markdown(NO_DETAILS, prose.markdown),
    )
    return with_labels_read(made, has_links=bool(made.see_also))

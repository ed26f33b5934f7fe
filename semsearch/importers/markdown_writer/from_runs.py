"""Text of word processors: runs of characters with emphasis and links, as lines of Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from semsearch.importers.markdown_syntax.links import nowhere
from semsearch.importers.markdown_writer.blocks import Element, link_address
from semsearch.importers.markdown_writer.inline import InlinePiece, pieces_of


class TextRun(NamedTuple):
    """Characters with the same emphasis (`strong`, `em`) and link."""

    text: str
    marks: tuple[str, ...] = ()
    address: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it has neither emphasis nor a link."""
        return not (self.marks or self.address) or not self.text.strip()


def after(runs: Sequence[TextRun], count: int) -> tuple[TextRun, ...]:
    """Return the runs without the first characters."""
    made: list[TextRun] = []
    for run in runs:
        made += [run._replace(text=run.text[count:])] if len(run.text) > count else []
        count = max(count - len(run.text), 0)
    return tuple(made)


def lines_of(runs: Sequence[TextRun]) -> list[tuple[TextRun, ...]]:
    """Split runs at line breaks."""
    lines: list[list[TextRun]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        lines[-1].append(run._replace(text=first))
        lines += ([run._replace(text=text)] for text in others)
    return [*map(tuple, lines)]


def pieces_of_runs(runs: Sequence[TextRun]) -> list[InlinePiece]:
    """Return runs without line breaks as pieces of a line of Markdown."""
    return [
        piece
        for run in runs
        for piece in pieces_of([run.text], run.marks, link_address(run.address, nowhere))
    ]


def paragraph_of_runs(runs: Sequence[TextRun]) -> Element:
    """Return runs as a paragraph."""
    parts: list[Element | str] = []
    for line in lines_of(runs):
        parts += [Element("br"), *map(_element, line)]
    return Element("p", parts[1:])


def _element(run: TextRun) -> Element:
    element = Element("span", [run.text])
    for mark in run.marks:
        element = Element(mark, [element])
    return Element("a", [element], link_address(run.address, nowhere)) if run.address else element

"""Rows and cells of tables of office documents, and the structure of the text in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from semsearch.importers.markdown_writer.blocks import Element, markdown_of
from semsearch.importers.markdown_writer.from_runs import TextRun, paragraph_of_runs


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: the number and name of its table, its own number from 1, and its cells."""

    table: int
    name: str
    number: int
    cells: list[str]
    is_hidden: bool = False
    structures: Mapping[int, Element] = field(default_factory=dict)
    """The cells with emphasis or links, by column."""

    def markdown(self, column: int) -> str:
        """Return the structure of a cell as Markdown; empty if it has none."""
        return markdown_of(self.structures[column]) if column in self.structures else ""


@dataclass(slots=True)
class OfficeCell:
    """A cell: its paragraphs, and how it is merged."""

    texts: list[str] = field(default_factory=list)
    items: dict[int, str] = field(default_factory=dict)
    """The texts that are items of a list, by place, and the element of HTML of the list."""
    columns: int = 1
    rows: int = 1
    """Rows over which the cell is merged; 0 if it continues the one above."""
    runs: list[tuple[TextRun, ...]] = field(default_factory=list)
    """Of each text, if it has emphasis or links."""

    def add(self, text: str, runs: tuple[TextRun, ...], list_: str = "") -> None:
        """Add a paragraph, unless it is empty."""
        if text:
            self.items |= {len(self.texts): list_} if list_ else {}
            self.texts.append(text)
            self.runs.append(runs)

    def text(self) -> str:
        """Return the paragraphs; an item alone is no list, as where rows have numbers."""
        numbers = self._numbers()
        marks = (f"{n}. " if n else "- " if n == 0 else "" for n in numbers)
        return "\n".join(map("".join, zip(marks, self.texts, strict=True)))

    def _numbers(self) -> list[int | None]:
        """Return the number of each text, 0 of an item without one, and None of a paragraph."""
        numbers: list[int | None] = []
        last = 0
        for place in range(len(self.texts)):
            list_ = self.items.get(place) if len(self.texts) > 1 else None
            last = last + 1 if list_ == "ol" else last if list_ else 0
            numbers.append(last if list_ == "ol" else 0 if list_ else None)
        return numbers

    def structure(self) -> Element | None:
        """Return the paragraphs and items with emphasis and links; None if there are none."""
        if not any(self.runs) and "ol" not in self.items.values():
            return None
        blocks: list[Element | str] = []
        for place, number in enumerate(self._numbers()):
            block = paragraph_of_runs(self.runs[place] or (TextRun(self.texts[place]),))
            if number is None:
                blocks.append(block)
            else:
                items: list[Element | str] = [Element("li", [block])]
                blocks.append(Element(self.items[place], items, str(number)))
        return Element("div", blocks)

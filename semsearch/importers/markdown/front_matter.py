"""Reader of YAML front matter: the block between two `---` lines at the top of a page.

Every scalar is read as text: `title: No` is the word "No" and not false, `title: 404` is not a
number. A `null` without quotes is an empty text. Anchors and aliases are refused, so that a small
file cannot expand into a large one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import Node, ScalarNode

from semsearch.core.entries import Details, Field, Refusal, Source
from semsearch.importers.extra_fields import split_values
from semsearch.importers.files.text_files import front_matter_lines, opens_front_matter, read_text
from semsearch.importers.name_lists import split_phrases
from semsearch.importers.parse_errors import yaml_reason

MAX_CHARACTERS = 64 * 1024

_NULLS = ("~", "null")
_PHRASES = ("asked_as", "asked as", "asked-as")
_CATEGORIES = ("category", "categories", "tags")
_LAYOUT = frozenset(
    {"cssclass", "cssclasses", "draft", "layout", "nav_order", "page-type", "permalink", "publish",
     "sidebar", "sidebar_position", "toc", "url", "weight"}
)  # fmt: skip
"""Fields that say how a site shows a page, and nothing about the term."""


class BadFrontMatter(Exception):
    """Invalid front matter; `line` counts from 1 in the file."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class FrontMatterPage:
    """The fields of a page, by lower-case name, and the Markdown below them."""

    fields: dict[str, Any]
    body: str

    def text(self, name: str) -> str:
        """Return a field that holds one text; empty if it is missing or something else."""
        value = self.fields.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def phrases(self) -> tuple[str, ...]:
        """Return the asked-as phrases: a list, or a text as in a table."""
        fields = (self.fields[name] for name in _PHRASES if name in self.fields)
        return tuple(one for field in fields for one in split_phrases(field) if one)

    def details(self, known: Iterable[str]) -> tuple[Details, tuple[Field, ...]]:
        """Return what fields say about the entry, and the fields that entries cannot hold.

        Args:
            known: the names that the reader reads itself, in lower case.
        """
        names = {*known, *_PHRASES, *_CATEGORIES, "status"}
        others = {name: value for name, value in self.fields.items() if name not in names}
        fields, left_out = split_values(others)
        details = Details.of(
            {
                "category": "; ".join(dict.fromkeys(c for n in _CATEGORIES for c in self.texts(n))),
                "status": self.text("status"),
                "asked_as": self.phrases(),
                "extra": [field for field in fields if field[0] not in _LAYOUT],
            }
        )
        return details, (*left_out, *(field for field in fields if field[0] in _LAYOUT))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a field that holds one text or a list of texts, without empty ones."""
        value = self.fields.get(name, "")
        values = value if isinstance(value, list) else [value]
        texts = (item.strip() for item in values if isinstance(item, str))
        return tuple(filter(None, texts))


def read_page(path: Path) -> FrontMatterPage | Refusal:
    """Read a page; the refusal says what is wrong with its front matter."""
    try:
        return split_page(read_text(path))
    except BadFrontMatter as error:
        return Refusal(Source(str(path), error.line), error.reason)


def split_page(text: str) -> FrontMatterPage:
    """Split a page into front matter and body.

    Returns:
        Its fields and body; no fields if there is no front matter.

    Raises:
        BadFrontMatter: the front matter is not closed, too long, or not a YAML mapping.
    """
    lines = text.split("\n")
    if not opens_front_matter(lines):
        return FrontMatterPage({}, text)
    close = front_matter_lines(lines)
    if not close:
        raise BadFrontMatter("front matter opens with --- but no second --- closes it", 1)
    fields = _read_fields("\n".join(lines[1 : close - 1]))
    return FrontMatterPage(fields, "\n".join(lines[close:]))


def _read_fields(source: str) -> dict[str, Any]:
    if len(source) > MAX_CHARACTERS:
        raise BadFrontMatter(f"front matter is longer than {MAX_CHARACTERS} characters", 1)
    try:
        # reads texts, lists and mappings only: even safer than SafeLoader
        fields = yaml.load(source, Loader=_TextLoader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise BadFrontMatter(f"front matter is {yaml_reason(error)}", line) from error
    except yaml.YAMLError as error:
        raise BadFrontMatter("front matter holds a character YAML does not allow", 1) from error
    except RecursionError as error:
        raise BadFrontMatter("front matter is nested too deeply", 1) from error
    if not isinstance(fields, dict):
        raise BadFrontMatter("front matter is not a list of `name: value` lines", 1)
    return {name.lower(): value for name, value in fields.items() if isinstance(name, str)}


class _TextLoader(yaml.BaseLoader):
    """Reads scalars as text, nulls as empty ones, and refuses anchors and aliases."""

    def construct_scalar(self, node: ScalarNode) -> str:
        return "" if node.value in _NULLS and not node.style else str(node.value)

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "anchor", None) is not None:
            mark = event.start_mark
            raise yaml.MarkedYAMLError(None, None, "anchors and aliases are not read", mark)
        return super().compose_node(parent, index)

"""Converts reStructuredText to plain text with docutils, without executing or including anything.

Roles and directives that only Sphinx knows are replaced: a role by the text it would show, an
unknown directive by nothing. References stay unresolved, since no transform of docutils runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from typing import Any

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Directive, Parser, directives
from docutils.parsers.rst.states import Inliner
from docutils.utils import new_document, unescape

from semsearch.importers.sphinx.glossary_directive import term_groups

MAX_LINE = 10_000
"""Most characters of a line; docutils' own limit."""
_TITLED = re.compile(r"^(.+?)\s*(?<!\\)<([^<>]*)>$", re.DOTALL)
_LINKING = frozenset({"term", "std:term", "any"})
"""Roles that refer to entries; `:ref:` refers to a place in other documents."""


class GlossaryList(nodes.definition_list):
    """The content of a glossary directive; its items may have several terms."""


class Role(nodes.inline):
    """The text that a role shows; `target` is what a link refers to."""


def _shown(
    rawsource: str, text: str, role: str, lineno: int
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """Treat every role, known to docutils or not, as one that shows a text."""
    del lineno
    unescaped = unescape(text)
    titled = _TITLED.match(unescaped) if role else None
    shown, target = (titled[1], titled[2]) if titled else (unescaped, unescaped)
    if role and not titled and role not in _LINKING:
        shown = shown.removeprefix("!")
        shown = shown.rpartition(".")[2] if shown.startswith("~") else shown
    node = Role(rawsource, shown, role=role)
    if role in _LINKING and ":" not in target:  # "python:slice" is an entry of another project
        node["target"] = target.removeprefix("!")
    return [node], []


def _inliner() -> Inliner:
    """Return docutils' own inliner; docutils looks up parts in its class."""
    inliner = Inliner()
    inliner.interpreted = _shown  # type: ignore[method-assign]
    return inliner


class _Glossary(Directive):
    """Sphinx's glossary directive."""

    has_content = True
    optional_arguments = 0
    option_spec = {"sorted": directives.flag}  # noqa: RUF012 - as docutils declares it

    def run(self) -> list[nodes.Node]:
        found = GlossaryList()
        for group in term_groups(list(self.content)):
            item = nodes.definition_list_item()
            for place, name in group.terms:
                texts, _ = self.state.inline_text(name, self.lineno)
                term = nodes.term(name, "", *texts)
                term["line"] = self.content.items[place][1] + 1
                item += term
            body = nodes.definition()
            first = group.body_start
            lines = self.content[first : first + len(group.body)]
            if group.body:
                for at, line in enumerate(group.body):
                    lines.data[at] = line
                self.state.nested_parse(lines, 0, body)
            item += body
            found += item
        return [found]


def parse(text: str) -> nodes.document:
    """Parse a text; parts that docutils does not understand are left out."""
    directives.register_directive("glossary", _Glossary)
    settings = get_default_settings(Parser)
    settings.file_insertion_enabled = False
    settings.raw_enabled = False
    settings._disable_config = True
    settings.report_level = settings.halt_level = 5
    settings.warning_stream = StringIO()
    settings.line_length_limit = MAX_LINE
    document = new_document("glossary", settings)
    Parser(inliner=_inliner()).parse(text, document)
    return document


def links_of(node: nodes.Node) -> tuple[str, ...]:
    """Return the targets of the roles inside a node, in order."""
    return tuple(dict.fromkeys(role["target"] for role in node.findall(Role) if "target" in role))


def inline_words(node: nodes.Node) -> str:
    """Return the text of a term or paragraph on one line."""
    return " ".join("".join(_pieces(node)).split())


def words_of(node: nodes.Element) -> str:
    """Return the text of all blocks inside a node, with blank lines between them."""
    return "\n\n".join(filter(None, map(_block, node.children)))


DROPPED = (
    nodes.comment,
    nodes.system_message,
    nodes.substitution_definition,
    nodes.target,
    nodes.raw,
    nodes.image,
    nodes.pending,
)


_UNSAID = (nodes.comment, nodes.system_message, nodes.raw, nodes.footnote_reference)


def _pieces(node: nodes.Node) -> Iterator[str]:
    for part in node.findall(nodes.Text):
        if not isinstance(part.parent, _UNSAID):
            yield str(part)


def _block(node: nodes.Node) -> str:
    if isinstance(node, DROPPED):
        return ""
    for kind, write in _WRITERS:
        if isinstance(node, kind):
            return write(node)
    return words_of(node) if isinstance(node, nodes.Element) else str(node)


def _list(node: Any) -> str:  # noqa: ANN401 - docutils' nodes are not typed by what they hold
    marks: Iterable[str] = ("- " for _ in node.children)
    if isinstance(node, nodes.enumerated_list):
        first = int(node.get("start", 1))
        marks = (f"{number}. " for number in range(first, first + len(node.children)))
    lines = []
    for mark, item in zip(marks, node.children, strict=True):
        words = "\n".join(filter(None, map(_block, item.children)))
        lines += [mark + words.replace("\n", "\n" + " " * len(mark))] if words else []
    return "\n".join(lines)


def _definitions(node: Any) -> str:  # noqa: ANN401
    lines = []
    for item in node.children:
        names = ", ".join(inline_words(n) for n in item.children if isinstance(n, nodes.term))
        body = next((n for n in item.children if isinstance(n, nodes.definition)), None)
        lines.append(f"{names}: {words_of(body) if body is not None else ''}".strip())
    return "\n".join(lines)


def pop_fields(node: nodes.Element) -> list[tuple[str, str]]:
    """Take the field lists out of the children of a node, and return their names and texts."""
    lists = [one for one in node.children if isinstance(one, nodes.field_list)]
    for one in lists:
        node.remove(one)
    return [_field(field) for one in lists for field in one.children]


def _field(node: Any) -> tuple[str, str]:  # noqa: ANN401
    name, *bodies = node.children
    return inline_words(name), " ".join(map(words_of, bodies))


def _fields(node: Any) -> str:  # noqa: ANN401
    return "\n".join(f"{name}: {text}".strip() for name, text in map(_field, node.children))


def _row(node: Any) -> str:  # noqa: ANN401
    cells = (words_of(cell).replace("\n\n", " ") for cell in node.children)
    return "; ".join(filter(None, cells)) + "\n"


def _verbatim(node: Any) -> str:  # noqa: ANN401
    return str(node.astext()).strip("\n").rstrip()


_WRITERS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (nodes.literal_block, _verbatim),
    (nodes.doctest_block, _verbatim),
    (nodes.math_block, _verbatim),
    ((nodes.paragraph, nodes.title, nodes.rubric, nodes.caption), inline_words),
    ((nodes.bullet_list, nodes.enumerated_list), _list),
    (nodes.definition_list, _definitions),
    (nodes.field_list, _fields),
    (nodes.row, _row),
)

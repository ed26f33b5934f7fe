"""Writes the inline part of a tree (`blocks.py`) as Markdown: text, emphasis, links, code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from semsearch.importers.html.elements import BLOCKS
from semsearch.text.normalise import line_in_markdown, marks_in_markdown


@dataclass(slots=True)
class Element:
    """An element by its name in HTML, with elements and texts in it.

    `value` is the address of `a`, the language of `pre`, and the first number of `ol`. `tex` is a
    formula in LaTeX, and a displayed one if it has a value.
    """

    tag: str
    children: list[Element | str] = field(default_factory=list)
    value: str = ""


_EMPHASIS = {
    **dict.fromkeys(("b", "strong", "dfn"), "strong"),
    **dict.fromkeys(("i", "em", "cite", "var", "emphasis"), "em"),
}
_CODE = frozenset({"code", "kbd", "literal", "samp", "tt"})
_HIDDEN = frozenset({"script", "style", "template", "head"})
DEEPEST = 40
"""Levels of elements whose structure is written; of deeper ones only the text is."""
_MAX_PASSES = 8
"""Passes over the emphasis of a line, after which a line that is not settled has none."""
BACKTICKS = re.compile("`+")


class PieceKind(StrEnum):
    """What a piece of a line is; spaces and line breaks are pieces too."""

    TEXT = "text"
    CODE = "code"
    FORMULA = "formula"
    DISPLAYED_FORMULA = "displayed formula"
    SPACE = "space"
    BREAK = "break"


_FORMULAS = (PieceKind.FORMULA, PieceKind.DISPLAYED_FORMULA)


class InlinePiece(NamedTuple):
    """Inline text of one kind, the address that it links to, and its emphasis."""

    kind: PieceKind
    text: str = ""
    address: str = ""
    marks: tuple[str, ...] = ()
    """Of `strong` and `em`, in this order."""


SPACE, BREAK = InlinePiece(PieceKind.SPACE), InlinePiece(PieceKind.BREAK)
_SIGNS = {"strong": "**", "em": "*"}


def plain(element: Element) -> str:
    """Return the text of an element as it is written; without recursion, since it may be deep."""
    texts: list[str] = []
    rest: list[Element | str] = [element]
    while rest:
        one = rest.pop()
        if isinstance(one, str):
            texts.append(one)
        elif one.tag == "br":
            texts.append("\n")
        elif one.tag not in _HIDDEN:
            rest += reversed(one.children)
    return "".join(texts)


def pieces_of(
    children: list[Element | str], marks: tuple[str, ...] = (), address: str = "", depth: int = 0
) -> Iterator[InlinePiece]:
    """Yield the pieces of inline elements and texts.

    Args:
        children: in order.
        marks: around them.
        address: of a link around them.
        depth: number of elements around them.
    """
    for child in children:
        if isinstance(child, str):
            yield from _words(child, marks, address)
        elif child.tag == "br":
            yield BREAK
        elif child.tag == "tex":
            yield _formula(child)
        elif child.tag in _CODE:
            if words := " ".join(plain(child).split()):
                yield InlinePiece(PieceKind.CODE, words, address, marks)
        elif child.tag not in _HIDDEN:
            yield from _inside(child, marks, child.value or address, depth)


def _words(text: str, marks: tuple[str, ...], address: str) -> Iterator[InlinePiece]:
    words = " ".join(text.split())
    if text[:1].isspace():
        yield SPACE
    if words:
        yield InlinePiece(PieceKind.TEXT, words, address, marks)
        if text[-1:].isspace():
            yield SPACE


def _inside(
    element: Element, marks: tuple[str, ...], address: str, depth: int
) -> Iterator[InlinePiece]:
    mark = _EMPHASIS.get(element.tag)
    inner = tuple(one for one in _SIGNS if one == mark or one in marks)
    children: list[Element | str] = [plain(element)] if depth >= DEEPEST else element.children
    gap = [SPACE] if element.tag in BLOCKS else []
    yield from gap
    yield from pieces_of(children, inner, address, depth + 1)
    yield from gap


def _formula(element: Element) -> InlinePiece:
    text = " ".join(plain(element).replace("$", "").split())
    if not text or text.endswith("\\"):  # it would escape the dollar behind it
        return InlinePiece(PieceKind.TEXT, text) if text else SPACE
    return InlinePiece(_FORMULAS[bool(element.value)], text)


def line_of(pieces: list[InlinePiece], *, in_table: bool = False) -> str:
    """Return pieces without line breaks as a line of Markdown; empty if they have no text."""
    return line_in_markdown(part_of_line(pieces, in_table=in_table))


def part_of_line(pieces: list[InlinePiece], *, in_table: bool = False) -> str:
    """Return pieces as Markdown that does not begin a line."""
    merged = _merged(pieces)
    return _line(merged, in_table=in_table) if merged else ""


def _merged(line: list[InlinePiece]) -> list[InlinePiece]:
    """Merge texts of one kind, also over a space; at the ends and in a row no spaces are left."""
    made: list[InlinePiece] = []
    for piece in line:
        if piece is SPACE:
            if made and made[-1] is not SPACE:
                made.append(piece)
            continue
        before = made[-2] if len(made) > 1 and made[-1] is SPACE else made[-1] if made else None
        if (
            before is not None
            and piece.kind == before.kind == PieceKind.TEXT
            and (piece.address, piece.marks) == (before.address, before.marks)
        ):
            gap = " " if made[-1] is SPACE else ""
            del made[-2 if gap else -1 :]
            made.append(piece._replace(text=f"{before.text}{gap}{piece.text}"))
        elif (
            before is not None
            and made[-1] is before
            and piece.kind == before.kind == PieceKind.CODE
        ):
            made[-1] = before._replace(text=before.text + piece.text)
        else:
            if before is not None and _is_formula(before) and _is_formula(piece):
                made += [SPACE] if made[-1] is before else []
            made.append(piece)
    return made[:-1] if made and made[-1] is SPACE else made


def _line(pieces: list[InlinePiece], *, in_table: bool) -> str:
    pieces = _merged(_with_possible_marks(pieces))
    written: list[str] = []
    open_: tuple[str, ...] = ()
    address = ""
    following = [*pieces[1:], None]
    for piece, next_ in zip(pieces, following, strict=True):
        if piece is SPACE:
            kept = _common(open_, next_.marks) if next_ and next_.address == address else ()
            written += _closing(open_, kept)
            open_ = kept
            if address and (next_ is None or next_.address != address):
                written.append(f"]({address})")
                address = ""
            written.append(" ")
            continue
        if piece.address != address:
            written += _closing(open_, ())
            written += [f"]({address})"] if address else []
            written += ["["] if piece.address else []
            open_, address = (), piece.address
        kept = _common(open_, piece.marks)
        written += [*_closing(open_, kept), *(_SIGNS[one] for one in piece.marks[len(kept) :])]
        open_ = piece.marks
        starts_link = next_ is not None and next_.address not in ("", address)
        written.append(_written(piece, in_table=in_table, before_link=starts_link))
    written += _closing(open_, ())
    written += [f"]({address})"] if address else []
    return "".join(written)


def _closing(open_: tuple[str, ...], kept: tuple[str, ...]) -> list[str]:
    return [_SIGNS[one] for one in reversed(open_[len(kept) :])]


def _common(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    same = 0
    while same < min(len(first), len(second)) and first[same] == second[same]:
        same += 1
    return first[:same]


def _with_possible_marks(pieces: list[InlinePiece]) -> list[InlinePiece]:
    """Drop the emphasis that Markdown cannot write, as that of `"a"` directly before a letter."""
    made = list(pieces)
    for at, (left, right) in enumerate(pairwise(made)):  # as prices: 2$x$ is no formula
        if _is_formula(left) and right.text[:1].isdigit():
            made[at] = left._replace(kind=PieceKind.TEXT)
        if _is_formula(right) and left.text[-1:].isdigit():
            made[at + 1] = right._replace(kind=PieceKind.TEXT)
    for _ in range(_MAX_PASSES):
        is_settled = True
        for at, (left, right) in enumerate(pairwise(made)):
            if SPACE in (left, right) or left.address != right.address:
                continue
            kept = _common(left.marks, right.marks)
            closes, opens = left.marks != kept, right.marks != kept
            if opens and (closes or (_is_sign(right, 0) and not _is_sign(left, -1))):
                made[at + 1] = right._replace(marks=kept)
            elif closes and _is_sign(left, -1) and not _is_sign(right, 0):
                made[at] = left._replace(marks=kept)
            else:
                continue
            is_settled = False
        if is_settled:
            return made
    return [piece._replace(marks=()) if piece is not SPACE else piece for piece in made]


def _is_formula(piece: InlinePiece) -> bool:
    return piece.kind in _FORMULAS


def _is_sign(piece: InlinePiece, at: int) -> bool:
    """Return whether the first or last character of a piece is punctuation, as are its marks."""
    return piece.kind is not PieceKind.TEXT or unicodedata.category(piece.text[at])[0] in "PS"


def _written(piece: InlinePiece, *, in_table: bool, before_link: bool) -> str:
    if piece.kind is PieceKind.TEXT:
        text = marks_in_markdown(piece.text).replace("$", r"\$")
        return f"{text[:-1]}\\!" if before_link and text.endswith("!") else text
    if piece.kind is not PieceKind.CODE:
        sign = "$$" if piece.kind is PieceKind.DISPLAYED_FORMULA else "$"
        return f"{sign}{piece.text}{sign}"
    longest = {len(run) for run in BACKTICKS.findall(piece.text)}
    fence = "`" * next(size for size in range(1, len(longest) + 2) if size not in longest)
    gap = " " if "`" in (piece.text[0], piece.text[-1]) else ""
    text = piece.text.replace("|", r"\|") if in_table else piece.text
    return f"{fence}{gap}{text}{gap}{fence}"

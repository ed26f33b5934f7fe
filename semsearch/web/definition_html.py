"""Shows the Markdown of a definition as HTML, with links to terms or highlighted words in it.

Two steps remove unsafe markup: markdown-it makes HTML without raw HTML and images, and nh3 removes
all but some elements and attributes. Texts are escaped and inserted after both, so the sanitised
HTML can be cached.
"""

from __future__ import annotations

import html
import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from semsearch.core.entries import Entry, slug_of
from semsearch.web.formulas import mathml
from semsearch.web.highlight import HighlightedText

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from markupsafe import Markup

_MAX_FORMULAS = 100
"""Formulas that are drawn on a page; later ones are shown as code."""
REMEMBERED = 1024
"""Definitions whose HTML is remembered: some 5 kB each with their texts."""
_AHEAD = 500
"""Characters of the plain text that are searched for the next word of the Markdown."""
_TAGS = {
    "a", "b", "blockquote", "br", "code", "em", "li", "mark", "ol", "p", "pre", "strong", "table",
    "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "class", "data-id", "rel"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_ADDRESS = re.compile(r"https?://|mailto:", re.IGNORECASE)
_WORD = re.compile(r"\S+")
# noncharacters, which no entity makes: they stand for a text or a formula while HTML is sanitised
_HELD = re.compile("\ufdd0([0-9]+)\ufdd1")
_SIGNS = dict.fromkeys(map(ord, "\ufdd0\ufdd1"))


class TaggedSpan(NamedTuple):
    """A span of the plain text, and the tags around it; `is_whole` spans are never divided."""

    start: int
    end: int
    opens: str
    closes: str
    is_whole: bool = False


def shown_markdown(entry: Entry) -> str:
    """Return the Markdown by which a page shows an entry; empty if its text is only paragraphs."""
    if entry.details.markdown:
        return entry.details.markdown
    from semsearch.importers.markdown_writer.from_markdown import (  # noqa: PLC0415 - loads markdown-it
        has_list,
        text_in_markdown,
    )

    return text_in_markdown(entry.definition) if has_list(entry.definition) else ""


def definition_html(
    markdown: str,
    definition: str,
    places: Sequence[TaggedSpan],
    link: Callable[[str], str] | None = None,
) -> Markup:
    """Return Markdown as HTML.

    Args:
        markdown: of a definition.
        definition: its plain text.
        places: spans of it with tags, which are HTML, in order, of which none overlap.
        link: returns the URL of the entry that `#name` links to, or an empty text. Links that are
            neither this nor addresses of the web are words. Without `link`, links to entries become
            plain words, and the HTML is cached.
    """
    from markupsafe import Markup

    made = _remembered(markdown, definition) if link is None else _read(markdown, definition, link)
    return Markup(made.with_places(places))  # noqa: S704 - sanitised; texts are escaped


def highlighted_places(text: HighlightedText) -> list[TaggedSpan]:
    """Return the places of a whole text that is highlighted."""
    places, at = [], 0
    for piece, in_sentence, is_word in text.pieces:
        if in_sentence or is_word:
            opens = ("<mark>" if in_sentence else "") + ("<b>" if is_word else "")
            closes = ("</b>" if is_word else "") + ("</mark>" if in_sentence else "")
            places.append(TaggedSpan(at, at + len(piece), opens, closes))
        at += len(piece)
    return places


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415
    from mdit_py_plugins.dollarmath import dollarmath_plugin  # noqa: PLC0415

    made = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    made.enable("table").disable(["image", "reference", "html_block", "html_inline"])
    return made.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)


class _Text:
    """A text of a definition, and where its words are in the plain text."""

    __slots__ = ("_found", "_is_linked", "_text")

    def __init__(self, text: str, found: array[int], *, is_linked: bool) -> None:
        self._text = text
        self._found = found
        """The offset of each word, -1 of one that is not near."""
        self._is_linked = is_linked

    def with_places(self, places: Sequence[TaggedSpan], first: int) -> tuple[str, int]:
        """Return HTML with the tags of the places in it, and the first place of the next text."""
        last = max(self._found, default=-1)
        if last < 0 or first == len(places) or places[first].start >= last + len(self._text):
            return _escaped(self._text), first  # no place is in it: most texts have none
        words = [
            (word.start(), found, len(word[0]))
            for word, found in zip(_WORD.finditer(self._text), self._found, strict=True)
            if found >= 0
        ]
        done, pieces = 0, list[str]()
        begin, stop = words[0][1], words[-1][1] + words[-1][2]
        at = 0
        while first < len(places) and (place := places[first]).start < stop:
            while at < len(words) and words[at][1] + words[at][2] <= place.start:
                at += 1
            inside = list(_until(words, at, place.end))
            is_divided = place.start < begin or place.end > stop
            if inside and not (place.is_whole and (is_divided or self._is_linked)):
                start, end = _span(self._text, inside[0], inside[-1], place)
                pieces += (
                    _escaped(self._text[done:start]),
                    place.opens,
                    _escaped(self._text[start:end]),
                    place.closes,
                )
                done = end
            if place.end > stop:
                break
            first += 1
        pieces.append(_escaped(self._text[done:]))
        return "".join(pieces), first


class _SafeHtml:
    """Sanitised HTML of a definition, without its texts and formulas.

    Args:
        pieces: HTML.
        held: what stands between them: a text, or a formula as HTML.
    """

    __slots__ = ("_held", "_pieces")

    def __init__(self, pieces: Sequence[str], held: Sequence[_Text | str]) -> None:
        self._pieces = pieces
        self._held = held

    def with_places(self, places: Sequence[TaggedSpan]) -> str:
        """Return the HTML with its texts, in which some places have tags."""
        made, next_place = [self._pieces[0]], 0
        for held, piece in zip(self._held, self._pieces[1:], strict=True):
            if isinstance(held, str):
                made.append(held)
            else:
                shown, next_place = held.with_places(places, next_place)
                made.append(shown)
            made.append(piece)
        return "".join(made)


def _read(markdown: str, definition: str, link: Callable[[str], str]) -> _SafeHtml:
    """Make HTML of Markdown; see `definition_html`."""
    import nh3  # noqa: PLC0415 - only for pages

    page = _DefinitionRenderer(definition, link)
    made = page.render(_parser().parse(markdown.translate(_SIGNS)))
    safe = nh3.clean(
        made,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    pieces = _HELD.split(safe)  # every other one is a number
    return _SafeHtml(pieces[::2], [page.held[int(number)] for number in pieces[1::2]])


@lru_cache(maxsize=REMEMBERED)
def _remembered(markdown: str, definition: str) -> _SafeHtml:
    return _read(markdown, definition, lambda _: "")


class _DefinitionRenderer:
    """Renders the tokens of one definition, and follows them in its plain text."""

    def __init__(self, definition: str, link: Callable[[str], str]) -> None:
        self._definition = definition
        self._link = link
        self._at = 0
        self._links = 0
        """Open links, in which no other link may be."""
        self._unlinked: list[bool] = []
        self._formulas = 0
        self.held: list[_Text | str] = []
        """Texts, and formulas as HTML, by the number that stands for them."""

    def render(self, tokens: Sequence[Token]) -> str:
        """Return HTML that is not yet sanitised."""
        return "".join(piece for token in tokens for piece in self._token(token))

    def _token(self, token: Token) -> Iterator[str]:
        if token.type == "inline":
            yield self.render(token.children or ())
        elif token.type in ("text", "text_special"):
            if token.content:
                found = array("i", self._find_all(token.content))
                yield self._hold(_Text(token.content, found, is_linked=self._links > 0))
        elif token.type in ("code_inline", "fence", "code_block"):
            self._find_all(token.content)
            code = f"<code>{html.escape(token.content)}</code>"
            yield code if token.type == "code_inline" else f"<pre>{code}</pre>"
        elif token.type.startswith("math_"):
            yield self._formula(token)
        elif token.type.startswith("link_"):
            yield self._link_tag(token)
        elif token.type == "softbreak":
            yield "\n"
        elif token.tag in _TAGS and not token.hidden:
            start = token.attrs.get("start")
            attribute = f' start="{int(start)}"' if start and token.nesting > 0 else ""
            yield f"<{'/' if token.nesting < 0 else ''}{token.tag}{attribute}>"

    def _hold(self, held: _Text | str) -> str:
        self.held.append(held)
        return f"\ufdd0{len(self.held) - 1}\ufdd1"

    def _formula(self, token: Token) -> str:
        self._find_all(token.content)
        self._formulas += 1
        if self._formulas > _MAX_FORMULAS:
            return f"<code>${html.escape(token.content)}$</code>"
        is_displayed = token.type != "math_inline"
        return self._hold(mathml(token.content.strip(), is_displayed=is_displayed))

    def _link_tag(self, token: Token) -> str:
        if token.nesting < 0:
            self._links -= 1
            return "" if self._unlinked.pop() else "</a>"
        address = str(token.attrs.get("href", ""))
        is_outside = _ADDRESS.match(address) is not None
        target = address if is_outside else self._link(address)
        self._links += 1
        self._unlinked.append(not target)
        rel = ' rel="nofollow noopener noreferrer"' if is_outside else ""
        return f'<a href="{html.escape(target)}"{rel}>' if target else ""

    def _find_all(self, text: str) -> list[int]:
        """Return the offsets of the next words in the plain text, -1 of one that is not near."""
        return [self._find(word) for word in _WORD.findall(text)]

    def _find(self, word: str) -> int:
        found = self._definition.find(word, self._at, self._at + _AHEAD + len(word))
        self._at = self._at if found < 0 else found + len(word)
        return found


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _span(
    text: str, first: tuple[int, int, int], last: tuple[int, int, int], place: TaggedSpan
) -> tuple[int, int]:
    """Return where a place is in a text, with the spaces around its words if they are in it.

    Args:
        text: of a token.
        first: the first word of the place: its offsets in the text and in the plain text, its size.
        last: its last word.
        place: a span of the plain text.
    """
    start = first[0] + max(place.start - first[1], 0)
    end = last[0] + min(place.end - last[1], last[2])
    if place.start < first[1]:
        start = len(text[:start].rstrip())
    if place.end > last[1] + last[2]:
        end = len(text) - len(text[end:].lstrip())
    return start, end


def _until(
    words: Sequence[tuple[int, int, int]], first: int, end: int
) -> Iterator[tuple[int, int, int]]:
    """Yield the words from `first` on that begin before an offset of the plain text."""
    for at in range(first, len(words)):
        if words[at][1] >= end:
            return
        yield words[at]


def entry_link(entries: Sequence[Entry], url: Callable[[str], str]) -> Callable[[str], str]:
    """Return a function that gives the URL of the entry that `#name` links to.

    Args:
        entries: to which the entry may link.
        url: returns that of an entry, by its id.
    """
    from urllib.parse import unquote  # noqa: PLC0415

    from semsearch.text.normalise import fold  # noqa: PLC0415

    ids: dict[str, Any] = {}
    for entry in entries:
        for name in (slug_of(entry.id), fold(entry.term), *map(fold, entry.aliases)):
            ids.setdefault(name, entry.id)

    def link(address: str) -> str:
        name = unquote(address.removeprefix("#"))
        id_ = ids.get(name) or ids.get(fold(name))
        return url(id_) if id_ else ""

    return link

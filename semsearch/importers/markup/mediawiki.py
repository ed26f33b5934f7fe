"""Reader of MediaWiki: definition lists in wikitext, and dumps of pages (XML).

`;term : text`, and `;term` above lines that begin with `:`, are entries. A page of a dump without
such lists is one entry: its title, and the text above its first heading. A page that redirects is
another name of its target. [[Links]] lead to entries. What templates would show is unknown, so they
are left out and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from semsearch.core.entries import Details, Refusal, Source
from semsearch.importers.fields import shorten
from semsearch.importers.files.text_files import read_text
from semsearch.importers.html.to_text import html_words
from semsearch.importers.labelled_lines import NAMES_AND_PHRASES, with_labels_read
from semsearch.importers.markdown_writer.from_html import markdown_of_html
from semsearch.importers.markup.marked_text import lines_as_html
from semsearch.importers.markup.term_lists import Markup, Plain, TermLine, paragraphs, read_list
from semsearch.importers.records import Item, ReadOptions, Record, Redirect

_REDIRECT = re.compile(r"\s*#\w{2,20}\s*:?\s*\[\[([^\[\]|#\n]{1,300})[^\[\]\n]{0,300}\]\]", re.I)
_HEADING = re.compile(r"^={1,6}([^=\n]{1,300})={1,6}[ \t]*$", re.MULTILINE)
_TEMPLATE = re.compile(r"\{\{[^{}]{0,5000}\}\}")
_DROPPED = re.compile(r"<ref\b[^<>]{0,300}/>|__[A-Z]{3,30}__")
_PAIRS = (("<!--", "-->"), ("<ref", "</ref>"), ("{|", "|}"))
"""What begins and ends comments, footnotes and tables, which are left out."""
_LINK = re.compile(
    r"\[\[:?([^\[\]|#\n]{0,300})(?:#[^\[\]|\n]{0,300})?(?:\|([^\[\]\n]{0,500}))?\]\]"
)
_ASIDE = re.compile(r"(?:file|image|media|datei|bild|fichier|archivo|category|kategorie):", re.I)
_CATEGORY = re.compile(r"(?:category|kategorie|catégorie|categoría):(.+)", re.I)
_OUTSIDE = re.compile(r"\[(?:https?:)?//[^\s\[\]]{1,500}(?:[ \t]+([^\[\]\n]{1,300}))?\]")
_EMPHASIS = {2: ("i",), 3: ("b",), 4: ("b",), 5: ("b", "i")}
"""The elements for two to five quotes."""
_QUOTES = re.compile(r"'{2,5}")
_LEVELS = 6
"""Templates in templates that are removed."""


def read(path: Path, _: ReadOptions) -> Iterator[Item]:
    """Read a dump, or a text with definition lists."""
    text = read_text(path)
    if not text.lstrip().startswith("<mediawiki") and not text.lstrip().startswith("<?xml"):
        yield from read_list(enumerate(text.split("\n"), start=1), _WIKITEXT, str(path))
        return
    from semsearch.importers.trees.paths import TreeNode, select  # noqa: PLC0415
    from semsearch.importers.trees.syntaxes import parse_xml  # noqa: PLC0415 - lxml

    [root] = parse_xml(text, path)

    def value(page: TreeNode, name: str) -> str:
        return next((str(one.value.text or "") for one in select(page, name)), "")

    language = next((one.text() for one in select(root, "@lang")), "")
    for page in select(root, "page"):
        source = Source(str(path), page.line)
        title = value(page, "title")
        if value(page, "ns") not in ("", "0"):
            yield Refusal(source, f"{shorten(title)!r} is a page about the wiki, not an entry")
            continue
        for item in _page(title, value(page, "revision/text"), source):
            yield replace(item, language=language) if isinstance(item, Record) else item


def _page(title: str, text: str, source: Source) -> Iterator[Item]:
    redirect = _REDIRECT.match(text)
    if redirect:
        yield Redirect(title, redirect[1].strip(), source)
        return
    lines = ((source.line + place, line) for place, line in enumerate(text.split("\n")))
    entries = list(read_list(lines, _WIKITEXT, source.file))
    if any(isinstance(one, Record) and one.definition for one in entries):
        yield from entries
        return
    categories = (_CATEGORY.match(link[1]) for link in _LINK.finditer(text))
    lead, headings = _lead(text)
    plain = _plain(lead)
    made = Record(
        title,
        plain.words,
        source,
        see_also=plain.links,
        details=Details.of(
            {
                "category": "; ".join(found[1].strip() for found in categories if found),
                "markdown": markdown_of_html(plain.html),
            }
        ),
        key=title,
        left_out=(*plain.left_out, *((("sections", "; ".join(headings)),) if headings else ())),
    )
    yield with_labels_read(made, has_links=bool(plain.links), fields=NAMES_AND_PHRASES)


def _lead(text: str) -> tuple[str, list[str]]:
    """Return the text above the first heading and the headings; if it is empty, the whole text."""
    headings = list(_HEADING.finditer(text))
    lead = text[: headings[0].start()] if headings else text
    if headings and _plain(lead).words:
        return lead, [found[1].strip() for found in headings]
    return _HEADING.sub(r"\n\n\1\n\n", text), []


def _opens(line: str) -> TermLine | None:
    if not line.startswith(";"):
        return None
    rest = line.lstrip(";:* ")
    at = rest.find(":")
    while at >= 0 and (
        rest.startswith("://", at) or rest.count("[[", 0, at) > rest.count("]]", 0, at)
    ):
        at = rest.find(":", at + 1)
    return TermLine(rest, "") if at < 0 else TermLine(rest[:at].strip(), rest[at + 1 :].strip())


def _continues(line: str, after_blank: bool) -> str | None:
    del after_blank
    if not line.startswith((":", ";:")):
        return None
    text = line.lstrip(":; ")
    return f"\n{text}" if text[:1] not in ("*", "#") else text


def _plain(text: str) -> Plain:
    links: list[str] = []
    templates: list[str] = []

    def shown(link: re.Match[str]) -> str:
        if _ASIDE.match(link[1]):
            return ""
        links.append(link[1].strip())
        return f'<a href="#{quote(link[1].strip())}">{link[2] or link[1]}</a>'

    def dropped(template: re.Match[str]) -> str:
        templates.append(template[0])
        return ""

    words = _DROPPED.sub("", text)
    for begin, end in _PAIRS:
        words = _without(words, begin, end)
    for _ in range(_LEVELS):
        words, count = _TEMPLATE.subn(dropped, words)
        if not count:
            break
    words = _OUTSIDE.sub(_outside, _LINK.sub(shown, words))
    lines = [_emphasised(line) for line in paragraphs(words, "*:", "#").split("\n")]
    text = "\n".join(map(html_words, lines)).strip()
    left_out = (("template", templates[0][:100]),) if templates else ()
    return Plain(text, tuple(filter(None, links)), left_out, lines_as_html(lines))


def _outside(link: re.Match[str]) -> str:
    address = link[0][1:-1].split()[0]
    return f'<a href="{address}">{link[1]}</a>' if link[1] else ""


def _emphasised(line: str) -> str:
    """Return a line of wikitext with elements for its quotes, which end with the line."""
    open_: list[str] = []

    def element(quotes: re.Match[str]) -> str:
        made = ""
        for tag in _EMPHASIS[len(quotes[0])]:
            made += f"</{tag}>" if tag in open_ else f"<{tag}>"
            open_[:] = [one for one in open_ if one != tag] if tag in open_ else [*open_, tag]
        return made

    return _QUOTES.sub(element, line)


def _without(text: str, begin: str, end: str) -> str:
    """Remove what stands between two marks; a mark that nothing closes stays."""
    pieces, at = [], 0
    while (start := text.find(begin, at)) >= 0 and (stop := text.find(end, start)) >= 0:
        pieces.append(text[at:start])
        at = stop + len(end)
    return "".join(pieces) + text[at:]


_WIKITEXT = Markup(_opens, _continues, _plain)

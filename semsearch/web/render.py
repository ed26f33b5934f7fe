"""Renders templates as pages. Every text is escaped: no text of a glossary is ever markup."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from semsearch.core.presentation import Presentation
from semsearch.ranking import confidence
from semsearch.text.statuses import is_outdated
from semsearch.web.assets import assets_path
from semsearch.web.display import PART_NAMES, Share, fixed, language_name, signed
from semsearch.web.entry_view import first_line, with_links
from semsearch.web.urls import (
    edit_path,
    entry_file,
    entry_path,
    glossary_file,
    glossary_path,
    history_path,
)

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from semsearch.core.index_info import GlossaryInfo
    from semsearch.web.highlight import HighlightedText


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages of a site share.

    `root` is the relative URL of the start ("./", "../") from the page, so that a site works below
    any path prefix. `url` is the public URL with a slash at its end, empty if none is set.
    `address` is `url`, or the requested URL of a service that only this machine reaches.
    `glossaries` are those that the reader may see. If `is_static`, there is no service.
    """

    root: str = "./"
    url: str = ""
    address: str = ""
    glossaries: tuple[GlossaryInfo, ...] = ()
    is_static: bool = False
    about: Presentation = field(default_factory=Presentation)
    """What the owner says of the site."""
    may_edit: bool = False
    """Whether whoever reads the page has a key to edit."""
    takes_suggestions: bool = False
    """Whether readers may suggest missing terms and changes."""
    finds_meaning: bool = False
    """Whether a static site has the files by which it finds entries by meaning."""
    is_recording: bool = False
    """Whether the service records questions."""

    def seen_from(self, path: str) -> Site:
        """Return the site as seen from the page of a path."""
        return replace(self, root=root_of(f"/{path}"))

    @property
    def entries(self) -> int:
        """The number of entries of the glossaries."""
        return sum(info.entries for info in self.glossaries)

    @property
    def assets(self) -> str:
        """The URL of the folder of static files, relative to this page."""
        return self.root + assets_path()

    @property
    def logo(self) -> str:
        """The URL of the logo, relative to this page; empty if there is none."""
        return f"{self.root}{self.logo_path}" if self.about.logo else ""

    @property
    def logo_path(self) -> str:
        """The path of the logo, relative to the start of the site."""
        return logo_file(self.about)

    def icon_path(self, *, is_open: bool) -> str:
        """Return the path of the logo, or of our own if there is none or it needs a key."""
        return self.logo_path if self.about.logo and is_open else "static/favicon.svg"

    def page(self, name: str) -> str:
        """Return the relative URL of a page of the site: "map", "glossary", or "" for the start."""
        return f"{self.root}{name or 'index'}.html" if self.is_static else self.root + name

    def entry(self, id: str) -> str:
        """Return the URL of an entry's page, relative to this page."""
        return f"{self.root}{self.entry_path(id)}"

    def edit(self, id: str) -> str:
        """Return the URL of the page that edits an entry, relative to this page."""
        return f"{self.root}{edit_path(id)}"

    def history(self, id: str) -> str:
        """Return the URL of the page of an entry's history, relative to this page."""
        return f"{self.root}{history_path(id)}"

    def entry_path(self, id: str) -> str:
        """Return the path of an entry's page, relative to the start of the site."""
        return f"{entry_file(id)}.html" if self.is_static else entry_path(id)

    def markdown(self, id: str) -> str:
        """Return the path of an entry's Markdown version, relative to the start of the site."""
        return f"{entry_file(id) if self.is_static else entry_path(id)}.md"

    def glossary(self, name: str) -> str:
        """Return the URL of the page of a glossary, relative to this page."""
        return f"{self.root}{self.glossary_path(name)}"

    def glossary_path(self, name: str) -> str:
        """Return the path of the page of a glossary, relative to the start of the site."""
        return f"{glossary_file(name)}.html" if self.is_static else glossary_path(name)


def root_of(path: str) -> str:
    """Return the relative URL from a page to the start of its site.

    Args:
        path: of the requested page, percent-encoded, with the slash at its beginning.
    """
    return "../" * (path.count("/") - 1) or "./"


def logo_file(about: Presentation) -> str:
    """Return the file name of a logo, with the suffix of its type."""
    return f"logo.{about.logo_type.rpartition('/')[2]}"


def theme(about: Presentation) -> bytes:
    """Return the style sheet with the colours of the owner, which were checked when read."""
    return (
        f":root {{ --accent: light-dark({about.accent}, {about.accent_dark}); "
        "--on-accent: light-dark(#fff, #101214); }\n"
    ).encode()


def render(template: str, site: Site, **context: object) -> bytes:
    """Return a page, in UTF-8.

    Args:
        template: its name without the suffix, such as "search".
        site: of the page.
        context: the variables of the template. A missing one is an error.
    """
    page: str = _environment().get_template(f"{template}.html.jinja").render(site=site, **context)
    return page.encode("utf-8", "replace")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("semsearch.web"),
        autoescape=True,
        auto_reload=False,  # it would check the files at each page
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["language_name"] = language_name
    environment.filters["first_line"] = first_line
    environment.filters["fixed"] = fixed
    environment.filters["is_outdated"] = is_outdated
    environment.filters["marked"] = marked
    environment.filters["with_links"] = with_links
    environment.filters["share_rows"] = share_rows
    environment.globals["count"] = count
    environment.globals["close_from"] = round(100 * confidence.THRESHOLD)
    environment.globals["strong_from"] = round(100 * confidence.STRONG)
    return environment


def marked(text: HighlightedText) -> Markup:
    """Return a text as HTML: <mark> around the nearest sentence, <b> around words of the question.

    A template took half of the time of a page with an answer to do this.
    """
    from markupsafe import Markup

    parts = ["… "] if text.is_cut_before else []
    is_marked = False
    for piece, in_sentence, is_word in text.pieces:
        if in_sentence != is_marked:
            parts.append("<mark>" if in_sentence else "</mark>")
            is_marked = in_sentence
        escaped = html.escape(piece)
        parts.append(f"<b>{escaped}</b>" if is_word else escaped)
    if is_marked:
        parts.append("</mark>")
    if text.is_cut_after:
        parts.append(" …")
    return Markup("".join(parts))  # noqa: S704 - every piece was escaped above


def share_rows(shares: Iterable[Share]) -> Markup:
    """Return the rows of the table of a score, as fast as `marked`: an answer has a hundred."""
    from markupsafe import Markup

    rows = [
        f"{_SHARE_HEADS[part]}{fixed(value)} × {weight:g}</td><td>{signed(given)}</td></tr>\n"  # noqa: RUF001
        for given, part, value, weight in shares
    ]
    return Markup("".join(rows))  # noqa: S704 - numbers, and names that were escaped


_SHARE_HEADS = {
    part: f'<tr><th scope="row">{html.escape(name)}</th><td>' for part, name in PART_NAMES.items()
}


def count(number: int, one: str, many: str) -> str:
    """Return a number with its noun."""
    return f"1 {one}" if number == 1 else f"{number:,} {many}"

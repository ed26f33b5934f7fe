"""Templates become pages. Whatever is put into one is escaped: no text of a glossary is ever markup."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from semsearch.web.assets import assets_path
from semsearch.web.display import language_name
from semsearch.web.urls import entry_file, entry_path, glossary_file, glossary_path

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from semsearch.core.index_info import GlossaryInfo
    from semsearch.web.highlight import HighlightedText


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages of a site share.

    `root` is the relative address of its start, seen from the page ("./", "../"), so that a site works below any
    prefix; `url` its public address with a slash at the end, empty where none is set; `address` that, or the one that it
    was asked at where only this machine reaches it. `glossaries` are those that whoever reads the page may see. A site that
    `is_static` is files without a service behind them.
    """

    root: str = "./"
    url: str = ""
    address: str = ""
    glossaries: tuple[GlossaryInfo, ...] = ()
    is_static: bool = False
    may_edit: bool = False
    """Whether whoever reads the page has a key to edit."""

    def seen_from(self, path: str) -> Site:
        """Return the same site for another page of it, by the path of that."""
        return replace(self, root=root_of(f"/{path}"))

    @property
    def entries(self) -> int:
        """How many entries the glossaries have."""
        return sum(info.entries for info in self.glossaries)

    @property
    def assets(self) -> str:
        """The address of the folder with what pages load, seen from this page."""
        return self.root + assets_path()

    def page(self, name: str) -> str:
        """Return the address of one of the few pages that there is one of: "map", "glossary", or "" for the start."""
        return f"{self.root}{name or 'index'}.html" if self.is_static else self.root + name

    def entry(self, id: str) -> str:
        """Return the address of an entry's page, seen from this page."""
        return f"{self.root}{self.entry_path(id)}"

    def entry_path(self, id: str) -> str:
        """Return the path of an entry's page, seen from the start of the site."""
        return f"{entry_file(id)}.html" if self.is_static else entry_path(id)

    def twin(self, id: str) -> str:
        """Return the path of an entry's twin in Markdown, seen from the start of the site."""
        return f"{entry_file(id) if self.is_static else entry_path(id)}.md"

    def glossary(self, name: str) -> str:
        """Return the address of the index of a glossary, seen from this page."""
        return f"{self.root}{self.glossary_path(name)}"

    def glossary_path(self, name: str) -> str:
        """Return the path of the index of a glossary, seen from the start of the site."""
        return f"{glossary_file(name)}.html" if self.is_static else glossary_path(name)


def root_of(path: str) -> str:
    """Return the way from a page to the start of its site.

    Args:
        path: of the page as it was asked for, percent-encoded, from the slash the site begins with.
    """
    return "../" * (path.count("/") - 1) or "./"


def render(template: str, site: Site, **context: object) -> bytes:
    """Return a page, in UTF-8.

    Args:
        template: its name without the ending, "search".
        site: what it shares with all pages.
        context: what the template asks for; what is missing is an error.
    """
    made: str = _environment().get_template(f"{template}.html.jinja").render(site=site, **context)
    return made.encode("utf-8", "replace")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("semsearch.web"),
        autoescape=True,
        auto_reload=False,  # would look at the files of a page each time
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["language_name"] = language_name
    environment.filters["marked"] = marked
    environment.globals["count"] = count
    return environment


def marked(text: HighlightedText) -> Markup:
    """Return a text with its marks: <mark> for the sentence that answers, <b> for the words of the question.

    Written here and not in a template, which took half of the time of a page with an answer for it.
    """
    from markupsafe import Markup

    parts = ["… "] if text.goes_before else []
    is_marked = False
    for piece, in_sentence, is_word in text.pieces:
        if in_sentence != is_marked:
            parts.append("<mark>" if in_sentence else "</mark>")
            is_marked = in_sentence
        said = html.escape(piece)
        parts.append(f"<b>{said}</b>" if is_word else said)
    if is_marked:
        parts.append("</mark>")
    if text.goes_on:
        parts.append(" …")
    return Markup("".join(parts))  # noqa: S704 - every piece was escaped above


def count(number: int, one: str, many: str) -> str:
    """Return a number with its noun."""
    return f"1 {one}" if number == 1 else f"{number:,} {many}"

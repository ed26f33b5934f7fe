"""Templates become pages. Whatever is put into one is escaped: no text of a glossary is ever markup."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from semsearch.wording import language_name

if TYPE_CHECKING:
    from jinja2 import Environment

    from semsearch.types import GlossaryInfo

_KEPT = "-._~!$&'()*+,;=:@"
"""What RFC 3986 allows in a segment of a path besides letters and digits."""


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages of a site share.

    `root` is the relative address of its start, seen from the page ("./", "../"), so that a site works below any
    prefix; `url` its public address with a slash at the end, empty where none is set; `address` that, or the one that it
    was asked at where only this machine reaches it. `glossaries` are those that whoever reads the page may see.
    """

    root: str = "./"
    url: str = ""
    address: str = ""
    glossaries: tuple[GlossaryInfo, ...] = ()

    @property
    def entries(self) -> int:
        """How many entries the glossaries have."""
        return sum(info.entries for info in self.glossaries)

    def entry(self, id: str) -> str:
        """Return the address of an entry's page, seen from this page."""
        return f"{self.root}{entry_path(id)}"


def root_of(path: str) -> str:
    """Return the way from a page to the start of its site.

    Args:
        path: of the page as it was asked for, percent-encoded, from the slash the site begins with.
    """
    return "../" * (path.count("/") - 1) or "./"


def entry_path(id: str) -> str:
    """Return the path of an entry's page, seen from the start of the site."""
    return f"entry/{quote(id, safe=_KEPT)}"


def glossary_path(name: str) -> str:
    """Return the path of the index of a glossary, seen from the start of the site."""
    return f"glossary/{quote(name, safe=_KEPT)}"


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
        loader=PackageLoader("semsearch.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["glossary_path"] = glossary_path
    environment.filters["language_name"] = language_name
    environment.globals["count"] = count
    return environment


def count(number: int, one: str, many: str) -> str:
    """Return a number with its noun."""
    return f"1 {one}" if number == 1 else f"{number:,} {many}"

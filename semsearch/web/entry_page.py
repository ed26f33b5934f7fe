"""The page of an entry, the same for the service and a static site."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from semsearch.core.answers import Adjacent, Related
from semsearch.text.statuses import is_outdated
from semsearch.web.definition_html import TaggedSpan, definition_html, entry_link, shown_markdown
from semsearch.web.entry_view import (
    authored,
    defined_term,
    facts,
    is_embedding,
    linked,
    mentioning,
    named_terms,
    names,
    others,
    summary,
)
from semsearch.web.render import Site, render

if TYPE_CHECKING:
    from markupsafe import Markup

MAX_RELATED = 100
"""Most related entries of each kind on a page and in its Markdown version."""
_SIMILAR = 10
"""Most entries of similar meaning on a page."""


def entry_page_of(site: Site, related: Related, adjacent: Adjacent, changed: str = "") -> bytes:
    """Return the page of an entry.

    Args:
        site: of the page.
        related: the entry and its related entries.
        adjacent: the entries before and behind it in the alphabet.
        changed: the day of its last change, empty if it is not known.
    """
    entry = related.entry
    address = site.url or site.root
    path = site.entry_path(entry.id)
    return render(
        "entry",
        site,
        entry=entry,
        path=path,
        summary=summary(entry),
        names=names(entry),
        text=linked(related),
        rich=_rich(site, related),
        facts=facts(entry),
        is_outdated=is_outdated(entry.details.status),
        source_link=site.about.source_link(entry.source) if entry.source else "",
        authored=authored(related),
        mentions=others(related.mentions),
        mentioned_by=mentioning(related),
        similar=related.similar[:_SIMILAR],
        changed=changed,
        is_embedding=is_embedding(entry),
        adjacent=adjacent,
        defined_term=defined_term(
            entry, address + path, address + site.glossary_path(entry.glossary)
        ),
    )


def _rich(site: Site, related: Related) -> Markup | None:
    """Return the definition with its structure and links to terms; None if it has no structure."""
    entry = related.entry
    markdown = shown_markdown(entry)
    if not markdown:
        return None
    places = [
        TaggedSpan(
            start,
            end,
            f'<a class="term" href="{html.escape(site.entry(other.id))}" '
            f'data-id="{html.escape(other.id)}">',
            "</a>",
            is_whole=True,
        )
        for start, end, other in named_terms(related)
    ]
    link = entry_link(others(related.see_also), site.entry)
    return definition_html(markdown, entry.definition, places, link)

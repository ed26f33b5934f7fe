"""The page of an entry, the same for the service and a static site."""

from __future__ import annotations

from semsearch.core.answers import Adjacent, Related
from semsearch.web.entry_view import (
    authored,
    defined_term,
    facts,
    is_embedding,
    linked,
    mentioning,
    names,
    others,
    summary,
)
from semsearch.web.render import Site, render

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
        facts=facts(entry),
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

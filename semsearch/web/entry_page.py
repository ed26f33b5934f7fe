"""The page of an entry, the same for a service and for files."""

from __future__ import annotations

from semsearch.core.answers import Adjacent, Related
from semsearch.web.entry_view import (
    authored,
    defined_term,
    is_embedding,
    linked,
    mentioning,
    others,
    summary,
)
from semsearch.web.render import Site, render

_SIMILAR = 10


def entry_page_of(site: Site, related: Related, beside: Adjacent, changed: str = "") -> bytes:
    """Return the page of an entry.

    Args:
        site: that it belongs to.
        related: the entry, and what it is related to.
        beside: what stands before and behind it in the alphabet.
        changed: the day on which it was last changed, if that is known.
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
        text=linked(related),
        authored=authored(related),
        mentions=others(related.mentions),
        mentioned_by=mentioning(related),
        similar=related.similar[:_SIMILAR],
        changed=changed,
        is_embedding=is_embedding(entry),
        beside=beside,
        defined_term=defined_term(
            entry, address + path, address + site.glossary_path(entry.glossary)
        ),
    )

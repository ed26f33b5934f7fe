"""Entries that /llms.txt lists, the same for the service and for a static site."""

from __future__ import annotations

from collections.abc import Sequence

from semsearch.core.entries import Entry
from semsearch.search.glossary import Glossary
from semsearch.web import Site
from semsearch.web.markdown_pages import MAX_LISTED


def listed_entries(glossary: Glossary, site: Site) -> dict[str, Sequence[Entry]]:
    """Return the entries of each glossary of a site, or none of them if there are too many."""
    if site.entries > MAX_LISTED:
        return {info.name: () for info in site.glossaries}
    return {
        info.name: glossary.alphabet(info.name).page(limit=MAX_LISTED).entries
        for info in site.glossaries
    }

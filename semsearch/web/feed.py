"""The feed of changed entries, in Atom (RFC 4287). It names no editor."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from semsearch.storage.entry_reader import RecentEntry
from semsearch.web.entry_view import summary
from semsearch.web.render import Site

MAX_ENTRIES = 50
"""Entries of the feed. Readers ask for it every hour or so."""
_ILLEGAL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
"""Characters that XML 1.0 forbids."""


def feed(site: Site, address: str, changed: Sequence[RecentEntry]) -> bytes:
    """Return the feed.

    Args:
        site: whose pages it links.
        address: absolute URL of the site, with a slash at its end.
        changed: entries with their last change, the latest first.
    """
    updated = changed[0].at if changed else "1970-01-01T00:00:00Z"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_text(site.about.title)}: changes</title>",
        f"<id>{_text(address)}feed.atom</id>",
        f'<link rel="self" href={quoteattr(f"{address}feed.atom")}/>',
        f"<link href={quoteattr(address)}/>",
        f"<updated>{_text(updated)}</updated>",
        f"<author><name>{_text(site.about.title)}</name></author>",
        *(_entry(site, address, one) for one in changed),
        "</feed>",
    ]
    return "\n".join(lines).encode("utf-8", "replace") + b"\n"


def _entry(site: Site, address: str, changed: RecentEntry) -> str:
    entry = changed.entry
    page = address + site.entry_path(entry.id)
    return "\n".join(
        (
            "<entry>",
            f"<title>{_text(entry.term)}</title>",
            f"<id>{_text(page)}#{changed.revision}</id>",
            f"<link href={quoteattr(page)}/>",
            f"<updated>{_text(changed.at)}</updated>",
            f"<category term={quoteattr(entry.glossary.translate(_ILLEGAL))}/>",
            f"<summary>{_text(summary(entry))}</summary>",
            "</entry>",
        )
    )


def _text(text: str) -> str:
    return escape(text.translate(_ILLEGAL))

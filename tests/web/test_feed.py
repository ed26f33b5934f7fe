"""The feed of changes in Atom."""

from __future__ import annotations

from lxml import etree

from semsearch.core.entries import Entry
from semsearch.core.presentation import Presentation
from semsearch.storage.entry_reader import RecentEntry
from semsearch.web import Site
from semsearch.web.feed import feed

ATOM = "{http://www.w3.org/2005/Atom}"


def test_a_feed_is_xml_whatever_the_entries_say() -> None:
    """Marks are escaped, forbidden characters left out; each change has an id of its own."""
    odd = Entry('g:"&<x', "<b>\0&", "A \x0b]]> text\ud800.", "g")
    site = Site(about=Presentation("Our <words>"))
    changed = RecentEntry(odd, 7, "2026-01-02T03:04:05Z")
    root = etree.fromstring(feed(site, "https://a.example/w/", [changed]))
    assert root.findtext(f"{ATOM}title") == "Our <words>: changes"
    assert root.findtext(f"{ATOM}updated") == "2026-01-02T03:04:05Z"
    entry = root.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "<b>&"
    assert entry.findtext(f"{ATOM}id") == "https://a.example/w/entry/g:%22&%3Cx#7"
    assert entry.findtext(f"{ATOM}summary") == "A ]]> text?."


def test_an_empty_feed() -> None:
    """It has the date that a feed must have."""
    root = etree.fromstring(feed(Site(), "https://a.example/", []))
    assert root.find(f"{ATOM}entry") is None
    assert root.findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"

"""Markdown versions of the pages, for language models (llmstxt.org)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from semsearch.core.answers import Related
from semsearch.core.entries import Entry
from semsearch.text.normalise import in_markdown
from semsearch.web.entry_view import authored, facts, mentioning, names, others, summary
from semsearch.web.render import Site, count

MAX_LISTED = 500
"""Most entries that /llms.txt lists. If there are more, it names only the glossaries."""


def _name(entry: Entry, alias: str, tags: list[str]) -> str:
    shown = in_markdown(alias)
    return shown if tags == [entry.language] else f"{shown} ({', '.join(tags)})"


def entry_markdown(site: Site, related: Related) -> str:
    """Return an entry with its related entries."""
    entry = related.entry
    lines = [f"# {in_markdown(entry.term)}"]
    if entry.aliases:
        lines.append(f"Also: {', '.join(_name(entry, *one) for one in names(entry))}")
    lines.append(entry.definition)
    if fields := facts(entry):
        lines.append("\n".join(f"- {_line(name)}: {_line(text)}" for name, text in fields))
    sections = {
        **authored(related),
        "Terms in the text": others(related.mentions),
        "Similar meaning": [near.entry for near in related.similar],
        "Mentioned by": mentioning(related),
    }
    for title, found in sections.items():
        if found:
            lines.append(f"## {title}\n\n" + "\n".join(_item(site, other) for other in found))
    if entry.details.asked_as:
        asked = "\n".join(f"- “{in_markdown(phrase)}”" for phrase in entry.details.asked_as)
        lines.append(f"## People ask\n\n{asked}")
    source = f", from {entry.source}" if entry.source else ""
    lines.append(f"Glossary: {entry.glossary}{source}. Id: `{entry.id}`")
    return "\n\n".join(lines) + "\n"


def llms(site: Site, entries: Mapping[str, Sequence[Entry]]) -> str:
    """Return /llms.txt: what this site is and where its entries are.

    Args:
        site: the site.
        entries: of each glossary, empty if there are too many to list.
    """
    size = count(site.entries, "definition", "definitions")
    about = _about_files(size) if site.is_static else _about_service(site, size)
    lines = ["# semsearch", *about]
    for name, listed in entries.items():
        lines.append(f"## {in_markdown(name)}")
        if listed:
            lines.append("\n".join(f"{_item(site, e)}: {in_markdown(summary(e))}" for e in listed))
        else:
            lines.append(f"- [All entries, A to Z]({_link(site, site.glossary_path(name))})")
    if not site.is_static:
        lines.append(f"## Optional\n\n- [HTTP interface]({_address(site)}openapi.json): OpenAPI")
    return "\n\n".join(lines) + "\n"


def _about_service(site: Site, size: str) -> list[str]:
    return [
        f"> {size} that can be asked in plain language. It says so when nothing fits.",
        f"Ask with GET {_address(site)}v1/search?q=QUESTION, which answers with JSON: "
        "`no_close_match` is true if nothing here is an answer. Each entry has a page at "
        f"{_address(site)}entry/ID and a Markdown version at {_address(site)}entry/ID.md.",
    ]


def _about_files(size: str) -> list[str]:
    return [
        f"> {size}, as files.",
        "Each entry has a page, and beside it the same in Markdown, with `.md` instead of `.html`.",
    ]


def llms_full(entries: Iterable[Entry]) -> str:
    """Return /llms-full.txt: all entries with their definitions."""
    return "\n\n".join(f"# {in_markdown(e.term)}\n\n{e.definition}" for e in entries) + "\n"


def _line(text: str) -> str:
    return in_markdown(" ".join(text.split()))


def _address(site: Site) -> str:
    return site.url or site.root


def _item(site: Site, entry: Entry) -> str:
    return f"- [{in_markdown(entry.term)}]({_link(site, site.markdown(entry.id))})"


def _link(site: Site, path: str) -> str:
    """Return the URL of a path with escaped parentheses, for a Markdown link."""
    return _address(site) + path.replace("(", "%28").replace(")", "%29")

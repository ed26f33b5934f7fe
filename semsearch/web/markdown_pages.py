"""Markdown versions of the pages, for language models (llmstxt.org)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from semsearch.core.answers import Related
from semsearch.core.entries import Entry
from semsearch.text.normalise import in_markdown
from semsearch.web.definition_html import entry_link
from semsearch.web.display import language_name
from semsearch.web.entry_view import (
    authored,
    facts,
    mentioning,
    names,
    others,
    summary,
    with_links,
)
from semsearch.web.render import Site, count
from semsearch.web.safe_markdown import safe_markdown

_ENTRY_LINK = re.compile(r"\]\((#[^()\s]{1,900})\)")
MAX_LISTED = 500
"""Most entries that /llms.txt lists. If there are more, it names only the glossaries."""


def _name(entry: Entry, alias: str, tags: list[str]) -> str:
    shown = in_markdown(alias)
    return shown if tags == [entry.language] else f"{shown} ({', '.join(tags)})"


def entry_markdown(site: Site, related: Related, changed: str = "") -> str:
    """Return an entry with its related entries.

    Args:
        site: of the entry.
        related: the entry and its related entries.
        changed: the day of its last change, empty if it is not known.
    """
    entry = related.entry
    lines = [f"# {in_markdown(entry.term)}"]
    if entry.aliases:
        lines.append(f"Also: {', '.join(_name(entry, *one) for one in names(entry))}")
    if entry.details.status:
        lines.append(f"Status: {_line(entry.details.status)}")
    lines.append(_definition(site, related))
    if entry.details.examples:
        examples = "\n".join(f"- {_line(one)}" for one in entry.details.examples)
        lines.append(f"## Examples\n\n{examples}")
    if fields := facts(entry):
        lines.append("\n".join(f"- {_line(name)}: {_line(text)}" for name, text in fields))
    if entry.details.sources:
        sources = "\n".join(f"- {_cited(one)}" for one in entry.details.sources)
        lines.append(f"## Sources\n\n{sources}")
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
    glossary = in_markdown(site.about.text_of(entry.glossary).title)
    about = [f"Glossary: {glossary}{_source(site, entry)}", language_name(entry.language)]
    changes = [f"changed {changed}"] if changed else []
    lines.append(". ".join([*about, *changes, f"Id: `{entry.id}`"]))
    return "\n\n".join(lines) + "\n"


def _source(site: Site, entry: Entry) -> str:
    """Return where an entry comes from, as a link if the owner states the address."""
    if entry.source is None:
        return ""
    link = site.about.source_link(entry.source).replace("(", "%28").replace(")", "%29")
    place = in_markdown(str(entry.source.public))
    return f", from [{place}]({link})" if link else f", from {place}"


def _cited(source: str) -> str:
    """Return a citation in one line; web addresses in it are links."""
    pieces = with_links(" ".join(source.split()))
    return " ".join(f"<{piece}>" if address else in_markdown(piece) for piece, address in pieces)


def _definition(site: Site, related: Related) -> str:
    """Return the definition; links to entries lead to their Markdown versions."""
    entry = related.entry
    link = entry_link(others(related.see_also), lambda id: _link(site, site.markdown(id)))
    text = _ENTRY_LINK.sub(lambda found: f"]({link(found[1]) or found[1]})", entry.details.markdown)
    return safe_markdown(text or entry.definition)


def llms(
    site: Site, entries: Mapping[str, Sequence[Entry]], *, assistants: str | None = None
) -> str:
    """Return /llms.txt: what this site is and where its entries are.

    Args:
        site: the site.
        entries: of each glossary, empty if there are too many to list.
        assistants: path of the Model Context Protocol, if the service speaks it.
    """
    size = count(site.entries, "definition", "definitions")
    about = _about_files(size) if site.is_static else _about_service(site, size)
    if assistants:
        about.append(
            "Assistants connect by the Model Context Protocol (streamable HTTP): "
            f"{_address(site)}{assistants}"
        )
    lines = [f"# {in_markdown(site.about.title)}", *about]
    if site.about.description:
        lines.append(_line(site.about.description))
    for name, listed in entries.items():
        lines.append(f"## {in_markdown(site.about.text_of(name).title)}")
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
    return (
        "\n\n".join(
            f"# {in_markdown(e.term)}\n\n{safe_markdown(e.details.markdown or e.definition)}"
            for e in entries
        )
        + "\n"
    )


def _line(text: str) -> str:
    return in_markdown(" ".join(text.split()))


def _address(site: Site) -> str:
    return site.url or site.root


def _item(site: Site, entry: Entry) -> str:
    return f"- [{in_markdown(entry.term)}]({_link(site, site.markdown(entry.id))})"


def _link(site: Site, path: str) -> str:
    """Return the URL of a path with escaped parentheses, for a Markdown link."""
    return _address(site) + path.replace("(", "%28").replace(")", "%29")

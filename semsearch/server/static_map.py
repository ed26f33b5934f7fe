"""The map of a static site: its points as data, and tables for browsers without JavaScript."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from semsearch.core.entries import Entry
from semsearch.search.glossary import Glossary
from semsearch.server.schemas.maps import WireMapPart
from semsearch.server.serialize import shape_json
from semsearch.web.listings import MapRow, MapTable, map_rows
from semsearch.web.render import Site, render
from semsearch.web.urls import map_file

ROWS = 200
"""Rows on one page of a table: about a hundred kilobytes."""


@dataclass(frozen=True, slots=True)
class _TablePage:
    """A page of a table: some entries of a glossary."""

    path: str
    name: str
    entries: Sequence[Entry]
    total: int


def map_files(glossary: Glossary, site: Site) -> Iterator[tuple[str, bytes]]:
    """Yield the paths and contents of the files: the points, and the pages of the tables."""
    atlas = glossary.atlas()
    part = atlas.part(k=max(1, site.entries))
    paths = [site.entry_path(label.id) for label in part.labels]
    yield (
        "map.json",
        compact({**json.loads(shape_json(WireMapPart.of(part, atlas.topics()))), "paths": paths}),
    )
    pages = list(_table_pages(glossary, site)) or [_TablePage("map.html", "", (), 0)]
    starts = {one.name: one.path for one in reversed(pages)}
    for number, one in enumerate(pages):
        seen = site.seen_from(one.path)
        following = seen.root + pages[number + 1].path if number + 1 < len(pages) else ""
        yield (
            one.path,
            render(
                "map",
                seen,
                question="",
                glossary="",
                nearest=[],
                chosen="",
                may_compare=False,
                tables=[MapTable(one.name, _rows(glossary, one), one.total, following)],
                table_links=[
                    (info.name, seen.root + starts[info.name]) for info in site.glossaries
                ],
            ),
        )


def _table_pages(glossary: Glossary, site: Site) -> Iterator[_TablePage]:
    """Yield the pages of all tables. The first is part of the map page."""
    for place, info in enumerate(site.glossaries):
        entries = list(glossary.alphabet(info.name).everything())
        for number, start in enumerate(range(0, len(entries), ROWS)):
            path = f"{map_file(info.name)}{f'/{number + 1}' if number else ''}.html"
            is_first = place == number == 0
            own = entries[start : start + ROWS]
            yield _TablePage("map.html" if is_first else path, info.name, own, info.entries)


def _rows(glossary: Glossary, part: _TablePage) -> list[MapRow]:
    near = glossary.atlas().near(part.entries, glossary=part.name) if part.entries else []
    return map_rows(part.entries, near)


def compact(value: object) -> bytes:
    """Return JSON in UTF-8 without white space."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

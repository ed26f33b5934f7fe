"""Parts of a package of Word beside its text: styles of headings, targets of links, lists."""

from __future__ import annotations

from pathlib import Path

from semsearch.importers.tables.packages import Package, events

MAX_STYLES = 10_000
"""Most styles of a document, and most of its lists."""


def number_of(text: str, default: int) -> int:
    """Return a number that an attribute states, or the default."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else default


def heading_levels(package: Package, path: Path) -> dict[str, int]:
    """Return the levels of the styles of headings; ids are translated, names are English."""
    found: list[tuple[str, int]] = []
    style = ""

    def start(name: str, stated: dict[str, str]) -> None:
        nonlocal style
        if name == "style":
            style = stated.get("styleId", "")
        elif name == "outlineLvl":
            found.append((style, number_of(stated.get("val", ""), 9) + 1))
        elif name == "name" and stated.get("val", "").lower().startswith("heading "):
            found.append((style, number_of(stated["val"][8:], 0)))

    every = events(package.part("word/styles.xml"), path, found, start)
    return {style: level for style, level in every if 0 < level < 10}


def link_targets(package: Package, path: Path) -> dict[str, str]:
    """Return the addresses of the links of a document of Word, by their ids."""
    found: list[tuple[str, str]] = []

    def start(name: str, stated: dict[str, str]) -> None:
        if name == "Relationship" and stated.get("TargetMode") == "External":
            found.append((stated.get("Id", ""), stated.get("Target", "")))

    return dict(events(package.part("word/_rels/document.xml.rels"), path, found, start))


def numbered_lists(package: Package, path: Path) -> frozenset[tuple[str, int]]:
    """Return the lists of Word, by their ids and levels, whose items have numbers or letters."""
    levels: list[tuple[str, int]] = []
    lists: list[tuple[str, str]] = []
    definition = list_ = ""
    level = 0

    def start(name: str, stated: dict[str, str]) -> None:
        nonlocal definition, list_, level
        if name == "abstractNum":
            definition = stated.get("abstractNumId", "")
        elif name == "lvl":
            level = number_of(stated.get("ilvl", ""), 0)
        elif name == "numFmt" and stated.get("val") not in ("bullet", "none"):
            levels.append((definition, level))
        elif name == "num":
            list_ = stated.get("numId", "")
        elif name == "abstractNumId":
            lists.append((list_, stated.get("val", "")))

    for _ in events(package.part("word/numbering.xml"), path, [], start):
        pass
    by_definition: dict[str, list[int]] = {}
    for name, depth in levels[:MAX_STYLES]:
        by_definition.setdefault(name, []).append(depth)
    return frozenset(
        (list_, depth)
        for list_, name in lists[:MAX_STYLES]
        for depth in by_definition.get(name, ())[:9]
    )

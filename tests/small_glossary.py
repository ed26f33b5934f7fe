"""A small glossary without a model, for tests and for what `benchmarks/torture` harms.

Benchmarks run without pytest, so this is apart from the fixtures of `conftest.py`.
"""

from __future__ import annotations

from semsearch.core.entries import Entry, Source


def entry(
    term: str, definition: str, glossary: str = "bakery", aliases: tuple[str, ...] = ()
) -> Entry:
    """Make an entry whose id follows from its term."""
    slug = term.casefold().replace(" ", "-")
    return Entry(f"{glossary}:{slug}", term, definition, glossary, aliases, "en", Source("x.md", 1))


ENTRIES = (
    entry("Leaven", "A piece of fermented dough that makes new dough rise. It is fed with flour."),
    entry("Crumb", "The inside of a loaf, between the crusts.", aliases=("inner loaf",)),
    entry("Dutch Oven", "A heavy pot with a lid. It keeps steam around a loaf while it bakes."),
    entry(
        "Proofing Basket",
        "A basket that holds dough in shape while it rises.",
        aliases=("banneton",),
    ),
    entry("Baker's Percentage", "Each ingredient as a share of the weight of the flour."),
    entry("Hull", "The body of a ship, without masts and sails.", "harbour"),
    entry("Estimated Time of Arrival (ETA)", "When a ship is expected to arrive.", "harbour"),
)

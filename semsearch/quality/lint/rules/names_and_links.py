"""Rules about aliases of two entries, and about broken or ambiguous links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from semsearch.core.entries import Entry
from semsearch.quality.lint.context import LintContext
from semsearch.quality.lint.rule import Example, Match, Options, Rule, Severity
from semsearch.text.links import Links, links_of
from semsearch.text.normalise import fold


def _collisions(context: LintContext, options: Options) -> Iterator[Match]:
    del options
    positions: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for at, entry in enumerate(context.entries):
        for _, keys in _keys(entry):
            for key in keys:
                positions[key].append(at)
    for at, entry in enumerate(context.entries):
        for alias, keys in _keys(entry):
            terms = [n for key in keys for n in context.by_term.get(key, ()) if n != at]
            others = terms or [n for key in keys for n in positions[key] if n < at]
            if others:
                yield _collision(entry, alias, context.entries[others[0]], is_term=bool(terms))


def _keys(entry: Entry) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Yield each alias with glossary, language and folded name, for each of its languages."""
    stated = entry.details.languages()
    for alias in entry.aliases:
        tags = stated.get(alias, (entry.language,))
        yield alias, [(entry.glossary, tag, fold(alias)) for tag in tags]


def _collision(entry: Entry, alias: str, other: Entry, *, is_term: bool) -> Match:
    what = "the term" if is_term else "an alias"
    place = f" ({other.source})" if other.source else ""
    message = f"the alias {alias!r} of {entry.term!r} is also {what} of {other.id}{place}"
    return Match(alias, message, entry, (other.id,))


def _broken_links(context: LintContext, options: Options) -> Iterator[Match]:
    del options
    for entry, name, targets in _links(context):
        if not targets:
            yield Match(name, f"{entry.term!r} links to {name!r}, which is no entry", entry)


def _ambiguous_links(context: LintContext, options: Options) -> Iterator[Match]:
    del options
    for entry, name, targets in _links(context):
        if len(targets) > 1:
            ids = tuple(target.id for target in targets)
            message = f"{entry.term!r} links to {name!r}, which may be {' or '.join(ids[:_SHOWN])}"
            yield Match(name, message, entry, ids)


_SHOWN = 3


def _links(context: LintContext) -> Iterator[tuple[Entry, str, list[Entry]]]:
    """Yield each link within a glossary and the entries it may lead to, without web addresses."""
    for span in context.glossaries.values():
        entries = context.entries[span.start : span.stop]
        if not any(links_of(entry) for entry in entries):
            continue
        links = Links(entries)
        for entry in entries:
            for name in dict.fromkeys(links_of(entry)):
                if "://" not in name:
                    yield entry, name, [entries[target] for target in links.targets(name)]


ALIAS_COLLISION = Rule(
    "alias-collision",
    Severity.WARNING,
    "An alias is also the term or an alias of another entry.",
    "A question for it finds the other entry first, or both. Remove the alias, or add its subject "
    "to the name.",
    Example(
        "bakery.csv",
        "term,definition,aliases\nLeaven,Fermented dough.,Starter\nStarter,The first course of a "
        "meal.,\n",
        "term,definition,aliases\nLeaven,Fermented dough.,\nStarter,The first course of a meal.,\n",
    ),
    _collisions,
)

BROKEN_LINK = Rule(
    "broken-link",
    Severity.ERROR,
    "A link leads to no entry.",
    "It does not appear among related terms. Correct the name, or write the entry.",
    Example(
        "bakery.csv",
        "term,definition,see_also\nLeaven,A piece of fermented dough.,Straight dough\n",
        "term,definition,see_also\nLeaven,A piece of fermented dough.,Straight dough\n"
        "Straight dough,A dough that is mixed in one go.,\n",
    ),
    _broken_links,
)

AMBIGUOUS_LINK = Rule(
    "ambiguous-link",
    Severity.NOTE,
    "A link may lead to several entries.",
    "It does not appear among related terms. Link to one of them by its id.",
    Example(
        "bakery.csv",
        "term,definition,id,see_also\nPeel,A shovel for loaves.,peel-tool,\nPeel,The skin of "
        "lemons.,peel-fruit,\n"
        "Oven,A hot box.,,Peel\n",
        "term,definition,id,see_also\nPeel,A shovel for loaves.,peel-tool,\nPeel,The skin of "
        "lemons.,peel-fruit,\n"
        "Oven,A hot box.,,peel-tool\n",
    ),
    _ambiguous_links,
)

RULES = (ALIAS_COLLISION, BROKEN_LINK, AMBIGUOUS_LINK)

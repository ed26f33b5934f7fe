"""Rules of SKOS for labels and hierarchies (https://www.w3.org/TR/skos-reference/).

Vocabularies are checked by their files, since an entry keeps a second preferred label as an alias.
Other glossaries are checked by their entries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from semsearch.core.entries import Entry, Source
from semsearch.quality.lint.context import LintContext
from semsearch.quality.lint.rule import Example, Match, Options, Rule, Severity
from semsearch.text.links import Links


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A concept or an entry: its labels, and the places of those it refers to in the same list."""

    name: str
    entry: Entry | None
    source: Source | None
    labels: tuple[tuple[str, str, str], ...]
    """Kind, language and text."""
    broader: tuple[int, ...] = ()
    related: tuple[int, ...] = ()


def _clashes(context: LintContext, options: Options) -> Iterator[Match]:
    del options
    for one in _all_of(context):
        kinds: dict[tuple[str, str], list[str]] = defaultdict(list)
        for kind, language, text in one.labels:
            kinds[language, text].append(kind)
        for (_, text), used_as in kinds.items():
            for first, second in combinations(dict.fromkeys(used_as), 2):
                message = f"{text!r} is both {first} and {second} label of {one.name!r} (S13)"
                yield Match(text, message, one.entry, source=one.source)


def _several(context: LintContext, options: Options) -> Iterator[Match]:
    del options
    for one in _all_of(context):
        preferred: dict[str, list[str]] = defaultdict(list)
        for kind, language, text in one.labels:
            if kind == _KINDS[0]:
                preferred[language].append(text)
        for language, texts in preferred.items():
            if len(texts) > 1:
                listed = ", ".join(map(repr, texts))
                count = f"{len(texts)} preferred labels in {language!r}"
                message = f"{one.name!r} has {count}: {listed} (S14)"
                yield Match(one.name, message, one.entry, source=one.source)


def _related_above(context: LintContext, options: Options) -> Iterator[Match]:
    del options
    for group in _groups(context):
        above = [_above(group, at) if one.related else set() for at, one in enumerate(group)]
        pairs: dict[tuple[int, int], int] = {}
        for at, one in enumerate(group):
            for other in one.related:
                if other in above[at] or at in _above(group, other):
                    pairs.setdefault((min(at, other), max(at, other)), at)
        for (low, high), at in pairs.items():
            near, far = group[at], group[high if at == low else low]
            message = f"{near.name!r} is related to {far.name!r}, which is also above or below it"
            ids = (far.entry.id,) if far.entry else ()
            yield Match(near.name, f"{message} (S27)", near.entry, ids, near.source)


def _circles(context: LintContext, options: Options) -> Iterator[Match]:
    del options
    for group in _groups(context):
        seen: set[int] = set()
        for at, one in enumerate(group):
            if at in seen or not one.broader or at not in (above := _above(group, at)):
                continue
            circle = [other for other in sorted(above) if at in _above(group, other)]
            seen.update(circle)
            others = [group[other] for other in circle if other != at]
            listed = ", ".join(repr(other.name) for other in others[:_LISTED]) or "itself"
            ids = tuple(other.entry.id for other in others if other.entry)
            yield Match(
                one.name,
                f"{one.name!r} is above itself, by way of {listed}",
                one.entry,
                ids,
                one.source,
            )


_KINDS = ("preferred", "alternative", "hidden")
_LISTED = 5


def _above(group: Sequence[_Labelled], at: int) -> set[int]:
    """Return all broader concepts, over any number of steps; itself only if it is in a cycle."""
    found: set[int] = set()
    waiting = list(group[at].broader)
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting += group[other].broader
    return found


def _all_of(context: LintContext) -> Iterator[_Labelled]:
    return (one for group in _groups(context) for one in group)


def _groups(context: LintContext) -> Iterator[list[_Labelled]]:
    """Yield the concepts of all vocabularies together, then the entries of each other glossary."""
    if context.concepts:
        yield _of_concepts(context)
    files = {concept.source.file for concept in context.concepts}
    for span in context.glossaries.values():
        entries = [context.entries[at] for at in span]
        others = [e for e in entries if e.source is None or e.source.file not in files]
        if any(entry.details.stated() for entry in others):
            yield _of_entries(others)


def _of_concepts(context: LintContext) -> list[_Labelled]:
    places = {concept.key: at for at, concept in enumerate(context.concepts)}
    made: dict[tuple[str, str], Entry] = {}
    for defined in context.entries:
        made.setdefault((str(defined.source), defined.term), defined)
    above = [_places(concept.broader, places) for concept in context.concepts]
    for at, concept in enumerate(context.concepts):
        for narrower in _places(concept.narrower, places):
            above[narrower] = (*above[narrower], at)
    found = []
    for at, concept in enumerate(context.concepts):
        label_groups = (concept.preferred, concept.alternative, concept.hidden)
        labels = tuple(
            (kind, language, text)
            for kind, texts in zip(_KINDS, label_groups, strict=True)
            for language, several in texts.items()
            for text in several
        )
        names = concept.preferred.get("en") or next(iter(concept.preferred.values()))
        entries = (made.get((str(concept.source), name)) for name in names)
        related = _places(concept.related, places)
        entry = next(filter(None, entries), None)
        found.append(_Labelled(names[0], entry, concept.source, labels, above[at], related))
    return found


def _places(keys: Sequence[str], places: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(places[key] for key in keys if key in places)


def _of_entries(entries: Sequence[Entry]) -> list[_Labelled]:
    links = Links(entries)

    def leads(names: Sequence[str]) -> tuple[int, ...]:
        return tuple(at for name in names if (at := links.target(name)) is not None)

    above = [leads(entry.details.broader) for entry in entries]
    for at, entry in enumerate(entries):
        for narrower in leads(entry.details.narrower):
            above[narrower] = (*above[narrower], at)
    return [
        _Labelled(
            entry.term, entry, entry.source, _labels(entry), above[at], leads(entry.details.related)
        )
        for at, entry in enumerate(entries)
    ]


def _labels(entry: Entry) -> tuple[tuple[str, str, str], ...]:
    label_groups = ((entry.term,), entry.aliases, entry.details.hidden_labels)
    return tuple(
        (kind, tag, text)
        for kind, texts in zip(_KINDS, label_groups, strict=True)
        for text in texts
        for tag in entry.languages_of(text)
    )


_PREFIXES = (
    "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
    "@prefix : <https://bakery.example/> .\n"
)


def _turtle(*concepts: str) -> str:
    return _PREFIXES + "".join(f":{concept} .\n" for concept in concepts)


_LEAVEN = (
    'leaven a skos:Concept ; skos:prefLabel "leaven"@en ; skos:definition "Fermented dough."@en'
)
_STARTER = 'starter a skos:Concept ; skos:prefLabel "starter"@en ; skos:definition "It is fed with flour."@en'

LABEL_CLASH = Rule(
    "label-clash",
    Severity.ERROR,
    "A text is a label of two kinds of the same concept: preferred, alternative or hidden "
    "(SKOS S13).",
    "The three kinds exclude each other: a label cannot be both shown and hidden. Keep one of "
    "them.",
    Example(
        "bakery.ttl",
        _turtle(f'{_LEAVEN} ; skos:altLabel "leaven"@en'),
        _turtle(f'{_LEAVEN} ; skos:altLabel "levain"@en'),
    ),
    _clashes,
)

SEVERAL_PREFERRED_LABELS = Rule(
    "several-preferred-labels",
    Severity.ERROR,
    "A concept has more than one preferred label in a language (SKOS S14).",
    "Programs differ in which one they show. Make all but one alternative labels.",
    Example(
        "bakery.ttl",
        _turtle(f'{_LEAVEN} ; skos:prefLabel "levain"@en'),
        _turtle(f'{_LEAVEN} ; skos:prefLabel "levain"@fr'),
    ),
    _several,
)

RELATED_AND_BROADER = Rule(
    "related-and-broader",
    Severity.ERROR,
    "Two concepts are related, and one is also broader than the other (SKOS S27).",
    "A broader concept, even over several steps, is not just related. Remove one of the relations.",
    Example(
        "bakery.ttl",
        _turtle(_LEAVEN, f"{_STARTER} ; skos:broader :leaven ; skos:related :leaven"),
        _turtle(_LEAVEN, f"{_STARTER} ; skos:broader :leaven"),
    ),
    _related_above,
)

BROADER_CIRCLE = Rule(
    "broader-circle",
    Severity.ERROR,
    "A concept is broader than itself.",
    "SKOS allows it, but no hierarchy can be drawn from it. Remove the step that leads back.",
    Example(
        "bakery.ttl",
        _turtle(f"{_LEAVEN} ; skos:broader :starter", f"{_STARTER} ; skos:broader :leaven"),
        _turtle(_LEAVEN, f"{_STARTER} ; skos:broader :leaven"),
    ),
    _circles,
)

RULES = (LABEL_CLASH, SEVERAL_PREFERRED_LABELS, RELATED_AND_BROADER, BROADER_CIRCLE)

"""Rules about definitions that lead back to where they began.

A definition rests on another entry where its first sentence says little else: it names it as what the term is ("a loaf is a
bread ..."), or has hardly a word of its own beside that name. A name further on in a longer sentence explains the term, and two entries
that explain each other that way are no circle.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from semsearch.core.entries import Entry
from semsearch.quality.lint.context import LintContext
from semsearch.quality.lint.rule import Example, Match, Options, Rule, Severity
from semsearch.text.mentions import Mention
from semsearch.text.names import names_of
from semsearch.text.normalise import STOP_WORDS, WORD, fold
from semsearch.text.stems import stem

_EMPTY_WORDS = frozenset(
    map(
        stem,
        [
            "act",
            "action",
            "activity",
            "case",
            "concept",
            "condition",
            "describes",
            "denotes",
            "element",
            "entity",
            "example",
            "fact",
            "form",
            "instance",
            "item",
            "kind",
            "mean",
            "name",
            "notion",
            "object",
            "part",
            "particular",
            "piece",
            "process",
            "property",
            "quality",
            "refers",
            "referred",
            "relating",
            "result",
            "set",
            "sort",
            "specific",
            "state",
            "thing",
            "type",
            "various",
            "way",
            "word",
        ],
    )
)
"""Stems of words that say of nothing in particular what it is."""


def _self_referring(material: LintContext, options: Options) -> Iterator[Match]:
    for entry in material.entries:
        own = _own_stems(entry)
        words = [w for w in WORD.findall(entry.definition) if _says_something(w)]
        left = [word for word in words if stem(word) not in own]
        if words and len(left) < options["words"] and len(left) < len(words):
            said = f"the definition of {entry.term!r} says little but its name"
            yield Match(entry.term, f"{said}: {entry.definition!r}", entry)


def _own_stems(entry: Entry) -> set[str]:
    return {stem(word) for name in names_of(entry) for word in WORD.findall(name.label)}


def _says_something(word: str) -> bool:
    return fold(word) not in STOP_WORDS and stem(word) not in _EMPTY_WORDS


def _circular(material: LintContext, options: Options) -> Iterator[Match]:
    rests = [_rests_on(material, at, int(options["words"])) for at in range(len(material.entries))]
    for circle in _circles(rests, int(options["steps"])):
        entries = [material.entries[at] for at in circle]
        first, *others = entries
        way = " > ".join(repr(entry.term) for entry in (*entries, first))
        yield Match(
            first.term, f"definitions lead in a circle: {way}", first, tuple(e.id for e in others)
        )


def _rests_on(material: LintContext, at: int, words: int) -> list[int]:
    """Return the positions of the entries that the first sentence of one rests on."""
    entry, lead = material.entries[at], material.leads[at].text
    mentions = material.mentions_in_leads[at]
    return [m.target for m in mentions if _is_ground(entry, lead, m, words)]


def _is_ground(entry: Entry, lead: str, mention: Mention, words: int) -> bool:
    if any(m and m.end() == mention.start for m in (_FIRST.match(lead), _COPULA.match(lead))):
        return _ENDS_NOUN.match(lead, mention.end) is not None
    own = _own_stems(entry)
    rest = f"{lead[: mention.start]} {lead[mention.end :]}"
    left = [w for w in WORD.findall(rest) if _says_something(w) and stem(w) not in own]
    return len(left) < words


_ARTICLE = (
    r"(?:(?:a|an|the|any|one|another)\s+)?(?:(?:type|kind|form|sort)s?\s+of\s+)?(?:(?:a|an)\s+)?"
)
_FIRST = re.compile(_ARTICLE, re.IGNORECASE)
"""What stands in front of the word for what a term is, if the definition begins with it."""
_COPULA = re.compile(
    rf"(?:(?!\b(?:that|which|who)\b)[^.;:]){{1,80}}?\b(?:is|are|means|refers\s+to)\s+{_ARTICLE}",
    re.IGNORECASE,
)
"""The same, if it repeats the term."""
_ENDS_NOUN = re.compile(
    r"s?(?=\s+(?:that|which|who|in|of|for|from|to|with|by|on|at|where|when|whose|used|or|and)\b|\s*[,.;:()]|\s*$)"
)
"""What may follow the word for what a term is: "a dough ..." is not "a dough hook ..."."""


def _circles(edges: Sequence[Sequence[int]], steps: int) -> Iterator[tuple[int, ...]]:
    """Yield each circle of two to `steps` entries once, from its lowest position on."""

    def walk(path: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        for target in edges[path[-1]]:
            if target == path[0] and len(path) > 1:
                yield path
            elif target > path[0] and target not in path and len(path) < steps:
                yield from walk((*path, target))

    for start in range(len(edges)):
        yield from dict.fromkeys(walk((start,)))


SELF_REFERRING = Rule(
    "self-reference",
    Severity.WARNING,
    "A definition says hardly more than the name of its term.",
    "It tells nothing to whoever does not know the term already. Say what it is in other words.",
    Example(
        "bakery.csv",
        "term,definition\nDough kneading,The process of kneading dough.\n",
        "term,definition\nDough kneading,Pressing and folding dough until it stretches without tearing.\n",
    ),
    _self_referring,
    {"words": 1},
    {"words": "Fewest words beside the name that say something."},
)

CIRCULAR = Rule(
    "circular-definition",
    Severity.WARNING,
    "Definitions explain one another in a circle.",
    "Whoever knows none of the terms learns none. Let one of them say what it is without the others.",
    Example(
        "bakery.csv",
        "term,definition\nLeaven,A starter.\nStarter,A kind of leaven.\n",
        "term,definition\nLeaven,A starter.\nStarter,Fermented dough that makes new dough rise.\n",
    ),
    _circular,
    {"steps": 3, "words": 2},
    {
        "steps": "Most entries of a circle.",
        "words": "A first sentence rests on what it names if it has fewer words of its own beside that.",
    },
)

RULES = (SELF_REFERRING, CIRCULAR)

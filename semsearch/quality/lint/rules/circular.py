"""Rules about circular definitions and definitions that only repeat the term.

A definition depends on another entry if its first sentence says little else: the entry is what the
term is ("a loaf is a bread ..."), or hardly any other word is left. A name later in a longer
sentence explains the term; two entries that explain each other that way are not circular.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from semsearch.core.entries import Entry
from semsearch.quality.lint.context import LintContext
from semsearch.quality.lint.rule import Example, Match, Options, Rule, Severity
from semsearch.text.mentions import Mention
from semsearch.text.names import names_of
from semsearch.text.normalise import WORD, fold
from semsearch.text.stems import stem
from semsearch.text.word_languages import stop_words, word_language

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
"""Stems of words without a meaning of their own."""


def _self_referring(context: LintContext, options: Options) -> Iterator[Match]:
    for entry in context.entries:
        own, language = _own_stems(entry), word_language(entry.language)
        words = [w for w in WORD.findall(entry.definition) if _is_meaningful(w, language)]
        remaining = [word for word in words if stem(word, language) not in own]
        if words and len(remaining) < options["words"] and len(remaining) < len(words):
            message = f"the definition of {entry.term!r} says little but its name"
            yield Match(entry.term, f"{message}: {entry.definition!r}", entry)


def _own_stems(entry: Entry) -> set[str]:
    language = word_language(entry.language)
    return {stem(word, language) for name in names_of(entry) for word in WORD.findall(name.label)}


def _is_meaningful(word: str, language: str) -> bool:
    return fold(word) not in stop_words(language) and stem(word, language) not in _EMPTY_WORDS


def _circular(context: LintContext, options: Options) -> Iterator[Match]:
    dependencies = [
        _depends_on(context, at, int(options["words"])) for at in range(len(context.entries))
    ]
    for circle in _circles(dependencies, int(options["steps"])):
        entries = [context.entries[at] for at in circle]
        first, *others = entries
        way = " > ".join(repr(entry.term) for entry in (*entries, first))
        yield Match(
            first.term, f"definitions lead in a circle: {way}", first, tuple(e.id for e in others)
        )


def _depends_on(context: LintContext, at: int, words: int) -> list[int]:
    """Return the positions of the entries that a first sentence depends on."""
    entry, lead = context.entries[at], context.leads[at].text
    mentions = context.mentions_in_leads[at]
    return [m.target for m in mentions if _is_dependency(entry, lead, m, words)]


def _is_dependency(entry: Entry, lead: str, mention: Mention, words: int) -> bool:
    if any(m and m.end() == mention.start for m in (_FIRST.match(lead), _COPULA.match(lead))):
        return _ENDS_NOUN.match(lead, mention.end) is not None
    own, language = _own_stems(entry), word_language(entry.language)
    rest = f"{lead[: mention.start]} {lead[mention.end :]}"
    meaningful = (word for word in WORD.findall(rest) if _is_meaningful(word, language))
    return sum(stem(word, language) not in own for word in meaningful) < words


_ARTICLE = (
    r"(?:(?:a|an|the|any|one|another)\s+)?(?:(?:type|kind|form|sort)s?\s+of\s+)?(?:(?:a|an)\s+)?"
)
_FIRST = re.compile(_ARTICLE, re.IGNORECASE)
"""Text before the genus of a definition, if the definition begins with it."""
_COPULA = re.compile(
    rf"(?:(?!\b(?:that|which|who)\b)[^.;:]){{1,80}}?\b(?:is|are|means|refers\s+to)\s+{_ARTICLE}",
    re.IGNORECASE,
)
"""The same, if the definition repeats the term."""
_ENDS_NOUN = re.compile(
    r"s?(?=\s+(?:that|which|who|in|of|for|from|to|with|by|on|at|where|when|whose|used|or|and)\b|\s*[,.;:()]|\s*$)"
)
"""Text that may follow the genus: "a dough ..." is not "a dough hook ..."."""


def _circles(edges: Sequence[Sequence[int]], steps: int) -> Iterator[tuple[int, ...]]:
    """Yield each cycle of two to `steps` entries once, from its lowest position."""

    def walk(path: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        for target in edges[path[-1]]:
            if target == path[0] and len(path) > 1:
                yield path
            elif target > path[0] and target not in path and len(path) < steps:
                yield from walk((*path, target))

    for start in range(len(edges)):
        yield from dict.fromkeys(walk((start,)))


SELF_REFERENCE = Rule(
    "self-reference",
    Severity.WARNING,
    "A definition says hardly more than the name of its term.",
    "It tells nothing to a reader who does not know the term yet. Say what it is in other words.",
    Example(
        "bakery.csv",
        "term,definition\nDough kneading,The process of kneading dough.\n",
        "term,definition\nDough kneading,Pressing and folding dough until it stretches without "
        "tearing.\n",
    ),
    _self_referring,
    {"words": 1},
    {"words": "Fewest meaningful words besides the name."},
)

CIRCULAR_DEFINITION = Rule(
    "circular-definition",
    Severity.WARNING,
    "Definitions explain each other in a circle.",
    "A reader who knows none of the terms learns nothing. Let one of them say what it is without "
    "the others.",
    Example(
        "bakery.csv",
        "term,definition\nLeaven,A starter.\nStarter,A kind of leaven.\n",
        "term,definition\nLeaven,A starter.\nStarter,Fermented dough that makes new dough rise.\n",
    ),
    _circular,
    {"steps": 3, "words": 2},
    {
        "steps": "Most entries of a circle.",
        "words": "Other meaningful words below which a first sentence depends on what it names.",
    },
)

RULES = (SELF_REFERENCE, CIRCULAR_DEFINITION)

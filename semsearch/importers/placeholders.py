"""Placeholders: texts that stand where a definition is missing, as authors and programs write them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from semsearch.importers.records import Record
from semsearch.text.normalise import content_words, fold

MIN_REPEATS = 3
"""Terms that must have a text in common, for it to be taken for what a program puts where nothing was written."""
LONGEST = 60
"""Characters of a placeholder that is known."""
LONGEST_REPEATED = 120
"""Characters of one that repeats."""

_KNOWN = frozenset(
    {
        "add definition here", "coming soon", "definition needed", "definition pending", "definition to be added",
        "fixme", "insert definition here", "lorem ipsum", "n/a", "no definition", "no definition available",
        "no definition yet", "no description", "no description available", "no description yet", "none", "null",
        "pending", "placeholder", "tba", "tbc", "tbd", "to be added", "to be completed", "to be confirmed",
        "to be defined", "to be determined", "to be done", "to be written", "to do", "todo", "wip",
        "work in progress", "your definition here",
    }
)  # fmt: skip
"""What stands where a definition is still missing, as an author writes it, in lower case."""
_AROUND = " \n\t.,:;!?-_–—…*<>()[]{}'\"`/|~"  # noqa: RUF001
_ABOUT_A_TEXT = re.compile(
    r"defini|descri|beschreib|explan|erklarung|translat|traduc|traduz|ubersetz|vertal|vertaald|text|entry|eintrag|content|inhalt"
    r"|placeholder|todo|tbd|missing|fehlt|fehlend|manqu|falta|manca|ontbre|available|vorhanden|verfugbar|disponi|beschikbaar|provided"
    r"|yet\Z|noch\Z|encore\Z|language|sprache|langue|idioma|lingua|taal|given|supplied|unknown|unbekannt|inconnu|desconoc|sconosc|onbekend|pending|ausstehend|none|empty|leer|vide|vacio"
)
"""Beginnings of folded words that speak of a text rather than of a thing."""


def is_placeholder(definition: str) -> bool:
    """Return whether a definition only says that there is none yet."""
    if len(definition) > LONGEST:
        return False
    said = " ".join(definition.casefold().strip(_AROUND).split())
    return not said or said in _KNOWN


def repeated_placeholders(records: Iterable[Record]) -> frozenset[str]:
    """Return the definitions of a glossary that stand for none: many terms have them, and they speak of themselves.

    "Definition not provided in this language." is one. "A town in Poland." is not, however many towns there are.
    """
    terms: dict[str, set[str]] = defaultdict(set)
    for record in records:
        if len(record.definition) <= LONGEST_REPEATED:
            terms[record.definition].add(record.term)
    return frozenset(
        text for text, own in terms.items() if len(own) >= MIN_REPEATS and _speaks_of_itself(text)
    )


def _speaks_of_itself(text: str) -> bool:
    words = [fold(word) for word in content_words(text)]
    return 2 * sum(_ABOUT_A_TEXT.match(word) is not None for word in words) > len(words)

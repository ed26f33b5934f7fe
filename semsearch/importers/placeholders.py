"""Recognises placeholders, which authors and programs write instead of a missing definition."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from semsearch.importers.records import Record
from semsearch.text.english_stop_words import content_words
from semsearch.text.normalise import fold

MIN_REPEATS = 3
"""Terms that must share a text for it to count as a program's placeholder."""
MAX_CHARS = 60
"""Most characters of a known placeholder."""
MAX_REPEATED_CHARS = 120
"""Most characters of a repeated placeholder."""

_KNOWN = frozenset(
    {
        "add definition here", "coming soon", "definition needed", "definition pending",
        "definition to be added", "fixme", "insert definition here", "lorem ipsum", "n/a",
        "no definition", "no definition available", "no definition yet", "no description",
        "no description available", "no description yet", "none", "null", "pending", "placeholder",
        "tba", "tbc", "tbd", "to be added", "to be completed", "to be confirmed", "to be defined",
        "to be determined", "to be done", "to be written", "to do", "todo", "wip",
        "work in progress", "your definition here",
        *("fehlt noch", "in arbeit", "in bearbeitung", "noch offen", "wird ergänzt", "wird noch ergänzt"),
        *("à compléter", "à définir", "por definir", "da definire", "a definir", "nog te bepalen"),
    }
)  # fmt: skip
"""Texts that authors write instead of a missing definition, in lower case."""
_AROUND = " \n\t.,:;!?-_–—…*<>()[]{}'\"`/|~"  # noqa: RUF001
_ABOUT_A_TEXT = re.compile(
    r"defini|descri|beschreib|explan|erklarung|translat|traduc|traduz|ubersetz|vertal|vertaald|text|entry|eintrag|content|inhalt"
    r"|placeholder|todo|tbd|missing|fehlt|fehlend|manqu|falta|manca|ontbre|available|vorhanden|verfugbar|disponi|beschikbaar|provided"
    r"|yet\Z|noch\Z|encore\Z|language|sprache|langue|idioma|lingua|taal|given|supplied|unknown|unbekannt|inconnu|desconoc|sconosc|onbekend|pending|ausstehend|none|empty|leer|vide|vacio"
)
"""Beginnings of folded words that describe a text and not a thing."""


def is_placeholder(definition: str) -> bool:
    """Return whether a definition only says that there is none yet."""
    if len(definition) > MAX_CHARS:
        return False
    text = " ".join(definition.casefold().strip(_AROUND).split())
    return not text or text in _KNOWN


def repeated_placeholders(records: Iterable[Record]) -> frozenset[str]:
    """Return the placeholders of a glossary: many terms have them, and they describe themselves.

    "Definition not provided in this language." is one. "A town in Poland." is not, however often it
    is used.
    """
    terms: dict[str, set[str]] = defaultdict(set)
    for record in records:
        if len(record.definition) <= MAX_REPEATED_CHARS:
            terms[record.definition].add(record.term)
    return frozenset(
        text for text, own in terms.items() if len(own) >= MIN_REPEATS and _describes_a_text(text)
    )


def _describes_a_text(text: str) -> bool:
    words = [fold(word) for word in content_words(text)]
    return 2 * sum(_ABOUT_A_TEXT.match(word) is not None for word in words) > len(words)

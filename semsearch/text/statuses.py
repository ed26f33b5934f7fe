"""Words of a status that say that a term should not be used any more, in seven languages."""

from __future__ import annotations

import re

from semsearch.text.normalise import fold

_WORD = re.compile(r"\w+")
_OUTDATED = frozenset(
    """
    archived deprecated forbidden historic obsolete outdated rejected removed replaced retired
    superseded withdrawn
    abgelehnt ersetzt uberholt veraltet verboten zuruckgezogen
    deconseille desuet interdit obsolete perime remplace retire
    desaconsejado obsoleto prohibido reemplazado retirado sustituido
    desaconselhado proibido substituido
    deprecato obsoleta superato sostituito vietato
    afgeraden verboden verouderd vervallen vervangen
    """.split()  # noqa: SIM905 - a line for each word would bury the code
)


def is_outdated(status: str) -> bool:
    """Whether the first word of a status says so, as in "deprecated: use main branch"."""
    if not status:
        return False  # most entries have none, and every hit asks
    first = _WORD.search(fold(status))
    return first is not None and first[0] in _OUTDATED

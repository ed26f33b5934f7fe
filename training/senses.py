"""Meanings of words as the sources define them, and training pairs made from them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """One meaning as one source defines it.

    `names` are all its names, the headword first; `part` is the part of speech as WordNet writes it
    (n, v, a, r), empty where a source has none. Examples are usages, not definitions.
    """

    id: str
    source: str
    names: tuple[str, ...]
    part: str = ""
    definition: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPair:
    """A question and the text that answers it; pairs with one `sense` mean the same."""

    query: str
    document: str
    kind: str
    source: str
    sense: str
    terms: tuple[str, ...]

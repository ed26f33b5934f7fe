"""Concepts with questions, written by hand for this project: `domains.jsonl`.

The product brings them as common questions (`semsearch/text/common_questions.py`).

One concept a line: its domain, term, aliases and definition, four questions (a description, a
question, a scenario and keywords), and the terms of its domain that are easily mistaken for it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from semsearch.core.arrays import Numbers
from semsearch.core.errors import ImportFailed
from semsearch.text import common_questions
from semsearch.text.normalise import fold
from training.overlaps import Overlaps

CONCEPTS = common_questions.FOLDER / "domains.jsonl"
KINDS = ("description", "question", "scenario", "keywords")
"""Each concept has one question of every kind, in this order."""
_FIELDS = {"domain", "term", "aliases", "definition", "questions", "confused_with"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConcept:
    """One term of a domain; `questions` has one question for each of `KINDS`."""

    domain: str
    term: str
    aliases: tuple[str, ...]
    definition: str
    questions: tuple[str, ...]
    confused_with: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        """The term and its aliases, folded."""
        return frozenset(map(fold, (self.term, *self.aliases)))


def read_concepts(file: Path = CONCEPTS) -> list[TrainingConcept]:
    """Read the concepts and check them against each other.

    Raises:
        ImportFailed: a line is no concept, two concepts of a domain have a name, a definition or a
            question in common, or a concept is said to be mistaken for itself.
    """
    found: list[TrainingConcept] = []
    owners: dict[tuple[str, str, str], str] = {}
    lines = file.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        try:
            concept = _concept(json.loads(line))
            _check(concept, owners)
        except (ValueError, TypeError, KeyError) as error:
            raise ImportFailed(f"is no concept: {error}", file, number) from error
        found.append(concept)
    return found


def _concept(stated: Any) -> TrainingConcept:  # noqa: ANN401 - any JSON
    if not isinstance(stated, dict) or set(stated) != _FIELDS:
        raise ValueError(f"it needs the fields {', '.join(sorted(_FIELDS))}")
    questions = tuple(stated["questions"])
    if len(questions) != len(KINDS):
        raise ValueError(f"it needs one question of each kind: {', '.join(KINDS)}")
    concept = TrainingConcept(
        domain=stated["domain"],
        term=stated["term"],
        aliases=tuple(stated["aliases"]),
        definition=stated["definition"],
        questions=questions,
        confused_with=tuple(stated["confused_with"]),
    )
    texts = (concept.domain, concept.term, concept.definition, *concept.aliases, *concept.questions)
    if empty := [text for text in texts if not isinstance(text, str) or not fold(text).strip()]:
        raise ValueError(f"{empty[0]!r} is no text")
    return concept


def _check(concept: TrainingConcept, owners: dict[tuple[str, str, str], str]) -> None:
    """Refuse a concept that cannot be told from an earlier one of its domain."""
    if fold(concept.term) in map(fold, concept.confused_with):
        raise ValueError(f"{concept.term!r} is said to be mistaken for itself")
    texts = {
        "name": concept.names,
        "definition": {fold(concept.definition)},
        "question": set(map(fold, concept.questions)),
    }
    for what, values in texts.items():
        for value in values:
            owner = owners.setdefault((concept.domain, what, value), concept.term)
            if owner != concept.term:
                raise ValueError(
                    f"{concept.term!r} has the {what} {value!r} of {owner!r}, in the same domain"
                )


def read_common(
    concepts: Sequence[TrainingConcept], beside: Path = CONCEPTS
) -> list[TrainingConcept]:
    """Read the concepts in the other files of the folder; each file is a domain.

    Those that share a name with a given concept are left out, so an encoder that learns from the
    rest has seen none of them. No rivals are named.

    Args:
        concepts: those of the domains.
        beside: the file of the domains.
    """
    held = {name for concept in concepts for name in concept.names}
    found = [
        TrainingConcept(
            domain=file.stem,
            term=stated["term"],
            aliases=tuple(stated["aliases"]),
            definition=stated["definition"],
            questions=tuple(stated["questions"]),
            confused_with=(),
        )
        for file in sorted(beside.parent.glob("*.jsonl"))
        if file != beside
        for stated in map(json.loads, file.read_text(encoding="utf-8").splitlines())
    ]
    return [concept for concept in found if not concept.names & held]


def without_overlaps(
    concepts: Iterable[TrainingConcept], forbidden: Overlaps
) -> list[TrainingConcept]:
    """Return the concepts whose texts share no run of words with what answers are measured on."""
    return [
        concept
        for concept in concepts
        if not any(map(forbidden.has, (concept.definition, *concept.questions)))
    ]


def senses_of(concepts: Sequence[TrainingConcept]) -> Numbers:
    """Return a number for each concept, the same for those that share a name in whatever domain.

    Two concepts of one name are never held against each other, such as "recall" of two domains.
    """
    first: dict[str, int] = {}
    senses = list(range(len(concepts)))
    for number, concept in enumerate(concepts):
        same = {senses[first[name]] for name in concept.names if name in first}
        sense = min(same | {number})
        senses[number] = sense
        senses = [sense if one in same else one for one in senses]
        for name in concept.names:
            first.setdefault(name, number)
    return np.array(senses, dtype=np.int64)


def by_domain(concepts: Iterable[TrainingConcept]) -> dict[str, list[TrainingConcept]]:
    """Return the concepts of each domain."""
    found: dict[str, list[TrainingConcept]] = defaultdict(list)
    for concept in concepts:
        found[concept.domain].append(concept)
    return dict(found)


def shared_names(concepts: Iterable[TrainingConcept]) -> Counter[str]:
    """Return the names that several concepts have, with how many."""
    counted = Counter(name for concept in concepts for name in concept.names)
    return Counter({name: count for name, count in counted.items() if count > 1})

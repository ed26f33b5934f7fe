"""Folds: which domains of the concepts are held out together, and eight domains for development.

Every fit and every figure on a domain uses the encoder of its fold, which never saw a concept of
the fold's domains. Hyper-parameters are chosen on the development domains, which all lie in fold a.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from training.concepts import TrainingConcept

FOLDS = ("a", "b", "c")
DEVELOPMENT = (
    "deep-learning architectures and training",
    "distributed systems and messaging",
    "everyday objects, actions and feelings",
    "geography, maps and remote sensing",
    "law and contracts",
    "medicine and public health",
    "statistics and probability",
    "web front end and browsers",
)
"""Chosen before anything was trained: four technical domains and four others."""


def folds_of(domains: Iterable[str]) -> dict[str, str]:
    """Return the fold of each domain by its hash, so a new domain moves no other."""
    return {
        name: FOLDS[0] if name in DEVELOPMENT else FOLDS[_hash(name) % len(FOLDS)]
        for name in sorted(set(domains))
    }


def seen_by(fold: str, concepts: Sequence[TrainingConcept]) -> list[TrainingConcept]:
    """Return the concepts that the encoder of a fold is trained on: those of other folds.

    A concept of another domain that shares a name with a held-out one is left out as well.
    """
    assigned = folds_of(concept.domain for concept in concepts)
    held = {
        name for concept in concepts if assigned[concept.domain] == fold for name in concept.names
    }
    return [
        concept
        for concept in concepts
        if assigned[concept.domain] != fold and not concept.names & held
    ]


def _hash(domain: str) -> int:
    return int.from_bytes(hashlib.sha256(domain.encode()).digest()[:8], "big")

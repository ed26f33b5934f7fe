"""Matches meanings of Webster's dictionary with those of WordNet by the similarity of their texts.

Two meanings of a word match when each is the other's nearest by the cosine of the base model, and
the cosine is at least `THRESHOLD`. Both dictionaries split the senses of verbs and adjectives
finely, so nouns come first.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Vectors
from semsearch.models.encoders.base import Encoder
from training.senses import Sense

THRESHOLD = 0.5
"""Chosen by reading some fifty pairs, not measured; some wrong pairs remain, most of them near
it."""
MAX_NOUNS = 16_000
MAX_OTHERS = 5_000
"""Most headwords of verbs and adjectives, the first by their hash; glossaries are mostly of
nouns."""
MAX_SENSES = 7
"""A word with more meanings in one dictionary ("take") is left out: its meanings overlap."""
MIN_TEXT_WORDS = 4
MAX_TEXT_WORDS = 70

_BATCH = 512

Embed = Callable[[Sequence[str]], Vectors]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class MatchedSense:
    """One meaning in two dictionaries, and the cosine of their texts."""

    webster: Sense
    wordnet: Sense
    cosine: float

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the headword that both have first, each once whatever its case."""
        found: dict[str, str] = {}
        for name in (self.webster.names[0], *self.wordnet.names, *self.webster.names):
            found.setdefault(name.casefold(), name)
        first = self.webster.names[0].casefold()
        found[first] = next((n for n in self.wordnet.names if n.casefold() == first), first)
        return tuple(found.values())


def match(webster: Iterable[Sense], wordnet: Iterable[Sense], embed: Embed) -> list[MatchedSense]:
    """Return the meanings that match, in the order of the headwords compared."""
    left, right = _by_word(webster, first_only=True), _by_word(wordnet, first_only=False)
    keys = _chosen([k for k in left.keys() & right.keys() if _is_clear(left[k], right[k])])
    texts = sorted(
        {s.definition for key in keys for s in (*left[key], *right[key])}, key=lambda t: (len(t), t)
    )
    at = {text: row for row, text in enumerate(texts)}
    vectors = embed(texts)
    found = []
    for key in keys:
        ours, theirs = left[key], right[key]
        cosines = _rows(ours, at, vectors) @ _rows(theirs, at, vectors).T
        for row, column in enumerate(cosines.argmax(axis=1)):
            cosine = float(cosines[row, column])
            if cosine >= THRESHOLD and cosines[:, column].argmax() == row:
                found.append(MatchedSense(ours[row], theirs[column], cosine))
    return found


def _chosen(keys: Iterable[Key]) -> list[Key]:
    ordered = sorted(keys, key=_hash)
    nouns, others = ([k for k in ordered if (k[1] == "n") is noun] for noun in (True, False))
    return [*nouns[:MAX_NOUNS], *others[:MAX_OTHERS]]


def _is_clear(ours: Sequence[Sense], theirs: Sequence[Sense]) -> bool:
    return max(len(ours), len(theirs)) <= MAX_SENSES


def _rows(senses: Sequence[Sense], at: dict[str, int], vectors: Vectors) -> Vectors:
    return vectors[[at[sense.definition] for sense in senses]]


def _by_word(senses: Iterable[Sense], *, first_only: bool) -> dict[Key, list[Sense]]:
    found: dict[Key, list[Sense]] = defaultdict(list)
    for sense in senses:
        if sense.part and MIN_TEXT_WORDS <= len(sense.definition.split()) <= MAX_TEXT_WORDS:
            for name in sense.names[:1] if first_only else sense.names:
                found[name.casefold(), sense.part].append(sense)
    return found


def _hash(key: Key) -> str:
    return hashlib.sha256(" ".join(key).encode()).hexdigest()


def kept(encoder: Encoder, file: Path) -> Embed:
    """Return a function that embeds texts and caches the vectors in a file (.npz)."""

    def embed(texts: Sequence[str]) -> Vectors:
        known = _load(file)
        names = {text: _digest(encoder.fingerprint, text) for text in texts}
        missing = [text for text in texts if names[text] not in known]
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            rows = encoder.encode_entries(batch).vectors
            known |= {names[text]: row for text, row in zip(batch, rows, strict=True)}
        if missing:
            np.savez(file, names=[*known], vectors=[*known.values()])
        return np.array([known[names[text]] for text in texts], dtype=np.float32)

    return embed


def _load(file: Path) -> dict[str, NDArray[np.float32]]:
    if not file.exists():
        return {}
    with np.load(file) as kept:
        return dict(zip(kept["names"].tolist(), kept["vectors"], strict=True))


def _digest(fingerprint: str, text: str) -> str:
    return hashlib.sha256(f"{fingerprint}\n{text}".encode()).hexdigest()[:32]

"""Measures what the encoder has lost in general English, on WordNet: `make general`.

    python -m benchmarks.quality.general WORDNET

An encoder that is trained to find terms by their definitions could forget other English. It and its
base embed random pairs of words and definitions of WordNet's nouns:

- `name`: is a definition nearer to its own word than to one of another synset of the same parent?
- `kind`: is it nearer to the definition of its parent than to a random one? Both are areas under
  the ROC curve, of `ANCHORS` pairs each way.
- `tree`: do cosines of definitions rise with the nearness in the tree (Wu and Palmer), over
  parents, siblings, cousins and random synsets? Spearman's correlation.

WORDNET holds data.noun. Exit code 1: a figure is more than `MAX_LOSS` below that of the base. The
training data contains parts of WordNet, which the encoder therefore knows better than other
English; so this can show a loss, not a gain.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.wordnet import Synset, read_nouns, wu_palmer
from semsearch.models.encoders.sentence_transformer import SentenceEncoder
from semsearch.models.registry import BASE_MODEL, DEFAULT_MODEL, find_model
from semsearch.quality.evaluation.abstention import share_of_pairs
from semsearch.quality.evaluation.optional_libraries import load

ANCHORS = 250
"""Random synsets: 500 pairs for each area, 1,000 for the correlation."""
MIN_WORDS = 4
"""A definition of fewer words is a synonym."""
MAX_LOSS = 0.02
SEED = 20240229
RESAMPLES = 999

Values = NDArray[np.float64]
Statistic = Callable[[Values, Values], float]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of texts, the quantity that their similarity should follow, and the measure."""

    title: str
    texts: tuple[tuple[str, str], ...]
    target: Values
    statistic: Statistic


@dataclass(frozen=True, slots=True)
class EncoderStatistic:
    """A statistic of two encoders and its difference, with 95 % intervals (paired bootstrap)."""

    title: str
    base: tuple[float, float, float]
    own: tuple[float, float, float]
    difference: tuple[float, float, float]


def auroc(scores: Values, is_higher: Values) -> float:
    """Return the share of pairs in which the higher group has the larger value."""
    return share_of_pairs(scores, is_higher > 0.5)


def spearman(scores: Values, target: Values) -> float:
    """Return the correlation of the ranks."""
    ranks = load("scipy.stats").rankdata([scores, target], axis=1)  # `spearmanr` also tests: slower
    return float(np.corrcoef(ranks)[0, 1])


def draw(nouns: dict[str, Synset], anchors: int = ANCHORS) -> list[Pairs]:
    """Draw the pairs by a fixed seed."""
    lots = np.random.default_rng(SEED)
    below: dict[str, list[Synset]] = defaultdict(list)
    usable = [s for s in nouns.values() if len(s.definition.split()) >= MIN_WORDS]
    for synset in usable:
        if synset.parent:
            below[synset.parent].append(synset)

    def one_of(others: Sequence[Synset], *but: Synset) -> Synset | None:
        left = [other for other in others if other not in but]
        return left[int(lots.integers(len(left)))] if left else None

    names: list[tuple[str, str, float]] = []
    kinds: list[tuple[str, str, float]] = []
    tree: list[tuple[str, str, float]] = []
    for at in lots.permutation(len(usable)):
        anchor = usable[int(at)]
        parent = nouns.get(anchor.parent or "")
        sibling = one_of(below[anchor.parent or ""], anchor)
        uncle = one_of(below[parent.parent], parent) if parent and parent.parent else None
        cousin = one_of(below[uncle.offset]) if uncle else None
        if not (parent and sibling and cousin):
            continue
        stranger = usable[int(lots.integers(len(usable)))]
        said = anchor.definition
        names += [(said, anchor.words[0], 1.0), (said, sibling.words[0], 0.0)]
        kinds += [(said, parent.definition, 1.0), (said, stranger.definition, 0.0)]
        for other in (parent, sibling, cousin, stranger):
            tree.append((said, other.definition, wu_palmer(anchor, other, nouns)))
        if len(names) == 2 * anchors:
            break
    drawn = (("name", names, auroc), ("kind", kinds, auroc), ("tree", tree, spearman))
    return [
        Pairs(title, tuple((a, b) for a, b, _ in rows), np.array([t for *_, t in rows]), statistic)
        for title, rows, statistic in drawn
    ]


def cosines(model: str, pairs: Sequence[Pairs]) -> list[Values]:
    """Return the cosine of every pair by an encoder; each text is embedded once."""
    texts = sorted({text for part in pairs for both in part.texts for text in both}, key=len)
    vectors = SentenceEncoder(find_model(model)).encode_entries(texts).vectors
    row = {text: i for i, text in enumerate(texts)}
    found = []
    for part in pairs:
        left, right = (vectors[[row[both[side]] for both in part.texts]] for side in (0, 1))
        found.append((left * right).sum(axis=1, dtype=np.float64))
    return found


def compared(pairs: Pairs, base: Values, own: Values) -> EncoderStatistic:
    """Return the figures of both encoders on the same pairs."""

    def with_interval(
        statistic: Callable[..., float], *samples: Values
    ) -> tuple[float, float, float]:
        interval = (
            load("scipy.stats")
            .bootstrap(
                samples,
                statistic,
                paired=True,
                vectorized=False,
                n_resamples=RESAMPLES,
                method="percentile",
                rng=np.random.default_rng(SEED),
            )
            .confidence_interval
        )
        return statistic(*samples), float(interval.low), float(interval.high)

    def gain(own: Values, base: Values, target: Values) -> float:
        return pairs.statistic(own, target) - pairs.statistic(base, target)

    return EncoderStatistic(
        pairs.title,
        with_interval(pairs.statistic, base, pairs.target),
        with_interval(pairs.statistic, own, pairs.target),
        with_interval(gain, own, base, pairs.target),
    )


def main() -> int:
    """Print the table, and return 1 when the encoder lost too much."""
    (folder,) = sys.argv[1:]
    nouns = read_nouns(Path(folder))
    pairs = draw(nouns)
    print(f"{sum(len(p.texts) for p in pairs):,} pairs from {len(nouns):,} synsets of nouns")
    scores = zip(cosines(BASE_MODEL, pairs), cosines(DEFAULT_MODEL, pairs), strict=True)
    figures = [compared(part, base, own) for part, (base, own) in zip(pairs, scores, strict=True)]
    print(f"{'':8}" + "".join(f"{name:>28}" for name in (BASE_MODEL, DEFAULT_MODEL, "difference")))
    for one in figures:
        cells = (
            f"{v:.3f} ({low:.3f} to {high:.3f})"
            for v, low, high in (one.base, one.own, one.difference)
        )
        print(f"{one.title:8}" + "".join(f"{cell:>28}" for cell in cells))
    lost = [one.title for one in figures if one.difference[0] < -MAX_LOSS]
    print(f"More than {MAX_LOSS} lost: {', '.join(lost) or 'nowhere'}")
    return int(bool(lost))


if __name__ == "__main__":
    sys.exit(main())

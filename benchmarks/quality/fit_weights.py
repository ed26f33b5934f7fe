"""Fit the weights of `semsearch.ranking.weights` on questions of both kinds: `make fit-weights`.

    python -m benchmarks.quality.fit_weights SHARED JUDGED DOMAINS [--encoders ADAPTERS]

`benchmarks.quality.samples` makes the questions. The fit maximises the likelihood of the right
candidates (softmax over the candidates), with a penalty that keeps weights near 0. The judged
glossaries together have the weight `JUDGED_SHARE`, the domains the rest: the questions of the
domains avoid the definition's words on purpose, so alone they would give words no weight. The
weight of phrases is chosen afterwards from a few values, with phrases for all and for half of the
entries.

Prints the weights and their quality on held-out data: domains of another fold, judged glossaries
left out one by one. Writes no file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.questions import WORST
from benchmarks.quality.samples import RIVAL, WORDS, Sample, arguments, of_domains, of_judged
from semsearch.models.registry import DEFAULT_MODEL
from semsearch.ranking.confidence import SOFTMAX_SCALE
from semsearch.ranking.fusion import EXPECTED_COSINE
from semsearch.ranking.weights import DEFAULT, PARTS
from training.concepts import KINDS, read_concepts
from training.folds import FOLDS

JUDGED_SHARE = 0.5
PENALTY = 0.001
"""Penalty of a weight, relative to the scale of its part (`_SCALE`)."""
PHRASE_WEIGHTS = (0.6, 0.8, 1.0, 1.2, 1.4)

FITTED = tuple(name for name in PARTS if name not in ("sentence", "asked"))
"""Parts that are fitted. The best sentence adds nothing beside whole definition and first sentence;
phrases are no summand."""

_COLUMNS = [PARTS.index(name) for name in FITTED]
_SCALE = np.array([0.015 if name == "words" else 0.3 for name in FITTED])

Weights = NDArray[np.float64]


def fit(samples: Sequence[Sample], share: Callable[[Sample], float]) -> Weights:
    """Return the weights that maximise the likelihood of the right candidates.

    Args:
        samples: questions; those without a right candidate say nothing.
        share: how much a question counts.
    """
    from scipy.optimize import minimize
    from scipy.special import logsumexp

    known = [sample for sample in samples if sample.right.any()]
    longest = max(len(sample.right) for sample in known)
    parts = np.zeros((len(known), longest, len(FITTED)))
    right, there = (np.zeros((len(known), longest), dtype=bool) for _ in range(2))
    for number, sample in enumerate(known):
        parts[number, : len(sample.right)] = sample.parts[:, _COLUMNS]
        right[number, : len(sample.right)] = sample.right
        there[number, : len(sample.right)] = True
    shares = np.array([share(sample) for sample in known])
    shares /= shares.sum()

    def loss(weights: Weights) -> tuple[float, Weights]:
        scores = SOFTMAX_SCALE * (parts @ weights)
        of_all = np.where(there, scores, -np.inf)
        of_right = np.where(right, scores, -np.inf)
        total, reached = logsumexp(of_all, axis=1), logsumexp(of_right, axis=1)
        excess = np.exp(of_all - total[:, None]) - np.exp(of_right - reached[:, None])
        slope = SOFTMAX_SCALE * np.einsum("nk,nkf->f", excess * shares[:, None], parts)
        held = weights / _SCALE
        return (
            float(shares @ (total - reached)) + PENALTY * float(held @ held),
            slope + 2 * PENALTY * held / _SCALE,
        )

    found = minimize(loss, np.zeros(len(FITTED)), jac=True, method="L-BFGS-B")
    return np.asarray(found.x)


def fit_both(domains: Sequence[Sample], judged: Sequence[Sample]) -> Weights:
    """Return the weights for both kinds of question.

    A glossary weighs as much as the others of its kind.
    """
    in_domains = len({sample.glossary for sample in domains})
    in_judged = len({sample.glossary for sample in judged})
    counts: dict[str, int] = {}
    for sample in (*domains, *judged):
        counts[sample.glossary] = counts.get(sample.glossary, 0) + int(sample.right.any())
    of_judged_glossaries = {sample.glossary for sample in judged}

    def share(sample: Sample) -> float:
        if sample.glossary in of_judged_glossaries:
            return JUDGED_SHARE / in_judged / counts[sample.glossary]
        return (1 - JUDGED_SHARE) / in_domains / counts[sample.glossary]

    return fit([*domains, *judged], share)


def scores_of(sample: Sample, weights: Weights, phrases: float, part: int) -> Weights:
    """Return the fused scores of the candidates of a sample.

    Args:
        sample: the question.
        weights: of `FITTED`.
        phrases: the weight of `asked`.
        part: one in so many entries has phrases.
    """
    summed: Weights = sample.parts[:, _COLUMNS] @ weights
    if not phrases:
        return summed
    at_zero, slope = EXPECTED_COSINE
    having = (sample.positions % part == 0) & (sample.phrases != 0)
    return summed + phrases * np.where(having, sample.phrases - at_zero - slope * summed, 0)


def rank_of(sample: Sample, scores: Weights) -> float:
    """Return the rank of the best right candidate from 1; infinite where none is among them."""
    if not sample.right.any():
        return np.inf
    return 1 + float((scores > scores[sample.right].max()).sum())


def figures(ranks: Sequence[float]) -> Weights:
    """Return acc@1, acc@3 and MRR@10."""
    found = np.array(ranks)
    reciprocal = np.where(found <= 10, 1 / found, 0)
    return np.array([(found <= 1).mean(), (found <= 3).mean(), reciprocal.mean()])


def of_glossaries(
    samples: Sequence[Sample],
    weights: Callable[[Sample], Weights],
    phrases: float = 0.0,
    part: int = 1,
) -> dict[str, Weights]:
    """Return the figures of each glossary; one in `part` entries has phrases."""
    ranks: dict[str, list[float]] = {}
    for sample in samples:
        scores = scores_of(sample, weights(sample), phrases, part)
        ranks.setdefault(sample.glossary, []).append(rank_of(sample, scores))
    return {glossary: figures(found) for glossary, found in ranks.items()}


def main() -> None:
    """Fit, and print the results."""
    given = arguments("fit_weights")
    domains = [
        s for s in of_domains(read_concepts(), given.domains, given.encoders) if s.is_answerable
    ]
    judged = [s for s in of_judged(given.shared, given.judged, DEFAULT_MODEL) if s.is_answerable]
    report(domains, judged)


def report(domains: Sequence[Sample], judged: Sequence[Sample]) -> None:
    """Print the weights, and their quality on held-out data."""
    weights = fit_both(domains, judged)
    print("\n".join(f"{name} = {w:.3f}" for name, w in zip(FITTED, weights, strict=True)))
    apart = {
        fold: fit_both([s for s in domains if s.group != fold], judged)
        for fold in FOLDS
        if any(s.group != fold for s in domains)
    }
    apart |= {
        name: fit_both(domains, [s for s in judged if s.group != name])
        for name in {s.group for s in judged}
    }
    current = np.array([getattr(DEFAULT, name) for name in FITTED])
    for title, chosen in (
        ("in use", lambda sample: current),
        ("fitted on others", lambda sample: apart[sample.group]),
        ("fitted", lambda sample: weights),
    ):
        print(f"{title:28}acc@1 acc@3  MRR@10")
        for kinds, samples in (
            (KINDS, domains), ((WORDS,), domains), ((RIVAL,), domains),
            (("answerable",), judged), ((WORDS,), judged), ((RIVAL,), judged),
        ):  # fmt: skip
            asked = [s for s in samples if s.kind in kinds]
            if asked:
                _line(f"  {len(asked):,} {kinds[0]}", of_glossaries(asked, chosen))
    asked = [s for s in domains if s.phrases.any()]
    for weight in PHRASE_WEIGHTS:
        for part, title in ((1, "all"), (2, "half")):
            found = of_glossaries(asked, lambda s: apart[s.group], weight, part)
            _line(f"  phrases {weight:.1f}, {title} have some", found)


def _line(title: str, found: dict[str, Weights]) -> None:
    each = np.array([*found.values()])
    worst = np.sort(each[:, 0])[:WORST].mean()
    shown = "  ".join(f"{value:.3f}" for value in each.mean(axis=0))
    of_few = "  ".join(f"{name[:10]} {values[0]:.2f}" for name, values in found.items())
    print(f"{title:36}{shown}  {of_few if len(found) < WORST else f'worst {WORST} {worst:.3f}'}")


if __name__ == "__main__":
    main()

"""The weights that are fitted are those that put what is right first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.quality.fit_weights import (
    FITTED,
    figures,
    fit,
    fit_both,
    of_glossaries,
    rank_of,
    report,
    scores_of,
)
from benchmarks.quality.samples import Sample
from semsearch.ranking.fusion import fuse
from semsearch.ranking.similarity_baseline import Baseline
from semsearch.ranking.weights import DEFAULT, PARTS

TERM = FITTED.index("term")
IN_USE = np.array([getattr(DEFAULT, name) for name in FITTED])


def drawn(seed: int, decides: str, *, glossary: str = "bakery", group: str = "a") -> Sample:
    """Make a question of which one part, beside noise, says who is right."""
    lots = np.random.default_rng(seed)
    parts = lots.normal(0.3, 0.1, size=(8, len(PARTS))).astype(np.float32)
    right = np.arange(8) == seed % 8
    parts[right, PARTS.index(decides)] += 0.5
    return Sample(
        text="what is it",
        glossary=glossary,
        group=group,
        kind="question",
        positions=np.arange(8),
        parts=parts,
        phrases=lots.uniform(0.2, 0.8, size=8).astype(np.float32),
        right=right,
        baseline=Baseline(1, 0.1),
        is_named=False,
    )


def test_the_part_that_decides_gets_the_weight() -> None:
    """The fit also ranks other samples; a question without a right candidate has no effect."""
    known = [drawn(seed, "term") for seed in range(60)]
    hopeless = replace(drawn(99, "lead"), right=np.zeros(8, dtype=bool))
    weights = fit([*known, hopeless], lambda _: 1.0)
    assert int(np.argmax(weights)) == TERM
    assert abs(np.delete(weights, TERM)).max() < weights[TERM] / 4
    unseen = [drawn(seed, "term") for seed in range(100, 140)]
    found = of_glossaries(unseen, lambda _: weights)
    assert found["bakery"][0] > 0.9
    assert rank_of(hopeless, scores_of(hopeless, weights, 0, 1)) == np.inf


def test_both_kinds_of_glossary_have_their_say() -> None:
    """One question of a judged glossary counts as many of the domains."""
    domains = [drawn(seed, "term") for seed in range(60)]
    judged = [drawn(seed, "words", glossary="seed", group="seed") for seed in range(4)]
    alone, both = fit(domains, lambda _: 1.0), fit_both(domains, judged)
    words = FITTED.index("words")
    assert both[words] > alone[words] + 0.05
    assert both[TERM] > 0


def test_scores_are_those_of_the_product() -> None:
    """Scores agree without phrases, with phrases for all entries, and for some."""
    sample = drawn(3, "lead")
    columns = sample.parts.copy()
    columns[:, PARTS.index("sentence")] = 0
    for weight, part in ((0.0, 1), (DEFAULT.asked, 1), (DEFAULT.asked, 2)):
        columns[:, PARTS.index("asked")] = np.where(sample.positions % part, 0, sample.phrases)
        expected = fuse(columns, replace(DEFAULT, asked=weight))
        found = scores_of(sample, IN_USE, weight, part)
        assert found == pytest.approx(expected, abs=1e-5)


def test_figures_are_those_of_the_ranks() -> None:
    """First, among three, and reciprocal up to ten."""
    assert figures([1, 2, 11, np.inf]) == pytest.approx([0.25, 0.5, 0.375])


def test_what_is_printed_names_every_weight(capsys: pytest.CaptureFixture[str]) -> None:
    """The report has both kinds of glossary, ranked by weights fitted on others."""
    domains = [
        drawn(seed, "term", glossary=name, group=fold)
        for fold, name in (("a", "bakery"), ("b", "harbour"), ("c", "garden"))
        for seed in range(12)
    ]
    judged = [
        replace(drawn(seed, "words", glossary=name, group=name), kind="answerable")
        for name in ("seed", "web")
        for seed in range(6)
    ]
    report(domains, judged)
    printed = capsys.readouterr().out
    assert all(f"{name} = " in printed for name in FITTED)
    assert "fitted on others" in printed
    assert "phrases 1.0, half have some" in printed

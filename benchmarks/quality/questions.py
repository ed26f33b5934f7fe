"""Score the domains of `training.concepts`: `make questions`.

    python -m benchmarks.quality.questions FOLDER [--encoders ADAPTERS] [--folds a] [--phrases]
        [--store]

Each domain is a glossary of 21 to 80 entries. One question is asked for each concept. The same
question without its concept in the domain is a near question; questions of other domains are far
ones. ADAPTERS holds an encoder for each fold (`training.folds`), which never saw the domains of the
fold. Without it the default encoder answers, which was trained on all domains. Indexes are kept in
FOLDER. Exit code 1: a measure dropped against the stored result with p < .05. `--store` replaces
the stored result.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.quality.domains import Domain, far_questions, model_of, opened, questions_of
from semsearch.quality.evaluation.abstention import auroc, calibration_error, reliability
from semsearch.quality.evaluation.comparison import compare
from semsearch.quality.evaluation.judgements import ANSWERABLE, FAR, NEAR
from semsearch.quality.evaluation.measures import per_question
from semsearch.quality.evaluation.outcomes import QuestionOutcome
from semsearch.quality.evaluation.results_json import read_results, to_compact_json
from semsearch.ranking.confidence import STRONG
from training.concepts import TrainingConcept, by_domain, read_concepts
from training.folds import FOLDS, folds_of

RESULT = Path(__file__).parent / "results" / "questions.json"
WITH_PHRASES = RESULT.with_name("questions-phrases.json")
MEASURES = ("acc@1", "acc@3", "MRR@10")
WORST = 10
"""Worst domains that are listed by name."""

NEAR_SHARE, FAR_SHARE = 4, 7
"""Where confidence is compared with the truth, one in so many near questions counts, and one in so
many far ones. So about a quarter of all questions has no answer, as among the judged questions."""


@dataclass(frozen=True, slots=True)
class DomainOutcome:
    """A question of a domain, by its kind, and its outcome."""

    domain: str
    kind: str
    outcome: QuestionOutcome


def ask_all(
    concepts: Sequence[TrainingConcept],
    folder: Path,
    encoders: Path | None,
    *,
    phrases: bool = False,
    folds: Sequence[str] = FOLDS,
) -> Iterator[DomainOutcome]:
    """Ask every domain all of its questions, near and far ones too."""
    domains = by_domain(concepts)
    fold_of = folds_of(domains)
    for fold in folds:
        own = [concept for concept in concepts if fold_of[concept.domain] == fold]
        model = model_of(fold, encoders, folder / "encoders")
        index = folder / (f"{fold}-phrases" if phrases else fold)
        with opened(own, index, model, phrases=phrases) as shown:
            for name, members in by_domain(own).items():
                others = [concept for concept in own if concept.domain != name]
                yield from _ask(Domain(shown, name), members, others)


def _ask(
    domain: Domain, members: Sequence[TrainingConcept], others: Sequence[TrainingConcept]
) -> Iterator[DomainOutcome]:
    for asked, question in domain.embedded(questions_of(members)):
        yield DomainOutcome(domain.name, asked.kind, domain.ask(asked, question))
        yield DomainOutcome(domain.name, asked.kind, domain.ask_without(asked, question))
    for asked, question in domain.embedded(far_questions(domain.name, others)):
        yield DomainOutcome(domain.name, asked.kind, domain.ask(asked, question))


def outcomes(answered: Sequence[DomainOutcome], kind: str) -> list[QuestionOutcome]:
    """Return the outcomes that are answerable, near or far."""
    return [one.outcome for one in answered if one.outcome.question.kind == kind]


def mixed(answered: Sequence[DomainOutcome]) -> list[QuestionOutcome]:
    """Return the outcomes on which confidence is compared with the truth; see `NEAR_SHARE`."""
    near, far = outcomes(answered, NEAR), outcomes(answered, FAR)
    return [*outcomes(answered, ANSWERABLE), *near[::NEAR_SHARE], *far[::FAR_SHARE]]


def by_name(answered: Sequence[DomainOutcome]) -> dict[str, list[DomainOutcome]]:
    """Return the outcomes of each domain."""
    found: dict[str, list[DomainOutcome]] = {}
    for one in answered:
        found.setdefault(one.domain, []).append(one)
    return found


@dataclass(frozen=True, slots=True)
class Strong:
    """Precision of strong answers, and the share of answerable questions that get one."""

    right: float
    covers: float

    @classmethod
    def of(cls, found: Sequence[QuestionOutcome]) -> Strong:
        """Measure some outcomes."""
        strong = [o for o in found if o.confidence >= STRONG]
        answerable = [o for o in found if o.question.is_answerable]
        return cls(
            float(np.mean([o.is_right for o in strong])) if strong else 1.0,
            sum(o.confidence >= STRONG for o in answerable) / max(len(answerable), 1),
        )


def show(answered: Sequence[DomainOutcome]) -> None:
    """Print all tables."""
    domains = by_name(answered)
    means = {
        name: np.array([values.mean() for values in _values(found).values()])
        for name, found in domains.items()
    }
    print(f"{'':52}{'n':>6}" + "".join(f"{name:>9}" for name in MEASURES))
    everything = outcomes(answered, ANSWERABLE)
    _row(f"mean of {len(domains)} domains", len(everything), np.mean([*means.values()], axis=0))
    for kind in dict.fromkeys(one.kind for one in answered if one.kind != FAR):
        of_kind = [one for one in answered if one.kind == kind]
        values = _values(of_kind)
        _row(f"  {kind}", len(next(iter(values.values()))), [v.mean() for v in values.values()])
    worst = sorted(means, key=lambda name: means[name][0])[:WORST]
    _row(f"mean of the worst {WORST}", 0, np.mean([means[name] for name in worst], axis=0))
    for name in worst:
        _row(f"  {name}", len(outcomes(domains[name], ANSWERABLE)), means[name])
    for kind in (NEAR, FAR):
        each = [
            auroc(outcomes(found, ANSWERABLE), outcomes(found, kind)) for found in domains.values()
        ]
        known = [area for area in each if area is not None]
        if known:
            print(f"AUROC against {kind} questions, mean of the domains {np.mean(known):.3f}")
    mix = mixed(answered)
    strong = Strong.of(mix)
    refused = np.mean([o.is_refused for o in everything])
    print(
        f"Confidence, {len(mix):,} questions of which {len(everything):,} are answerable: calibration "
        f"error {calibration_error(reliability(mix)):.3f}; strong is right in {strong.right:.3f} and "
        f"covers {strong.covers:.3f} of the answerable; {refused:.3f} of these refused"
    )
    for one in reliability(mix):
        print(
            f"  {one.low:.1f} to {one.high:.1f}: {one.questions:5,} questions, stated "
            f"{one.confidence:.3f}, right {one.right:.3f}"
        )


def _values(found: Sequence[DomainOutcome]) -> dict[str, np.ndarray]:
    values = per_question(outcomes(found, ANSWERABLE))
    return {name: values[name] for name in MEASURES}


def _row(title: str, count: int, values: Iterable[float]) -> None:
    number = f"{count:,}" if count else ""
    print(f"{title[:52]:52}{number:>6}" + "".join(f"{value:>9.3f}" for value in values))


def main() -> int:
    """Print the tables, and return 1 when a measure dropped."""
    given = _arguments()
    result = WITH_PHRASES if given.phrases else RESULT
    concepts = read_concepts()
    answered = list(
        ask_all(concepts, given.folder, given.encoders, phrases=given.phrases, folds=given.folds)
    )
    show(answered)
    everything = outcomes(answered, ANSWERABLE)
    if given.store:
        result.write_text(to_compact_json(everything), encoding="utf-8")
        print(f"Stored in {result}")
        return 0
    if not result.exists():
        return 0
    found = compare(read_results(result), everything)
    for change in found.changes:
        print(f"{change.measure}: {change.before:.3f} -> {change.now:.3f} (p = {change.p:.4f})")
    return int(found.is_drop)


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m benchmarks.quality.questions")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--encoders", type=Path, help="the adapters of the folds")
    parser.add_argument(
        "--folds", nargs="+", choices=FOLDS, default=FOLDS, help="whose domains are asked (all)"
    )
    parser.add_argument("--phrases", action="store_true", help="with three phrases an entry")
    parser.add_argument("--store", action="store_true", help="renew the stored result")
    given = parser.parse_args()
    if given.store and {*given.folds} != {*FOLDS}:
        parser.error("--store needs all folds: leave --folds out")
    return given


if __name__ == "__main__":
    sys.exit(main())

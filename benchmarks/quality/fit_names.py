"""Fit the confidence of a part of a name: `make fit-names`.

    python -m benchmarks.quality.fit_names SHARED

Takes the names of the glossaries in SHARED and of the domains of the hand-written concepts. Each
question is the first, last or inner words of a name. The fit learns when the best match is the name
that the words come from. One question in three asks for an entry that was left out, so no hit is
right. Every other glossary is held out; for these the confidence is printed beside the share of
right hits. Prints the coefficients of `semsearch.ranking.confidence.name_part_probability`. Writes
no file.
"""

from __future__ import annotations

import math
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from semsearch.core.entries import Entry
from semsearch.core.errors import SemsearchError
from semsearch.importers.corpus import read_corpus
from semsearch.ranking.confidence import name_part_probability
from semsearch.text.names import NameKind, names_of
from semsearch.text.stems import question_stems
from training.concepts import read_concepts

MIN_ENTRIES = 20
MAX_ASKED = 150
"""Most entries of a glossary whose names are asked."""
LEFT_OUT_WEIGHT = 0.5
"""Weight of a question whose entry was left out. Each part is asked with its entry and without it;
most real questions are about entries that exist."""

Stems = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamePartSample:
    """A first hit by a part of a name.

    Its share of the name's words, its share of the prior probability, whether it was right, and its
    weight.
    """

    share: float
    lead: float
    is_right: bool
    weight: float


def glossaries(shared: Path) -> dict[str, list[Entry]]:
    """Return the entries of every glossary in English, and of every domain."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for one in read_concepts():
        id_ = str(len(found[one.domain]))
        found[one.domain].append(Entry(id_, one.term, one.definition, one.domain, one.aliases))
    for folder in sorted((shared / "glossaries").iterdir()):
        try:
            entries = read_corpus([folder]).entries if folder.is_dir() else ()
        except SemsearchError:
            continue  # of these files nothing can be read
        for entry in entries:
            if entry.language.startswith("en"):
                found[f"{folder.name}:{entry.glossary}"].append(entry)
    return {name: entries for name, entries in found.items() if len(entries) >= MIN_ENTRIES}


def parts(name: Stems) -> Iterator[tuple[Stems, int]]:
    """Yield the parts of a name and how often people ask so: mostly its last words."""
    for count in range(1, len(name)):
        yield name[-count:], 3
        yield name[:count], 2
    if len(name) > 2:
        yield name[1:-1], 1


def outcomes(entries: Sequence[Entry], rng: random.Random) -> Iterator[NamePartSample]:
    """Ask for parts of the names of a glossary that are no names themselves."""
    names = [_names(entry) for entry in entries]
    uses = Counter(word for own in names for word in {word for name in own for word in name})
    worth = {w: math.log1p((len(entries) - n + 0.5) / (n + 0.5)) for w, n in uses.items()}
    whole = {name for own in names for name in own}
    for at in rng.sample(range(len(entries)), min(MAX_ASKED, len(entries))):
        for name in names[at]:
            some = list(parts(name))
            if some:
                (part,) = rng.choices([one for one, _ in some], [often for _, often in some])
                if part not in whole:
                    yield from _asked(part, at, names, worth)


def _names(entry: Entry) -> list[Stems]:
    unsaid = (NameKind.INITIALS, NameKind.NOTATION)
    said = (question_stems(name.label) for name in names_of(entry) if name.kind not in unsaid)
    return [stems for stems in said if stems]


def _asked(
    part: Stems, right: int, names: Sequence[Sequence[Stems]], worth: dict[str, float]
) -> Iterator[NamePartSample]:
    said = {
        at: max(_share(part, name, worth) for name in own) for at, own in enumerate(names) if own
    }
    shares = {at: share for at, share in said.items() if share}
    yield _outcome(shares, right, 1.0)
    del shares[right]
    if shares:
        yield _outcome(shares, right, LEFT_OUT_WEIGHT)


def _share(part: Stems, name: Stems, worth: dict[str, float]) -> float:
    if not set(part) <= set(name):
        return 0.0
    share = sum(worth[word] for word in set(part)) / sum(worth[word] for word in set(name))
    return round(share, 9)  # else the order of a set decides between equal ones


def _outcome(shares: dict[int, float], right: int, weight: float) -> NamePartSample:
    first = max(shares, key=lambda at: (shares[at], -at))
    return NamePartSample(
        shares[first], shares[first] / sum(shares.values()), first == right, weight
    )


def fitted(found: Sequence[NamePartSample]) -> tuple[float, float, float]:
    """Return intercept, coefficient of the share and of the log odds of the lead."""
    x = np.array([(one.share, _log_odds(one.lead)) for one in found])
    model = LogisticRegression(C=1e3)
    model.fit(x, [one.is_right for one in found], [one.weight for one in found])
    return float(model.intercept_[0]), float(model.coef_[0][0]), float(model.coef_[0][1])


def _log_odds(lead: float) -> float:
    lead = min(lead, 1 - 1e-3)
    return math.log(lead / (1 - lead))


def print_reliability(found: Sequence[NamePartSample]) -> None:
    """Print `name_part_probability` beside the share of right hits, by tenths."""
    said: NDArray[np.float64] = np.array(
        [name_part_probability(one.share, one.lead) for one in found]
    )
    right = np.array([one.is_right for one in found])
    weights = np.array([one.weight for one in found])
    error = 0.0
    for tenth in range(10):
        chosen = np.minimum(np.floor(said * 10), 9) == tenth
        if chosen.any():
            mean = np.average(said[chosen], weights=weights[chosen])
            was = np.average(right[chosen], weights=weights[chosen])
            error += abs(mean - was) * weights[chosen].sum() / weights.sum()
            print(f"  said {mean:.2f}, right {was:.2f} ({chosen.sum()} questions)")
    print(f"  calibration error {error:.3f}")


def main() -> None:
    """Fit on every other glossary, and check on the rest."""
    (shared,) = (Path(argument) for argument in sys.argv[1:])
    rng = random.Random(5)  # noqa: S311 - a draw, no secret
    known = glossaries(shared)
    found = {name: list(outcomes(known[name], rng)) for name in sorted(known)}
    tuning = [one for name in list(found)[::2] for one in found[name]]
    kept = [one for name in list(found)[1::2] for one in found[name]]
    intercept, by_share, by_lead = fitted(tuning)
    print(f"{len(tuning)} questions of {len(known)} glossaries' names; coefficients:")
    print(f"  intercept {intercept:.2f}, share {by_share:.2f}, lead {by_lead:.3f}")
    asked = [one for one in kept if one.weight == 1]
    print(f"kept aside: {np.mean([one.is_right for one in asked]):.2f} right first; as it is now:")
    print_reliability(kept)


if __name__ == "__main__":
    main()

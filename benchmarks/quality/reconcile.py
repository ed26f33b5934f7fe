"""Measures how often a safe match of the Reconciliation API is right: `make reconcile`.

    python -m benchmarks.quality.reconcile SHARED FOLDER

See `benchmarks.quality.scores` for the arguments. Sends names in the forms of
`benchmarks.quality.names` (other cases, numbers and wordings, one letter wrong) and names that the
glossary lacks (those of the other glossaries) to the Reconciliation API, in batches of 50. Prints,
for each glossary and kind, how many names were matched safely and how many of these wrongly. Fails
below the bars of precision and speed.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from starlette.testclient import TestClient

from benchmarks.quality.glossaries import opened
from benchmarks.quality.names import GlossaryNames, NameQuestion, dressed, typos
from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.reconciliation.queries import MAX_QUERIES

DRESSED = 400
"""Correct names that each glossary is asked in other forms."""
MISSING = 400
"""Names that it lacks."""
MIN_PRECISION = 0.98
MIN_PER_MINUTE = 500
LACKING = "a name that is missing"


@dataclass(frozen=True, slots=True)
class Matched:
    """A name, and the entry that was safely matched, if one was."""

    asked: NameQuestion
    id: str | None

    @property
    def is_wrong(self) -> bool:
        """Whether another entry than a right one was matched."""
        return self.id is not None and self.id not in self.asked.right


def missing_names(names: GlossaryNames, others: Sequence[str], seed: str) -> Iterator[NameQuestion]:
    """Yield names of other glossaries that are no names of this one, drawn by a seed."""
    lacking = sorted({name for name in others if not names.is_name(name)})
    rng = random.Random(seed)  # noqa: S311 - a draw, no secret
    for name in rng.sample(lacking, min(MISSING, len(lacking))):
        yield NameQuestion(name, name, LACKING, frozenset())


def matched(client: TestClient, asked: Sequence[NameQuestion]) -> tuple[list[Matched], float]:
    """Return what was safely matched for each name, and the seconds that it took."""
    found: list[Matched] = []
    began = perf_counter()
    for first in range(0, len(asked), MAX_QUERIES):
        part = asked[first : first + MAX_QUERIES]
        batch = {f"q{n}": {"query": one.question, "limit": 3} for n, one in enumerate(part)}
        response = client.post("/reconcile", data={"queries": json.dumps(batch)})
        response.raise_for_status()
        results = response.json()
        for n, one in enumerate(part):
            safe = [hit["id"] for hit in results[f"q{n}"]["result"] if hit["match"]]
            found.append(Matched(one, next(iter(safe), None)))
    return found, perf_counter() - began


def precision(found: Sequence[Matched]) -> float:
    """Return the share of safe matches that are right; 1 if there is none."""
    safe = [one for one in found if one.id is not None]
    return 1 - sum(one.is_wrong for one in safe) / len(safe) if safe else 1.0


def report(title: str, found: Sequence[Matched]) -> None:
    """Print the precision, what was matched of each kind, and every wrong match."""
    safe = sum(one.id is not None for one in found)
    print(f"{title}: {precision(found):.4f} of {safe} safe matches are right")
    for kind in dict.fromkeys(one.asked.kind for one in found):
        of_kind = [one for one in found if one.asked.kind == kind]
        print(f"  {kind:36} {sum(one.id is not None for one in of_kind):4} of {len(of_kind)}")
    for one in found:
        if one.is_wrong:
            print(f"    {one.asked.question!r} ({one.asked.kind}) was matched with {one.id}")


def main() -> int:
    """Print the results of each glossary and of all; return 1 if a bar is missed."""
    shared, folder = (Path(argument) for argument in sys.argv[1:])
    names = {
        name: GlossaryNames(glossary.definitions()[0])
        for name, glossary, _ in opened(shared, folder)
    }
    everything: list[Matched] = []
    took = 0.0
    for name, glossary, _ in opened(shared, folder):
        others = [
            label for other, own in names.items() if other != name for label in own.stated.values()
        ]
        asked = [
            *dressed(names[name], name, DRESSED),
            *typos(names[name], name),
            *missing_names(names[name], others, name),
        ]
        found, seconds = _of(glossary, asked)
        report(name, found)
        everything += found
        took += seconds
    rate = 60 * len(everything) / took
    report("all", everything)
    print(f"{rate:,.0f} queries a minute in batches of {MAX_QUERIES}, one after the other")
    return int(precision(everything) < MIN_PRECISION or rate < MIN_PER_MINUTE)


def _of(glossary: Glossary, asked: Sequence[NameQuestion]) -> tuple[list[Matched], float]:
    settings = load_settings(index=glossary.info().path)
    with TestClient(create_app(glossary, settings)) as client:
        return matched(client, asked)


if __name__ == "__main__":
    raise SystemExit(main())

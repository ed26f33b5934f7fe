"""Compares several configurations on the same questions, with a paired test of each difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from semsearch.cli.output.evaluation import probability, share
from semsearch.quality.evaluation.comparison import compare, result_of
from semsearch.quality.evaluation.measures import rows, total
from semsearch.quality.evaluation.outcomes import QuestionOutcome

SHOWN = ("acc@1", "acc@3", "MRR@10", "refused")
"""`refused`: the share of unanswerable questions whose answer is "no close match"."""


@dataclass(frozen=True, slots=True)
class RankedVariant:
    """One configuration, and the outcomes of the questions."""

    title: str
    outcomes: Sequence[QuestionOutcome]


@dataclass(frozen=True, slots=True)
class Cell:
    """A measure of one variant; `p` is the two-sided p-value of its difference to the first."""

    value: float
    p: float | None


@dataclass(frozen=True, slots=True)
class ResultLine:
    """Measures of one variant, in one glossary or in all; none without questions."""

    glossary: str
    questions: int
    title: str
    cells: dict[str, Cell]


def lines(contenders: Sequence[RankedVariant]) -> Iterator[ResultLine]:
    """Yield a line for each variant in each glossary, in all questions, and in their mean.

    The mean over the glossaries is what documents state; only single questions can be paired, so it
    has no p.
    """
    first, *others = contenders
    glossaries = dict.fromkeys(o.question.glossary for o in first.outcomes)
    for glossary in (*glossaries, "all questions"):
        mine = _within(first, glossary)
        answerable = sum(o.question.is_answerable for o in mine)
        for contender in (first, *others):
            theirs = _within(contender, glossary)
            found = compare({o.question.key: result_of(o) for o in theirs}, mine)
            cells = {
                change.measure: Cell(change.before, None if contender is first else change.p)
                for change in found.changes
            }
            yield ResultLine(glossary, answerable, contender.title, cells)
    for contender in contenders:
        mean = total(rows(contender.outcomes))
        if mean is not None:
            cells = {n: Cell(e.mean, None) for n, e in mean.measures.items() if n in SHOWN}
            yield ResultLine("mean of glossaries", mean.questions, contender.title, cells)


def _within(contender: RankedVariant, glossary: str) -> list[QuestionOutcome]:
    return [o for o in contender.outcomes if glossary in ("all questions", o.question.glossary)]


def show(contenders: Sequence[RankedVariant]) -> None:
    """Print the lines as a table."""
    width = max(20, *(len(contender.title) + 2 for contender in contenders))
    print("Side by side (p: by chance as far from the first)")
    print(f"{'':{width}}{'n':>5}" + "".join(f"{name:>9}{'p':>7}" for name in SHOWN))
    glossary = ""
    for line in lines(contenders):
        if line.glossary != glossary:
            glossary = line.glossary
            print(f"{glossary:{width}}{line.questions:>5,}")
        cells = (line.cells.get(name) for name in SHOWN)
        shown = "".join(
            f"{share(cell.value if cell else None):>9}{probability(cell.p if cell else None):>7}"
            for cell in cells
        )
        print(f"  {line.title:{width + 3}}{shown}")
    print()

"""What all recorded questions show together: confused pairs, repairs, numbers by day."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from semsearch.core.answers import Verdict
from semsearch.storage.feedback.question_log import RecordedQuestion

CLOSE = 0.02
"""Difference of scores up to which the first two hits are close together."""
MIN_CONFUSING = 2
"""Different questions from which on a pair counts as confused."""

_UNSURE = (Verdict.NONE, Verdict.POSSIBLE)
_BY_MEANING = (Verdict.POSSIBLE, Verdict.STRONG)
_WORD = re.compile(r"[^\s.,;:?!\"“”()]+")


@dataclass(frozen=True, slots=True)
class Confusion:
    """Two entries that questions find close together, or of which readers open the second.

    `questions` are different ones, the commonest first. `opened` is how often the second was opened
    and the first was not.
    """

    first: str
    second: str
    count: int
    opened: int
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repair:
    """Words that were taken for misspelt ones, and how often."""

    asked: str
    read_as: str
    count: int


@dataclass(frozen=True, slots=True)
class Day:
    """Numbers of a day (UTC): questions, those without a close match, and uncertain ones."""

    day: date
    asked: int
    unanswered: int
    uncertain: int


def confusions(records: Iterable[RecordedQuestion], limit: int) -> list[Confusion]:
    """Return the pairs that people confuse, the most frequent first.

    Questions that asked for one hit have no second one and are left out.
    """
    questions: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    opened: Counter[tuple[str, str]] = Counter()
    for one in records:
        if len(one.hits) < 2 or one.verdict not in _BY_MEANING:
            continue
        first, second = one.hits[:2]
        took_second = second in one.opened and first not in one.opened
        if not took_second and (one.lead is None or one.lead > CLOSE):
            continue
        pair = (min(first, second), max(first, second))
        opened[pair] += took_second
        questions[pair][one.text] += 1
    found = [
        Confusion(*pair, asked.total(), opened[pair], _commonest_first(asked))
        for pair, asked in questions.items()
        if len(asked) >= MIN_CONFUSING
    ]
    return sorted(found, key=lambda one: (-one.count, one.first, one.second))[:limit]


def _commonest_first(asked: Counter[str]) -> tuple[str, ...]:
    """Return the questions in an order that does not depend on which process recorded them."""
    return tuple(sorted(asked, key=lambda text: (-asked[text], text)))


def repairs(records: Iterable[RecordedQuestion], limit: int) -> list[Repair]:
    """Return the words that were corrected, the most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in records:
        if one.repaired:
            counts[_difference(one.text, one.repaired)] += 1
    found = [Repair(*words, count) for words, count in counts.items() if all(words)]
    return sorted(found, key=lambda one: (-one.count, one.asked))[:limit]


def _difference(asked: str, repaired: str) -> tuple[str, str]:
    """Return the words of each text that the other lacks."""
    before, after = (_WORD.findall(text.casefold()) for text in (asked, repaired))
    return (
        " ".join(word for word in before if word not in after),
        " ".join(word for word in after if word not in before),
    )


def days(records: Sequence[RecordedQuestion]) -> list[Day]:
    """Return the numbers of each day from the first question to the last."""
    verdicts: dict[int, list[str]] = defaultdict(list)
    for one in records:
        verdicts[one.asked.date().toordinal()].append(one.verdict)
    if not verdicts:
        return []
    return [
        Day(
            date.fromordinal(n),
            len(verdicts[n]),
            verdicts[n].count(Verdict.NONE),
            verdicts[n].count(Verdict.POSSIBLE),
        )
        for n in range(min(verdicts), max(verdicts) + 1)
    ]

"""Finds recorded questions that may show a gap, and which of them still do.

A question is recorded with the answer of its time. Entries have been written since, so the answers
of today decide: `open_questions` picks, the caller asks again, `still_open` keeps what is not
answered yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from semsearch.core.answers import Verdict
from semsearch.storage.feedback.question_log import RecordedQuestion

MAX_OPEN = 1_000
"""Most distinct questions that are asked again: the most frequent ones. It takes 3 s of a core."""
MIN_UNOPENED = 3
"""Times that readers of the page must have left the first hit of a sure answer unopened. The page
shows its definition without a click, so once means nothing."""


class GapKind(StrEnum):
    """Why a question shows a gap, the plainest reason first."""

    UNANSWERED = "no close match"
    UNCERTAIN = "uncertain"
    UNOPENED = "first hit not opened"


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question, how often and when last it was asked, and why it shows a gap.

    `glossary` is the one that was asked, empty for all. `hits` are the ids of its first hits.
    """

    text: str
    glossary: str
    count: int
    last: datetime
    kind: GapKind
    hits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerNow:
    """What a question is answered now: the verdict and the ids of the first hits."""

    verdict: str
    hits: tuple[str, ...]


def open_questions(
    records: Iterable[RecordedQuestion], glossaries: Collection[str]
) -> list[OpenQuestion]:
    """Return the questions to ask again, the most frequent first.

    Args:
        records: what was recorded, oldest first.
        glossaries: that can be asked; questions of others are left out.
    """
    asked: dict[tuple[str, str], list[RecordedQuestion]] = defaultdict(list)
    for one in records:
        if not one.glossary or one.glossary in glossaries:
            asked[one.text, one.glossary].append(one)
    found = []
    for (text, glossary), same in asked.items():
        last = same[-1]
        kind = _kind(last.verdict) or (GapKind.UNOPENED if _is_left_unopened(same) else None)
        if kind:
            found.append(OpenQuestion(text, glossary, len(same), last.asked, kind, last.hits))
    found.sort(key=lambda one: (-one.count, -one.last.timestamp(), one.text))
    return found[:MAX_OPEN]


def still_open(asked: Sequence[OpenQuestion], now: Sequence[AnswerNow]) -> list[OpenQuestion]:
    """Return the questions that are not answered yet, with the answers of today.

    Args:
        asked: the questions.
        now: their answers, in the same order.
    """
    found = []
    for question, answer in zip(asked, now, strict=True):
        kind = _kind(answer.verdict)
        is_same = question.hits[:1] == answer.hits[:1]
        if kind is None and question.kind is GapKind.UNOPENED and is_same:
            kind = GapKind.UNOPENED
        if kind:
            found.append(replace(question, kind=kind, hits=answer.hits))
    return found


def _kind(verdict: str) -> GapKind | None:
    return _KINDS.get(verdict)


_KINDS: dict[str, GapKind] = {
    Verdict.NONE: GapKind.UNANSWERED,
    Verdict.POSSIBLE: GapKind.UNCERTAIN,
}


def _is_left_unopened(same: Sequence[RecordedQuestion]) -> bool:
    """Whether a sure answer by meaning was read on the page repeatedly, and its first hit never."""
    of_page = [one for one in same if one.source == "page" and one.hits]
    return (
        len(of_page) >= MIN_UNOPENED
        and same[-1].verdict == Verdict.STRONG
        and not any(one.hits[0] in one.opened for one in of_page)
    )

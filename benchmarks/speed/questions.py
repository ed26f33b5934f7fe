"""Distinct questions for measurements, derived by rule from the judged questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

OWN = Path(__file__).with_name("questions.txt")
"""Questions written by hand for five glossaries, one a line."""

HALF = 4
"""Words from each of two questions: eight have 11 to 12 tokens on average with this encoder. As
written they have 20, which is longer than what people type."""


class TooFewQuestions(Exception):
    """There are fewer distinct questions than requested."""


def own() -> list[str]:
    """Return the questions as they were written."""
    return OWN.read_text(encoding="utf-8").splitlines()


def crossed(known: Sequence[str]) -> Iterator[str]:
    """Yield the first words of each question with the last words of each other one, each text once.

    Those of one round begin with different questions; the next round takes the other half from
    one question further on.
    """
    halves = [(words[:HALF], words[-HALF:]) for words in map(str.split, known)]
    seen: set[str] = set()
    for further in range(1, len(halves)):
        for at, (first, _) in enumerate(halves):
            _, last = halves[(at + further) % len(halves)]
            question = " ".join([*first, *last])
            if question not in seen:
                seen.add(question)
                yield question


class Supply:
    """Questions for one service; each is used once."""

    def __init__(self, known: Sequence[str]) -> None:
        self._known = known
        self._next = 0

    def next(self, count: int) -> Sequence[str]:
        """Return the next questions.

        Raises:
            TooFewQuestions: there are not so many left.
        """
        start, self._next = self._next, self._next + count
        if self._next > len(self._known):
            raise TooFewQuestions(
                f"{self._next:,} distinct questions would be needed, and there are "
                f"{len(self._known):,}: measure fewer or shorter rounds"
            )
        return self._known[start : self._next]

    def give_back(self, count: int) -> None:
        """Take back the last questions, which were not asked."""
        self._next -= count

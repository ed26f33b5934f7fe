"""Example questions for the start page, made from the entries of the index."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from semsearch.core.answers import Answer
from semsearch.core.entries import Entry
from semsearch.search.glossary import Glossary

MAX_TERM_CHARS = 40
MAX_GLOSSARIES = 6
"""Glossaries that give an example."""
MIN_EXAMPLES = 3
"""Examples if there are fewer glossaries."""
_FIRST_QUESTION = "What is this glossary about?"
"""Asked in each glossary. The entries nearest to it make its examples."""
_NEAREST = 20
_PHRASE_CHARS = (15, 70)
"""Shortest and longest asked-as phrase that is an example; it has one line on a phone."""
_TRIED = 4
"""Phrases of a glossary that are asked before its own words are taken instead."""
PASSING_S = 30.0
"""Seconds after which examples are computed again that were found while the encoder was away."""
_DESCRIPTION = re.compile(r"\b(?:is|are) ((?:an?|the) [^.;:,()\n]{20,80})[.;:,\n]")


@dataclass(frozen=True, slots=True)
class ExampleQuestion:
    """A question and the glossary that answers it."""

    text: str
    glossary: str


@dataclass(frozen=True, slots=True)
class _Examples:
    """Example questions of a revision, perhaps until a time of the clock only."""

    tag: str
    questions: list[ExampleQuestion]
    until: float | None = None


class ExampleQuestions:
    """Example questions of an index, computed once for each revision.

    Args:
        glossary: the open index.
        clock: returns seconds.
    """

    def __init__(self, glossary: Glossary, clock: Callable[[], float] = time.monotonic) -> None:
        self._glossary = glossary
        self._clock = clock
        self._cached = _Examples("", [])

    @property
    def are_passing(self) -> bool:
        """Whether the encoder was away when the last ones were computed, so that others follow."""
        return self._cached.until is not None

    def get(self) -> list[ExampleQuestion]:
        """Return questions that the present entries answer, at least one of each glossary."""
        tag = self._glossary.tag
        cached = self._cached
        is_over = cached.until is not None and self._clock() >= cached.until
        if cached.tag != tag or is_over:
            answers: list[Answer] = []
            names = [info.name for info in self._glossary.info().glossaries][:MAX_GLOSSARIES]
            each = -(-MIN_EXAMPLES // max(len(names), 1))
            questions = [one for name in names for one in self._of_glossary(name, each, answers)]
            is_passing = any(answer.is_passing for answer in answers)
            until = self._clock() + PASSING_S if is_passing else None
            cached = self._cached = _Examples(tag, questions, until)
        return cached.questions

    def _of_glossary(self, name: str, wanted: int, answers: list[Answer]) -> list[ExampleQuestion]:
        """Return examples of a glossary, and note the answers that they rest on."""
        nearest = self._glossary.ask(_FIRST_QUESTION, k=_NEAREST, glossary=name)
        answers.append(nearest)
        entries = [hit.entry for hit in nearest.hits]
        found = dict(self._answered(asked_phrases(entries), wanted, answers))
        left = [entry for entry in entries if entry.id not in found]
        texts = [*found.values(), *example_questions(left)]
        return [ExampleQuestion(text, name) for text in texts[:wanted]]

    def _answered(
        self, phrases: Sequence[tuple[str, str]], wanted: int, answers: list[Answer]
    ) -> Iterator[tuple[str, str]]:
        """Yield the phrases that find their entry, with its id, until there are enough."""
        found = 0
        for id_, phrase in phrases[: _TRIED * wanted]:
            answer = self._glossary.ask(phrase, k=1)
            answers.append(answer)
            if not answer.no_close_match and [hit.entry.id for hit in answer.hits] == [id_]:
                yield id_, phrase
                found += 1
            if found == wanted:
                return


def asked_phrases(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """Return one asked-as phrase of each entry that has one, with its id; questions come first.

    Phrases that name their entry are none: they do not show what a description finds.
    """
    low, high = _PHRASE_CHARS
    found = []
    for entry in entries:
        names = [name.casefold() for name in (entry.term, *entry.aliases)]
        fitting = [
            phrase
            for phrase in entry.details.asked_as
            if low <= len(phrase) <= high and not any(one in phrase.casefold() for one in names)
        ]
        found += [(entry.id, phrase) for phrase in sorted(fitting, key=_is_no_question)[:1]]
    return sorted(found, key=lambda one: _is_no_question(one[1]))


def _is_no_question(phrase: str) -> bool:
    return not phrase.endswith("?")


def example_questions(entries: Sequence[Entry]) -> list[str]:
    """Return up to three questions that these entries answer, one of each kind.

    A description in the glossary's own words, then a question about a term, then a plain term, each
    about another entry.
    """
    left = [e for e in entries if len(e.term) <= MAX_TERM_CHARS]
    questions: list[str] = []
    for candidate in left:
        match = _DESCRIPTION.search(candidate.definition[:400])
        if match and candidate.term.casefold() not in match[1].casefold():
            questions.append(match[1])
            left.remove(candidate)
            break
    if left:
        questions.append(f"the meaning of {left.pop(0).term}")
    if left:
        questions.append(left.pop(0).term)
    return questions

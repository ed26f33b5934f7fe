"""Example questions for the start page, made from the entries of the index."""

from __future__ import annotations

import re
from collections.abc import Sequence

from semsearch.core.entries import Entry
from semsearch.search.glossary import Glossary

MAX_TERM_CHARS = 40
_FIRST_QUESTION = "What is this glossary about?"
"""Asked before the service is ready. The entries nearest to it make the examples."""
_DESCRIPTION = re.compile(r"\b(?:is|are) ((?:an?|the) [^.;:,()\n]{20,80})[.;:,\n]")


class ExampleQuestions:
    """Example questions of an index, computed once for each revision.

    Args:
        glossary: the open index.
    """

    def __init__(self, glossary: Glossary) -> None:
        self._glossary = glossary
        self._cached: tuple[str, list[str]] = ("", [])

    def get(self) -> list[str]:
        """Return up to three questions that the present entries answer."""
        tag = self._glossary.tag
        cached_tag, questions = self._cached
        if cached_tag != tag:
            nearest = self._glossary.ask(_FIRST_QUESTION, k=20)
            questions = example_questions([hit.entry for hit in nearest.hits])
            self._cached = tag, questions
        return questions


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

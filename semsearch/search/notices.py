"""Notices of answers: what somebody who reads an answer should know about how it was found."""

from __future__ import annotations

from collections.abc import Iterator

from semsearch.core.answers import Notice, NoticeKind, Verdict
from semsearch.index.query_vectors import QueryVectors
from semsearch.text.question_language import question_language
from semsearch.text.word_languages import LANGUAGE_NAMES, base_language

WORDS_ONLY = Notice(
    NoticeKind.WORDS_ONLY,
    "The encoder does not answer at the moment, so this was found by words and names only.",
)
"""Says nothing of the server, which readers need not know; the log does."""


def notices_of(
    question: str, vectors: QueryVectors, tags: tuple[str, ...], verdict: Verdict
) -> tuple[Notice, ...]:
    """Return the notices of an answer.

    Args:
        question: as it was asked.
        vectors: its text and vector.
        tags: of the languages of the entries that were asked.
        verdict: a question that is a name has no language.
    """
    return tuple(_notices(question, vectors, tags, verdict))


def _notices(
    question: str, vectors: QueryVectors, tags: tuple[str, ...], verdict: Verdict
) -> Iterator[Notice]:
    if not vectors.is_embedded:
        yield WORDS_ONLY
    if verdict in (Verdict.EXACT, Verdict.TERMS):
        return
    language = question_language(question)
    asked = sorted({base_language(tag) for tag in tags})
    if language and language not in asked and LANGUAGE_NAMES.keys() >= set(asked):
        *others, last = sorted(LANGUAGE_NAMES[one] for one in asked)
        entries = f"{', '.join(others)} and {last}" if others else last
        yield Notice(
            NoticeKind.OTHER_LANGUAGE,
            f"The question seems to be in {LANGUAGE_NAMES[language]}, and the entries are in {entries}.",
        )

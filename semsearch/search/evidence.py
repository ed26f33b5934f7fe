"""Evidence: why an entry matched a question, as it is shown beside a hit."""

from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np

from semsearch.core.answers import Evidence, ScoreParts, Span
from semsearch.core.entries import Entry
from semsearch.index.query_vectors import QueryVectors
from semsearch.index.retrieval import Candidate
from semsearch.ranking.fusion import fuse
from semsearch.ranking.weights import ScoreWeights
from semsearch.search.name_lookup import NameMatch
from semsearch.search.search_context import SearchContext
from semsearch.text.passages import phrases_of
from semsearch.text.stems import shared_words, stems_in

MIN_PHRASE_COSINE = 0.4
"""Least cosine of an asked-as phrase that is shown; one below it is hardly related."""


class EvidenceFinder:
    """Says of candidates why they matched one question.

    Args:
        context: where they were found.
        query: the question.
        names: the names that matched, by position.
    """

    def __init__(
        self, context: SearchContext, query: QueryVectors, names: dict[int, NameMatch]
    ) -> None:
        self._retriever, self._table = context.retriever, context.retriever.entry_table
        self._weights = context.weights
        self._names = names
        self._question_stems = stems_in(query.text, context.allowed.word_languages)

    def all_of(self, candidates: list[Candidate], entries: list[Entry]) -> list[Evidence]:
        """Return the evidence of each candidate, whose entries are given."""
        places = self._table.passages([self._sentence_row(one) for one in candidates])
        return [self._of(*one) for one in zip(candidates, entries, places, strict=True)]

    def _of(self, candidate: Candidate, entry: Entry, place: tuple[int, int]) -> Evidence:
        match = self._names.get(candidate.position)
        text, term = entry.definition, entry.term
        words: tuple[Span, ...] = ()
        term_words: tuple[Span, ...] = ()
        if candidate.parts.words:
            in_text, in_term = self._table.stems(candidate.position)
            words = shared_words(self._question_stems, text, in_text)
            term_words = shared_words(self._question_stems, term, in_term)
        phrase, common_question = self._phrases(candidate, entry)
        score = candidate.rerank_score
        return Evidence(
            name=match.label if match else None,
            words=words,
            term_words=term_words,
            sentence=Span(*place, text[slice(*place)]),
            phrase=phrase,
            common_question=common_question,
            parts=candidate.parts,
            rerank_score=None if score is None else round(score, 6),
        )

    def _phrases(self, candidate: Candidate, entry: Entry) -> tuple[str | None, str | None]:
        """Return the asked-as phrase that speaks for an entry, or its common question, if any."""
        parts = candidate.parts
        if parts.asked <= MIN_PHRASE_COSINE or not _raises_score(parts, self._weights):
            return None, None
        own, number = phrases_of(entry), candidate.phrase
        if number < len(own):
            return own[number], None
        return None, self._table.common_question(candidate.position, number - len(own))

    def _sentence_row(self, candidate: Candidate) -> int:
        """Return the row of the sentence to show: the first one if the question is a name.

        Whoever asks for a name wants to know what it means. The sentence nearest to the bare name
        is often one that only mentions it.
        """
        match = self._names.get(candidate.position)
        if match is None or not match.is_whole:
            return candidate.sentence_row
        rows = self._retriever.rows_of(candidate.position)
        return rows[:2][-1]  # row 0 is the whole definition, row 1 its first sentence


def _raises_score(parts: ScoreParts, weights: ScoreWeights) -> bool:
    """Whether an entry scores higher with its nearest phrase than without any."""
    rows = [astuple(parts), astuple(replace(parts, asked=0.0))]
    with_phrase, without = fuse(np.array(rows, dtype=np.float32), weights)
    return bool(with_phrase > without)

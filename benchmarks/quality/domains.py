"""Sixty domains as glossaries, each asked through an encoder that never saw it.

The concepts of `training.concepts` give entries and questions. Every domain belongs to a fold
(`training.folds`); the encoder of a fold was trained on the domains of the other folds only. One
index holds the domains of a fold, and each domain is asked as its own glossary. Words, tokens and
the baseline of the confidence are counted by glossary, so a domain scores as it would in an index
of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np

from semsearch.core.entries import NO_DETAILS, Details, Entry
from semsearch.core.positions import PositionFilter
from semsearch.index.query_vectors import QueryVectors
from semsearch.ingest.build import build_index
from semsearch.models.encoders.sentence_transformer import SentenceEncoder
from semsearch.models.registry import DEFAULT_MODEL
from semsearch.quality.evaluation.judgements import ANSWERABLE, FAR, NEAR
from semsearch.quality.evaluation.outcomes import RANKS_RECORDED, QuestionOutcome
from semsearch.quality.evaluation.outcomes import ShownEntry as ShownHit
from semsearch.quality.evaluation.questions import JudgedQuestion as Judged
from semsearch.ranking import confidence
from semsearch.ranking.confidence import Calibration
from semsearch.ranking.weights import DEFAULT
from semsearch.search.answer import EmbeddedQuery, parse
from semsearch.search.index_view import IndexView
from semsearch.search.live_index import LiveIndex
from semsearch.search.search_context import SearchContext
from semsearch.storage.files.layout import IndexLayout
from training.concepts import KINDS, TrainingConcept
from training.evaluate import model_of as adapter_model

BATCH = 64
"""Questions embedded at a time."""

FAR_QUESTIONS = 35
"""Questions of other domains that each domain is asked."""


@dataclass(frozen=True, slots=True)
class DomainQuestion:
    """A question, its kind, and the concept of the asked domain that answers it, if any."""

    text: str
    kind: str
    concept: TrainingConcept | None


def chosen(concept: TrainingConcept) -> int:
    """Return which of the four questions of a concept is asked; the others may be its phrases."""
    return _number(concept.domain, concept.term) % len(KINDS)


def questions_of(concepts: Sequence[TrainingConcept]) -> list[DomainQuestion]:
    """Return the question that is asked of each concept."""
    return [DomainQuestion(c.questions[chosen(c)], KINDS[chosen(c)], c) for c in concepts]


def far_questions(domain: str, others: Sequence[TrainingConcept]) -> list[DomainQuestion]:
    """Return questions that other concepts answer, the same ones each time."""
    drawn = sorted(others, key=lambda c: _number(domain, c.domain, c.term))[:FAR_QUESTIONS]
    return [DomainQuestion(c.questions[chosen(c)], FAR, None) for c in drawn]


def entry_of(concept: TrainingConcept, *, phrases: bool = False) -> Entry:
    """Return a concept as an entry of the glossary of its domain.

    Args:
        concept: the concept.
        phrases: whether the three questions that are not asked are phrases of the entry.
    """
    others = [text for n, text in enumerate(concept.questions) if n != chosen(concept)]
    return Entry(
        id=id_of(concept),
        term=concept.term,
        definition=concept.definition,
        glossary=concept.domain,
        aliases=concept.aliases,
        details=Details.of({"asked_as": others}) if phrases else NO_DETAILS,
    )


def id_of(concept: TrainingConcept) -> str:
    """Return the id of the entry of a concept."""
    return f"{concept.domain}:{concept.term}"


def _number(*texts: str) -> int:
    return int.from_bytes(hashlib.sha256("\n".join(texts).encode()).digest()[:4], "big")


@contextmanager
def opened(
    concepts: Sequence[TrainingConcept], index: Path, model: str, *, phrases: bool = False
) -> Iterator[IndexView]:
    """Build or update the index of some domains, with or without phrases, and open it."""
    entries = [entry_of(concept, phrases=phrases) for concept in concepts]
    # these concepts are the ones whose questions semsearch brings
    build_index(entries, index, model=model, common_questions=False)
    with shown(index) as found:
        yield found


@contextmanager
def shown(index: Path) -> Iterator[IndexView]:
    """Open an index and return its parts for inspection."""
    following = LiveIndex(IndexLayout(index), None, calibrated=False)
    try:
        yield following.view
    finally:
        following.close()


def model_of(fold: str, encoders: Path | None, folder: Path) -> str:
    """Return the encoder of a fold as `semsearch build --model` takes it.

    Args:
        fold: one of `training.folds.FOLDS`.
        encoders: the folder that has the adapter of each fold, by its name; None for the default
            encoder.
        folder: where the merged models are kept.
    """
    if encoders is None:
        return DEFAULT_MODEL
    model = adapter_model(str(encoders / fold))
    merged = folder / f"{fold}-{model.fingerprint[:16]}"
    if not (merged / "modules.json").exists():
        SentenceEncoder(model).transformer.save_pretrained(str(merged), create_model_card=False)
    return str(merged)


class Domain:
    """A domain of an open index, asked as the product asks a glossary."""

    def __init__(self, shown: IndexView, name: str) -> None:
        self.name = name
        self._shown = shown
        self._within = shown.allowed(name)

    def embedded(
        self, asked: Sequence[DomainQuestion]
    ) -> Iterator[tuple[DomainQuestion, QueryVectors]]:
        """Yield each question with its embedding."""
        for start in range(0, len(asked), BATCH):
            some = asked[start : start + BATCH]
            yield from zip(some, self._embed([one.text for one in some]), strict=True)

    def _embed(self, texts: list[str]) -> list[QueryVectors]:
        return QueryVectors.all_of(texts, self._shown.encoder.encode_questions(texts))

    def ask(self, asked: DomainQuestion, question: QueryVectors) -> QuestionOutcome:
        """Ask the domain one question."""
        if asked.concept is None:
            return self._outcome(asked, question, FAR, None)
        return self._outcome(asked, question, ANSWERABLE, None)

    def ask_without(self, asked: DomainQuestion, question: QueryVectors) -> QuestionOutcome:
        """Ask the domain one question without the concept that answers it: a near question."""
        assert asked.concept is not None
        return self._outcome(asked, question, NEAR, asked.concept)

    def _outcome(
        self,
        asked: DomainQuestion,
        question: QueryVectors,
        kind: str,
        left_out: TrainingConcept | None,
    ) -> QuestionOutcome:
        shown = self._shown
        gone = (
            None if left_out is None else shown.retriever.entry_table.position_of(id_of(left_out))
        )
        context = SearchContext(
            retriever=shown.retriever,
            parser=shown.parser,
            weights=DEFAULT,
            reranker=None,
            allowed=self._within if gone is None else self._without(gone),
            baseline=shown.score_baseline(self.name),
            calibration=Calibration(),
            min_confidence=confidence.THRESHOLD,
        )
        started = perf_counter()
        parsed = parse(context, asked.text, shown.encoder.is_word)
        names = {at: match for at, match in parsed.names.items() if at != gone}
        if parsed.read_as != asked.text:
            (question,) = self._embed([parsed.read_as])
        named = replace(parsed, names=names)
        found = EmbeddedQuery(
            RANKS_RECORDED, context, named, question, is_remembered=False
        ).answer()
        seconds = perf_counter() - started
        hits = tuple(ShownHit(h.entry.id, h.entry.term, h.matched_by.value) for h in found.hits)
        right = () if kind != ANSWERABLE or asked.concept is None else (id_of(asked.concept),)
        judged = Judged(asked.text, self.name, kind, right, right)
        return QuestionOutcome(judged, hits, found.confidence, found.no_close_match, seconds)

    def _without(self, position: int) -> PositionFilter:
        (positions,) = self._within.ranges
        others = np.array([at for at in positions if at != position], dtype=np.int64)
        allowed: PositionFilter = self._within.in_language((), others)
        return allowed

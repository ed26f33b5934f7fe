"""The view of an index that answers a question: a generation and live edits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from semsearch.core.answers import Tier
from semsearch.core.checksums import text_hash
from semsearch.core.errors import (
    EntryNotFound,
    GlossaryNotFound,
    InvalidQuestion,
    InvalidSetting,
)
from semsearch.core.index_info import IndexInfo
from semsearch.core.positions import PositionFilter
from semsearch.index.calibration import StoredCalibration
from semsearch.index.manifest import Manifest
from semsearch.index.retrieval import Retriever
from semsearch.index.segments.segment import Segment
from semsearch.models.encoders.caching import CachingEncoder
from semsearch.models.rerankers.base import Reranker
from semsearch.ranking import confidence
from semsearch.ranking.confidence import Calibration
from semsearch.ranking.similarity_baseline import Baseline
from semsearch.ranking.weights import ScoreWeights
from semsearch.search.answer import SearchContext, SearchRequest
from semsearch.search.query import QuestionReader
from semsearch.text.questions import check_question, is_marks

MAX_K = 100
"""Most hits of an answer."""


@dataclass(frozen=True, eq=False)
class IndexView:
    """A consistent view: a generation with its live segment, and the models that answer."""

    manifest: Manifest
    generation: Segment
    retriever: Retriever
    encoder: CachingEncoder
    embeds_as: str | None
    """The key of the encoder's vectors in the store, if it also embeds definitions."""
    reranker: Reranker | None
    calibration: StoredCalibration | None
    revision: int
    """The revision of the store that the view shows."""

    @cached_property
    def names(self) -> QuestionReader:
        """Finds entries by their names."""
        retriever = self.retriever
        return QuestionReader(
            retriever.snapshot, retriever.postings, retriever.name_stems, retriever.phrases
        )

    @cached_property
    def tag(self) -> str:
        """A short text that changes whenever any answer could change."""
        calibration = text_hash(repr(self.calibration)).hex()[:8]
        return f"{self.manifest.tag}-{self.revision}-{calibration}"

    def allowed(self, glossary: str | None, language: str | None = None) -> PositionFilter:
        """Return the positions that may answer.

        Raises:
            GlossaryNotFound: there is no such glossary.
            InvalidSetting: `language` is no language tag.
            LanguageNotFound: no entry is in the language.
        """
        allowed = self._glossary(glossary)
        return (
            allowed if language is None else self.retriever.snapshot.in_language(allowed, language)
        )

    def _glossary(self, glossary: str | None) -> PositionFilter:
        if glossary is None:
            return self.retriever.snapshot.everything
        known = self.retriever.snapshot.glossaries
        if glossary not in known:
            raise GlossaryNotFound(
                f"there is no glossary {glossary!r} in this index; "
                f"it has {', '.join(sorted(known))}"
            )
        return known[glossary]

    def position_of(self, id_or_name: str) -> int:
        """Return the position of an entry by its id, or else by its name.

        Raises:
            EntryNotFound: nothing has this id or name; the message suggests the nearest name.
            InvalidQuestion: it is not text, or too long.
        """
        name = check_question(id_or_name)
        snapshot, names = self.retriever.snapshot, self.names
        position = snapshot.position_of(id_or_name)
        if position is not None:
            return position
        matches = names.match_question(name, snapshot.everything)
        for tier in (Tier.EXACT, Tier.FORM):
            for at, match in matches.items():
                if match.tier is tier:
                    return at
        near = list(names.match_misspelt(name, snapshot.everything).values())[:1]
        hint = "".join(f"; did you mean {match.label!r}?" for match in near)
        raise EntryNotFound(f"there is no entry with the id or name {id_or_name!r}{hint}")

    def similarity_baseline(self, glossary: str | None) -> Baseline:
        """Return the baseline of similarity in a glossary, or in all.

        A glossary that is newer than the generation gets that of all.
        """
        return self.manifest.similarity_baselines.get(
            glossary or "", self.manifest.similarity_baseline
        )

    def score_baseline(self, glossary: str | None) -> Baseline:
        """Return the baseline of the fused score of wrong answers; see `similarity_baseline`."""
        return self.manifest.score_baselines.get(glossary or "", self.manifest.score_baseline)

    def check(self, request: SearchRequest) -> None:
        """Raise what answering an invalid request would raise; see `Glossary.ask`."""
        question = check_question(request.question)
        if not 1 <= request.k <= MAX_K:
            raise InvalidSetting(f"{request.k} hits were asked for; ask for 1 to {MAX_K}")
        if not 0 <= request.min_confidence <= 1:
            raise InvalidSetting(
                f"min_confidence is {request.min_confidence}; it lies between 0 and 1"
            )
        allowed = self.allowed(request.glossary, request.language)
        if is_marks(question) and not self.names.match_question(question, allowed):
            raise InvalidQuestion(
                f"no entry is called {question!r}, which has no letter or digit; "
                "ask with at least one word"
            )

    def context(self, request: SearchRequest, weights: ScoreWeights) -> SearchContext:
        """Return where and how a valid request is answered."""
        return SearchContext(
            retriever=self.retriever,
            names=self.names,
            weights=weights,
            reranker=self.reranker,
            allowed=self.allowed(request.glossary, request.language),
            baseline=self.score_baseline(request.glossary),
            calibration=self.calibration.calibration if self.calibration else Calibration(),
            min_confidence=request.min_confidence,
        )

    def info(self, path: str) -> IndexInfo:
        """Describe the index, which lies at a path."""
        manifest, snapshot = self.manifest, self.retriever.snapshot
        return IndexInfo(
            path=path,
            generation=manifest.generation,
            built_at=manifest.built_at,
            built_by=manifest.built_by,
            format=manifest.format,
            entries=len(snapshot.everything),
            vectors=manifest.vectors,
            glossaries=snapshot.glossary_infos(),
            model=manifest.model,
            fingerprint=manifest.fingerprint,
            dim=manifest.dim,
            precision=manifest.precision,
            engine=manifest.engine,
            reranker=manifest.reranker,
            threshold=confidence.THRESHOLD,
            calibrated_with=self.calibration.questions if self.calibration else 0,
        )

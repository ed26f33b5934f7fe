"""The view of an index that answers a question: a generation and live edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path

from semsearch.core.answers import Tier
from semsearch.core.checksums import text_hash
from semsearch.core.errors import (
    EntryNotFound,
    GlossaryNotFound,
    InvalidQuestion,
    InvalidSetting,
)
from semsearch.core.index_info import CommonQuestionsInfo, IndexInfo
from semsearch.core.near_names import MAX_BEGINNING, did_you_mean
from semsearch.core.positions import PositionFilter
from semsearch.exporters import ExportContext, GlossaryExport, target_named
from semsearch.importers.iris import NOWHERE
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
from semsearch.search.answer import SearchRequest
from semsearch.search.browse import Alphabet
from semsearch.search.question_parser import QuestionParser
from semsearch.search.search_context import SearchContext
from semsearch.search.semantic_map import Atlas
from semsearch.storage.files.following import follow_info
from semsearch.storage.files.layout import IndexLayout
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
    changed: Mapping[str, int] = field(default_factory=dict)
    """The last revision of each glossary that was changed since the generation."""

    @cached_property
    def parser(self) -> QuestionParser:
        """Finds entries by their names."""
        retriever = self.retriever
        return QuestionParser(
            retriever.entry_table, retriever.postings, retriever.name_stems, retriever.phrases
        )

    @cached_property
    def tag(self) -> str:
        """A short text that changes whenever any answer could change."""
        calibration = text_hash(repr(self.calibration)).hex()[:8]
        return f"{self.manifest.tag}-{self.revision}-{calibration}"

    def tag_of(self, glossaries: Sequence[str]) -> str:
        """Return a text that changes whenever an answer from some glossaries could change.

        It says nothing of changes in others, except that a generation was published.
        """
        own = [(name, self.changed.get(name, 0)) for name in sorted(glossaries)]
        return text_hash(repr((self.manifest.tag, self.calibration, own))).hex()[:24]

    def allowed(self, glossary: str | None, language: str | None = None) -> PositionFilter:
        """Return the positions that may answer.

        Raises:
            GlossaryNotFound: there is no such glossary.
            InvalidSetting: `language` is no language tag.
            LanguageNotFound: no entry is in the language.
        """
        allowed = self._glossary(glossary)
        return (
            allowed
            if language is None
            else self.retriever.entry_table.in_language(allowed, language)
        )

    def export(
        self, glossary: str, format: str, address: str | None, base: str | None
    ) -> GlossaryExport:
        """Return the entries of a glossary in another format; see `Glossary.export`."""
        allowed = self.allowed(glossary)
        context = ExportContext(
            glossary, lambda: self.retriever.entries(allowed), address or NOWHERE, base or ""
        )
        return GlossaryExport(target_named(format), context)

    def _glossary(self, glossary: str | None) -> PositionFilter:
        if glossary is None:
            return self.retriever.entry_table.everything
        known = self.retriever.entry_table.glossaries
        if glossary not in known:
            raise GlossaryNotFound.among(glossary, known)
        return known[glossary]

    def position_of(self, id_or_name: str, glossaries: Sequence[str] = ()) -> int:
        """Return the first of `positions_of`."""
        return self.positions_of(id_or_name, glossaries)[0]

    def positions_of(self, id_or_name: str, glossaries: Sequence[str] = ()) -> list[int]:
        """Return the position of the entry with an id, or else those of all with a name.

        Args:
            id_or_name: of the entry.
            glossaries: those that may answer; by default all.

        Raises:
            EntryNotFound: nothing has this id or name; the message suggests names.
            InvalidQuestion: it is not text, or too long.
        """
        name = check_question(id_or_name)
        entry_table, parser = self.retriever.entry_table, self.parser
        permitted = [
            entry_table.glossaries[one] for one in glossaries if one in entry_table.glossaries
        ]
        searched = permitted if glossaries else [entry_table.everything]
        position = entry_table.position_of(id_or_name)
        if position is not None and any(
            position in one for each in searched for one in each.ranges
        ):
            return [position]
        matches = [parser.match_question(name, allowed) for allowed in searched]
        for tier in (Tier.EXACT, Tier.FORM):
            found = [at for each in matches for at, match in each.items() if match.tier is tier]
            if found:
                return found
        meant = did_you_mean(self._meant(name, searched, glossaries))
        raise EntryNotFound(f"there is no entry with the id or name {id_or_name!r}{meant}")

    def _meant(
        self, typed: str, searched: Sequence[PositionFilter], glossaries: Sequence[str]
    ) -> list[str]:
        """Return names that begin with an unknown one, and one that resembles it.

        Of an id they are ids of its glossary.
        """
        entry_table, parser = self.retriever.entry_table, self.parser
        glossary, colon, rest = typed.partition(":")
        is_permitted = bool(colon) and (not glossaries or glossary in glossaries)
        own = entry_table.glossaries.get(glossary) if is_permitted else None
        if own is not None:
            typed, searched = rest.replace("-", " "), [own]
        begun = [named for each in searched for named in parser.beginning_with(typed, each)]
        begun.sort(key=lambda named: len(named.name.key))
        labels: dict[int, str] = {}
        for named in begun:
            labels.setdefault(named.position, named.name.label)
        meant = dict(islice(labels.items(), MAX_BEGINNING))
        near = (one for each in searched for one in parser.match_misspelt(typed, each).items())
        for position, match in islice(near, 1):
            meant.setdefault(position, match.label)
        if own is not None:
            return [label.id for label in entry_table.labels(list(meant))]
        return list(meant.values())

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
        if is_marks(question) and not self.parser.match_question(question, allowed):
            raise InvalidQuestion(
                f"no entry is called {question!r}, which has no letter or digit; "
                "ask with at least one word"
            )

    def context(self, request: SearchRequest, weights: ScoreWeights) -> SearchContext:
        """Return where and how a valid request is answered."""
        return SearchContext(
            retriever=self.retriever,
            parser=self.parser,
            weights=weights,
            reranker=self.reranker,
            allowed=self.allowed(request.glossary, request.language),
            baseline=self.score_baseline(request.glossary),
            calibration=self.calibration.calibration if self.calibration else Calibration(),
            min_confidence=request.min_confidence,
        )

    def languages(self, glossary: str | None) -> tuple[str, ...]:
        """Return the languages of a glossary, or of all."""
        return tuple(self.retriever.entry_table.languages_with_names(self.allowed(glossary)))

    def alphabet(self, glossary: str) -> Alphabet:
        """Return the entries of a glossary in alphabetical order."""
        self.allowed(glossary)  # raises if there is none
        return Alphabet(self.retriever.entry_table, glossary)

    def atlas(self) -> Atlas:
        """Return the semantic map."""
        return Atlas(self.retriever, self.encoder, self.allowed)

    def info(self, path: str) -> IndexInfo:
        """Describe the index, which lies at a path."""
        manifest, entry_table = self.manifest, self.retriever.entry_table
        return IndexInfo(
            path=path,
            generation=manifest.generation,
            revision=self.revision,
            built_at=manifest.built_at,
            built_by=manifest.built_by,
            format=manifest.format,
            entries=len(entry_table.everything),
            vectors=manifest.vectors,
            glossaries=entry_table.glossary_infos(),
            model=manifest.model,
            fingerprint=manifest.fingerprint,
            dim=manifest.dim,
            precision=manifest.precision,
            engine=manifest.engine,
            reranker=manifest.reranker,
            common_questions=CommonQuestionsInfo(
                manifest.common_questions,
                entry_table.count_commonly_asked(),
                manifest.declines_common_questions,
            ),
            threshold=confidence.THRESHOLD,
            calibrated_with=self.calibration.questions if self.calibration else 0,
            follows=follow_info(IndexLayout(Path(path))),
        )

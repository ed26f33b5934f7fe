"""The facade: open an index, ask it questions, find related terms.

`Glossary` holds one generation and an encoder and decides the order of steps; finding is
`retrieval`'s, scoring `ranking`'s. Everything here blocks and is safe to call from several
threads at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from semsearch.core.answers import Answer, Related
from semsearch.core.arrays import Vectors
from semsearch.core.entries import Entry
from semsearch.core.errors import InvalidQuestion, InvalidSetting
from semsearch.core.index_info import IndexInfo
from semsearch.exporters import ExportContext, GlossaryExport, target_named
from semsearch.exporters.context import NOWHERE
from semsearch.index.embedding import encoder_of
from semsearch.index.retrieval import QueryVectors
from semsearch.models.encoders.base import Encoder
from semsearch.models.encoders.caching import CachingEncoder
from semsearch.models.onnx.session import PRECISIONS
from semsearch.ranking import confidence
from semsearch.ranking.baseline import Baseline
from semsearch.ranking.confidence import Calibration
from semsearch.ranking.weights import DEFAULT, ScoreWeights
from semsearch.search.answer import EmbeddedQuery, SearchContext, SearchRequest, read
from semsearch.search.autocomplete import Suggestion, resembling, suggest
from semsearch.search.browse import Alphabet
from semsearch.search.live_index import IndexView, LiveIndex
from semsearch.search.related import find_related
from semsearch.search.semantic_map import Atlas
from semsearch.storage.layout import IndexLayout
from semsearch.text.normalise import check_question, is_marks

MAX_K = 100
"""Most hits of one answer."""


class Glossary:
    """An open index. Use `semsearch.open`, and as a context manager to close it."""

    def __init__(self, path: Path, following: LiveIndex) -> None:
        self._path = path
        self._following = following
        self._chosen: IndexView | None = None
        self._recipe = DEFAULT

    @classmethod
    def open(
        cls, index: str | Path, *, model: str | None = None, calibrated: bool = True
    ) -> Glossary:
        """Open a built index for asking.

        Args:
            index: the index folder.
            model: the encoder the index is expected to be built with; not checked by default.
            calibrated: whether confidence is bent as `semsearch calibrate` found, if it was run.

        Raises:
            StoredIndexError: there is no index, it is damaged, or it was built by another
                version or another encoder; the message names the command that mends it.
        """
        layout = IndexLayout(Path(index))
        return cls(layout.root, LiveIndex(layout, model, calibrated=calibrated))

    def __enter__(self) -> Glossary:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the files of the index; no question may be under way."""
        self._following.close()

    def follow(self, *, wait: bool = True) -> None:
        """Show what the index holds now.

        Every question asks for that by itself; a new generation is opened while questions are answered by the old
        one, and every edit is seen at once.

        Args:
            wait: until a new generation is open.
        """
        self._following.follow(wait=wait)

    @property
    def _shown(self) -> IndexView:
        return self._chosen or self._following.follow()

    def with_recipe(self, recipe: ScoreWeights) -> Glossary:
        """Return this index with the parts of the score put together in another way.

        For measuring what each part is worth: the confidence means nothing then. It shares the files
        of this one: close only this one. What is changed later it does not show.
        """
        other = copy(self)
        other._chosen = self._shown
        other._recipe = recipe
        return other

    def with_precision(self, precision: str) -> Glossary:
        """Return this index with questions embedded by another copy of its encoder.

        For measuring what quantisation costs: the build chose the copy that answers. It shares the
        files of this one: close only this one. What is changed later it does not show.

        Args:
            precision: `int8` or `fp32`.

        Raises:
            InvalidSetting: there is no such precision, or the encoder of the index has no copies.
            IndexDamaged: the copy is missing or altered.
        """
        shown = self._shown
        stated = shown.manifest
        if precision not in PRECISIONS or stated.precision not in PRECISIONS:
            raise InvalidSetting(
                f"the encoder {stated.model} of {self._path}, which answers as {stated.precision}, "
                f"cannot answer as {precision!r}; an exported one can as {' or '.join(PRECISIONS)}"
            )
        encoder = encoder_of(IndexLayout(self._path), stated, precision)
        other = copy(self)
        other._chosen = replace(shown, encoder=CachingEncoder(encoder))
        return other

    def __len__(self) -> int:
        """How many entries the index holds."""
        return len(self._shown.retriever.snapshot.everything)

    @property
    def tag(self) -> str:
        """A short text that changes whenever any answer could change: of what is shown, not of what is not yet."""
        return (self._chosen or self._following.shown).tag

    @property
    def is_behind(self) -> bool:
        """Whether the index holds something that is not shown yet; asking that takes microseconds."""
        return self._chosen is None and self._following.is_behind

    def ask(
        self,
        question: str,
        *,
        k: int = 10,
        glossary: str | None = None,
        language: str | None = None,
        min_confidence: float = confidence.THRESHOLD,
    ) -> Answer:
        """Answer one question.

        Args:
            question: plain language, a term, an acronym; at most 1,000 characters.
            k: hits wanted, 1 to 100.
            glossary: ask only this glossary of the index.
            language: ask only definitions in this language (BCP 47); `de` also asks those in `de-AT`.
            min_confidence: below it, 0 to 1, the answer says "no close match".

        Returns:
            At most k hits, best first. Exact names come first, then other forms of names, then
            names that begin with the question, then what fits by meaning and words, the first of it
            reordered if the index has a reranker. Names that a misspelt question resembles stand
            before that; `Answer.repaired` is then what it was read as. Hits that do not match are
            labelled `nearest`, all of them when the confidence is too low; labels move nothing.

        Raises:
            InvalidQuestion: the question is empty, too long or not text.
            InvalidSetting: k or min_confidence is out of range, or `language` is no language.
            GlossaryNotFound: the index has no such glossary.
            LanguageNotFound: nothing in it is in the language.
        """
        (answer,) = self.ask_many(
            [question], k=k, glossary=glossary, language=language, min_confidence=min_confidence
        )
        return answer

    def ask_many(
        self,
        questions: Sequence[str],
        *,
        k: int = 10,
        glossary: str | None = None,
        language: str | None = None,
        min_confidence: float = confidence.THRESHOLD,
    ) -> list[Answer]:
        """Answer several questions, one as if the others were not asked; see `ask`."""
        asked = [SearchRequest(q, k, glossary, min_confidence, language) for q in questions]
        return [one.answer() for one in self.prepare(asked)]

    def check(self, asked: SearchRequest) -> None:
        """Raise what `ask` would raise for a question that cannot be answered."""
        self._check(asked, self._shown)

    def _check(self, asked: SearchRequest, shown: IndexView) -> None:
        question = check_question(asked.question)
        if not 1 <= asked.k <= MAX_K:
            raise InvalidSetting(f"{asked.k} hits were asked for; ask for 1 to {MAX_K}")
        if not 0 <= asked.min_confidence <= 1:
            raise InvalidSetting(
                f"min_confidence is {asked.min_confidence}; it lies between 0 and 1"
            )
        within = shown.within(asked.glossary, asked.language)
        if is_marks(question) and not shown.names.by_name(question, within):
            raise InvalidQuestion(
                f"no entry is called {question!r}, which has no letter or digit; ask with at least one word"
            )

    def prepare(self, asked: Sequence[SearchRequest]) -> list[EmbeddedQuery]:
        """Read and embed several questions with one run of the encoder, to be answered one by one.

        Raises:
            InvalidQuestion, InvalidSetting, GlossaryNotFound: see `ask`; nothing is embedded.
        """
        shown = self._shown
        for one in asked:
            self._check(one, shown)
        searches = [self._search(one, shown) for one in asked]
        readings = [
            read(search, check_question(one.question), shown.encoder.is_word)
            for search, one in zip(searches, asked, strict=True)
        ]
        texts = [reading.text for reading in readings]
        known = [shown.encoder.remembers(text) for text in texts]
        questions = QueryVectors.all_of(texts, shown.encoder.encode_questions(texts))
        return [
            EmbeddedQuery(one.k, search, reading, question, is_known)
            for one, search, reading, question, is_known in zip(
                asked, searches, readings, questions, known, strict=True
            )
        ]

    def _search(self, asked: SearchRequest, shown: IndexView) -> SearchContext:
        return SearchContext(
            retriever=shown.retriever,
            names=shown.names,
            recipe=self._recipe,
            reranker=shown.reranker,
            within=shown.within(asked.glossary, asked.language),
            background=shown.fit_background(asked.glossary),
            calibration=shown.calibration.calibration if shown.calibration else Calibration(),
            min_confidence=asked.min_confidence,
        )

    def entry(self, id_or_name: str) -> Entry:
        """Return one entry by its id or, when no id fits, by its term, an alias or an acronym.

        Raises:
            EntryNotFound: nothing has this id or name; the message suggests the nearest name.
        """
        shown = self._shown
        return shown.retriever.snapshot.entries([shown.position_of(id_or_name)])[0]

    def suggest(
        self,
        typed: str,
        *,
        k: int = 8,
        glossary: str | None = None,
        language: str | None = None,
        misspelt: bool = False,
    ) -> list[Suggestion]:
        """Offer entries by what has been typed of a name; see `suggesting`.

        Args:
            typed: the beginning of a name, or, if it may be misspelt, a name that is not there.
            k: how many at most.
            glossary: of this glossary only.
            language: of this language only; see `ask`.
            misspelt: offer entries with names that resemble it, instead of those that begin with it.

        Raises:
            InvalidQuestion: nothing was typed, or too much, or no text.
            InvalidSetting: k is out of range, or `language` is no language.
            GlossaryNotFound: the index has no such glossary.
            LanguageNotFound: nothing in it is in the language.
        """
        shown = self._shown
        self._check(SearchRequest(typed, k, glossary, language=language), shown)
        names, snapshot = shown.names, shown.retriever.snapshot
        find = resembling if misspelt else suggest
        return find(names, snapshot, check_question(typed), shown.within(glossary, language), k)

    def related(self, id_or_name: str, *, k: int = 10) -> Related:
        """Return the terms related to an entry: computed and authored ones, never mixed.

        Args:
            id_or_name: see `entry`.
            k: how many of each group at most, 1 to 100. Fewer are of similar meaning when no more
                are: each of two such entries is among the nearest of the other, neither is a copy
                of the other, and both are nearer than is ordinary in their glossary.

        Raises:
            EntryNotFound: nothing has this id or name.
            InvalidSetting: k is out of range.
        """
        if not 1 <= k <= MAX_K:
            raise InvalidSetting(f"{k} related terms were asked for; ask for 1 to {MAX_K}")
        shown = self._shown
        return find_related(shown.retriever, shown.background, shown.position_of(id_or_name), k)

    def lend(self, key: str) -> Encoder | None:
        """Return the encoder that reads questions, if the definitions whose vectors have this key are embedded by it too."""
        shown = self._following.shown
        return shown.encoder if shown.embeds_as == key else None

    def languages(self, glossary: str | None = None) -> tuple[str, ...]:
        """Return the languages of the definitions of a glossary, or of all, as BCP 47 tags, sorted.

        Raises:
            GlossaryNotFound: the index has no such glossary.
        """
        shown = self._shown
        return tuple(shown.retriever.snapshot.languages(shown.within(glossary)))

    def alphabet(self, glossary: str) -> Alphabet:
        """Return the entries of a glossary in alphabetical order.

        Raises:
            GlossaryNotFound: the index has no such glossary.
        """
        shown = self._shown
        shown.within(glossary)
        return Alphabet(shown.retriever.snapshot, glossary)

    def export(self, glossary: str, format: str, *, address: str | None = None) -> GlossaryExport:
        """Return a glossary as it is shown now, to be written in a format that others read.

        Args:
            glossary: its name.
            format: one of `semsearch.exporters.TARGETS`.
            address: of the service that has its pages, with a slash at the end; entries are called by it in formats that
                call them by addresses.

        Raises:
            GlossaryNotFound: the index has no such glossary.
            UnknownFormat: there is no such format.
        """
        shown = self._shown
        within = shown.within(glossary)
        material = ExportContext(
            glossary, lambda: shown.retriever.entries(within), address or NOWHERE
        )
        return GlossaryExport(target_named(format), material)

    def atlas(self) -> Atlas:
        """Return the map of the index: where entries and questions stand, and how near two texts are."""
        shown = self._shown
        return Atlas(shown.retriever, shown.encoder, shown.within)

    def info(self) -> IndexInfo:
        """Return what this index is made of."""
        shown = self._shown
        stated, snapshot = shown.manifest, shown.retriever.snapshot
        return IndexInfo(
            path=str(self._path),
            generation=stated.generation,
            built_at=stated.built_at,
            built_by=stated.built_by,
            format=stated.format,
            entries=len(snapshot.everything),
            vectors=stated.vectors,
            glossaries=snapshot.glossary_infos(),
            model=stated.model,
            fingerprint=stated.fingerprint,
            dim=stated.dim,
            precision=stated.precision,
            engine=stated.engine,
            reranker=stated.reranker,
            threshold=confidence.THRESHOLD,
            calibrated_with=shown.calibration.questions if shown.calibration else 0,
        )

    def encode(self, questions: Sequence[str]) -> Vectors:
        """Return the unit vectors of questions, (n, dim), as this index compares them."""
        encoder = self._shown.encoder
        return encoder.encode_questions([check_question(q) for q in questions]).vectors

    def definitions(self) -> tuple[list[Entry], Vectors]:
        """Return all entries and the vectors of their whole definitions, (n, dim)."""
        retriever = self._shown.retriever
        positions = retriever.positions()
        return retriever.snapshot.entries(positions.tolist()), retriever.definition_vectors(
            positions
        )

    def background(self, glossary: str | None = None) -> Baseline:
        """Return what similarity is ordinary in one glossary, or in the whole index."""
        return self._shown.background(glossary)

    def fit_background(self, glossary: str | None = None) -> Baseline:
        """Return what fused score is ordinary for a wrong answer, in one glossary or in all."""
        return self._shown.fit_background(glossary)

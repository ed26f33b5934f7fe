"""`Glossary`, the Python API for reading: open an index, ask questions, find related terms.

It checks arguments, takes the current view of the index, and calls the modules that do the work.
Everything here blocks and is thread-safe.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path

from semsearch.core.answers import Answer, Related
from semsearch.core.arrays import Vectors
from semsearch.core.closeable import Closeable
from semsearch.core.entries import Entry
from semsearch.core.errors import InvalidSetting
from semsearch.core.index_info import IndexInfo
from semsearch.core.presentation import Presentation
from semsearch.exporters import GlossaryExport
from semsearch.index.embedding import encoder_of
from semsearch.models.encoders.base import Encoder
from semsearch.models.encoders.caching import CachingEncoder
from semsearch.models.onnx.session import PRECISIONS
from semsearch.ranking import confidence
from semsearch.ranking.similarity_baseline import Baseline
from semsearch.ranking.weights import DEFAULT, ScoreWeights
from semsearch.search.answer import EmbeddedQuery, SearchRequest, embed_all, parse
from semsearch.search.autocomplete import Suggestion, resembling, suggest
from semsearch.search.browse import Alphabet
from semsearch.search.index_view import MAX_K, IndexView
from semsearch.search.live_index import LiveIndex
from semsearch.search.related import find_related
from semsearch.search.semantic_map import Atlas
from semsearch.search.static_search import StaticSearch, static_search_of
from semsearch.storage.files.layout import IndexLayout
from semsearch.text.questions import check_question


class Glossary(Closeable):
    """An open index. Open it with `semsearch.open`, and use it as a context manager."""

    def __init__(self, path: Path, live: LiveIndex) -> None:
        self._path = path
        self._live = live
        self._fixed_view: IndexView | None = None
        self._weights = DEFAULT

    @classmethod
    def open(
        cls, index: str | Path, *, model: str | None = None, calibrated: bool = True
    ) -> Glossary:
        """Open a built index for asking.

        Args:
            index: the index folder.
            model: the encoder the index is expected to be built with; not checked by default.
            calibrated: whether to rescale confidence as `semsearch calibrate` found, if it was run.

        Raises:
            StoredIndexError: there is no index, it is damaged, or it was built by another version
                or another encoder; the message names the command that repairs it.
        """
        layout = IndexLayout(Path(index))
        return cls(layout.root, LiveIndex(layout, model, calibrated=calibrated))

    def close(self) -> None:
        """Close the files of the index; no query may be running."""
        self._live.close()

    def refresh(self, *, wait: bool = True) -> None:
        """Refresh the view of the index, as every question does by itself.

        Edits are seen at once; a new generation is opened while the old one answers, unless this is
        to `wait` for it.
        """
        self._live.refresh(wait=wait)

    @property
    def _view(self) -> IndexView:
        self._live.check_open()
        return self._fixed_view or self._live.refresh()

    def with_weights(self, weights: ScoreWeights) -> Glossary:
        """Return this index with other weights of the score, to measure what each part contributes.

        The confidence has no meaning then. The copy shares the files of this index: close this one.
        """
        other = copy(self)
        other._fixed_view = self._view
        other._weights = weights
        return other

    def with_precision(self, precision: str) -> Glossary:
        """Return this index with its encoder as `int8` or `fp32`, to measure what is lost.

        The copy shares the files of this index, so close only this one. It does not show later
        changes.

        Raises:
            InvalidSetting: there is no such precision, or the encoder of the index has no copies.
            IndexDamaged: the copy is missing or altered.
        """
        view = self._view
        manifest = view.manifest
        if precision not in PRECISIONS or manifest.precision not in PRECISIONS:
            raise InvalidSetting(
                f"the encoder {manifest.model} of {self._path} answers as {manifest.precision} and "
                f"cannot as {precision!r}; an exported one can as {' or '.join(PRECISIONS)}"
            )
        encoder = encoder_of(IndexLayout(self._path), manifest, precision)
        other = copy(self)
        other._fixed_view = replace(view, encoder=CachingEncoder(encoder))
        return other

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self._view.retriever.entry_table.everything)

    @property
    def tag(self) -> str:
        """A short text that changes whenever any answer could change."""
        return (self._fixed_view or self._live.view).tag

    @property
    def revision(self) -> int:
        """The revision of the store that is shown."""
        return (self._fixed_view or self._live.view).revision

    @property
    def is_behind(self) -> bool:
        """Whether the index has changes that are not shown yet; the check takes microseconds."""
        return self._fixed_view is None and self._live.is_behind

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
            question: plain language, a term or an acronym; at most 1,000 characters.
            k: hits wanted, 1 to 100.
            glossary: ask only this glossary of the index.
            language: ask only entries defined or named in this language (BCP 47); `de` also asks
                those in `de-AT`.
            min_confidence: 0 to 1; below it the answer says "no close match".

        Returns:
            At most k hits, best first: exact names, other forms of names, names of which the
            question is a part, and then matches by meaning and words, whose first ones the reranker
            reorders if there is one. A comparison finds all names it compares; a misspelt question
            finds the names that it resembles. `Answer.repaired` is the corrected question. Hits
            that do not match are labelled `nearest`, and keep their ranks.

        Raises:
            InvalidQuestion: the question is empty, too long or not text.
            InvalidSetting: k or min_confidence is out of range, or `language` is no language tag.
            GlossaryNotFound: the index has no such glossary.
            LanguageNotFound: no entry is in the language.
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
        """Answer several questions independently of each other; see `ask`."""
        requests = [SearchRequest(q, k, glossary, min_confidence, language) for q in questions]
        return [one.answer() for one in self.prepare(requests)]

    def check(self, request: SearchRequest) -> None:
        """Raise what `ask` would raise for an invalid request. It does not refresh the view."""
        (self._fixed_view or self._live.view).check(request)

    def prepare(
        self, requests: Sequence[SearchRequest], *, refresh: bool = True
    ) -> list[EmbeddedQuery]:
        """Interpret several questions and embed them in one batch; each is answered later.

        Without `refresh` the caller has done that since the questions came. It raises what `ask`
        raises, before anything is embedded.
        """
        view = self._view if refresh else self._fixed_view or self._live.view
        for one in requests:
            view.check(one)
        contexts = [view.context(one, self._weights) for one in requests]
        parsed = [
            parse(context, check_question(one.question), view.encoder.is_word)
            for context, one in zip(contexts, requests, strict=True)
        ]
        return embed_all([one.k for one in requests], contexts, parsed, view.encoder)

    def tag_of(self, glossaries: Sequence[str]) -> str:
        """Return a text that changes whenever an answer from some glossaries could change."""
        return (self._fixed_view or self._live.view).tag_of(glossaries)

    def entry(self, id_or_name: str, glossaries: Sequence[str] = ()) -> Entry:
        """Return an entry of some glossaries, or of all, by its id, term, alias or acronym.

        Raises:
            EntryNotFound: nothing has this id or name; the message suggests the nearest name.
        """
        return self.homonyms(id_or_name, glossaries)[0]

    def homonyms(self, id_or_name: str, glossaries: Sequence[str] = ()) -> list[Entry]:
        """Return the entry of an id, or all of a name, or raise `EntryNotFound`."""
        view = self._view
        return view.retriever.entry_table.entries(view.positions_of(id_or_name, glossaries))

    def suggest(
        self,
        typed: str,
        *,
        k: int = 8,
        glossary: str | None = None,
        language: str | None = None,
        misspelt: bool = False,
    ) -> list[Suggestion]:
        """Suggest entries for what has been typed of a name; see `autocomplete.py`.

        Args:
            typed: the beginning of a name, or a misspelt name.
            k: most suggestions.
            glossary: only this glossary.
            language: only this language; see `ask`.
            misspelt: suggest entries whose names resemble `typed` instead of beginning with it.

        Raises:
            InvalidQuestion: the text is empty, too long or not text.
            InvalidSetting: k is out of range, or `language` is no language tag.
            GlossaryNotFound: the index has no such glossary.
            LanguageNotFound: no entry is in the language.
        """
        view = self._view
        view.check(SearchRequest(typed, k, glossary, language=language))
        parser, entry_table = view.parser, view.retriever.entry_table
        find = resembling if misspelt else suggest
        return find(parser, entry_table, check_question(typed), view.allowed(glossary, language), k)

    def related(self, id_or_name: str, *, k: int = 10) -> Related:
        """Return the terms related to an entry: computed and authored ones, in separate groups.

        Args:
            id_or_name: see `entry`.
            k: most entries of each group, 1 to 100. Entries of similar meaning can be fewer: both
                must be among the nearest of each other, neither a copy of the other, and more
                similar than is usual in their glossary.

        Raises:
            EntryNotFound: nothing has this id or name.
            InvalidSetting: k is out of range.
        """
        if not 1 <= k <= MAX_K:
            raise InvalidSetting(f"{k} related terms were asked for; ask for 1 to {MAX_K}")
        view = self._view
        return find_related(
            view.retriever, view.similarity_baseline, view.position_of(id_or_name), k
        )

    def encoder_for(self, key: str) -> Encoder | None:
        """Return the encoder if it also embeds the definitions that have this key in the store."""
        view = self._live.view
        return view.encoder if view.embeds_as == key else None

    def languages(self, glossary: str | None = None) -> tuple[str, ...]:
        """Return the languages of a glossary, or of all, as sorted BCP 47 tags.

        Raises:
            GlossaryNotFound: the index has no such glossary.
        """
        return self._view.languages(glossary)

    def alphabet(self, glossary: str) -> Alphabet:
        """Return the entries of a glossary from A to Z; raise `GlossaryNotFound` without one."""
        return self._view.alphabet(glossary)

    def export(
        self, glossary: str, format: str, *, address: str | None = None, base: str | None = None
    ) -> GlossaryExport:
        """Return the current entries of a glossary, ready to be written in another format.

        Args:
            glossary: its name.
            format: one of `semsearch.exporters.TARGETS`.
            address: base URL of the pages, with a slash at the end, for formats with URLs as ids.
            base: of the IRIs of entries without one, by default the addresses of their pages.

        Raises:
            GlossaryNotFound: the index has no such glossary.
            UnknownFormat: there is no such format.
        """
        return self._view.export(glossary, format, address, base)

    def static_search(self, path_of: Callable[[str], str]) -> StaticSearch:
        """Return the files by which pages find entries by meaning; see `static_search_of`."""
        return static_search_of(self._view, path_of)

    def atlas(self) -> Atlas:
        """Return the semantic map of entries and questions."""
        return self._view.atlas()

    @property
    def presentation(self) -> Presentation:
        """How the owner wants the glossaries shown."""
        return self._view.manifest.presentation

    def info(self) -> IndexInfo:
        """Describe the index."""
        return self._view.info(str(self._path))

    def encode(self, questions: Sequence[str]) -> Vectors:
        """Return the unit vectors of questions, (n, dim), as the index embeds them."""
        encoder = self._view.encoder
        return encoder.encode_questions([check_question(q) for q in questions]).vectors

    def definitions(
        self, glossary: str | None = None, *, nearest_to: Vectors | None = None, limit: int = MAX_K
    ) -> tuple[list[Entry], Vectors]:
        """Return entries and the vectors of their definitions, (n, dim).

        They are all of a glossary or of the index, or the `limit` nearest to a vector, (1, dim).
        """
        view = self._view
        retriever, allowed = view.retriever, view.allowed(glossary)
        places = (
            retriever.positions(allowed)
            if nearest_to is None
            else retriever.nearest_definitions(nearest_to, allowed, limit)
        )
        return retriever.entry_table.entries(places.tolist()), retriever.definition_vectors(places)

    def score_baseline(self, glossary: str | None = None) -> Baseline:
        """Return the baseline of the fused score of wrong answers in one glossary, or in all."""
        return self._view.score_baseline(glossary)

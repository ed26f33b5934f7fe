"""Samples from all domains and ten judged glossaries, for fitting scores and confidence.

A sample is a question with its shortlist of candidates and the parts of their scores. The domains
(`benchmarks.quality.domains`) give, for each concept:

- two of its questions, the first of them also with its concept left out (near)
- questions of other domains (far)
- questions made of its words, of a neighbour's name, and of its own name where it is left out

The judged glossaries give the questions that may be fitted on, and the same made questions.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.domains import (
    Domain,
    DomainQuestion,
    chosen,
    far_questions,
    id_of,
    model_of,
    opened,
    shown,
)
from benchmarks.quality.glossaries import DEVELOPMENT, SOURCES, folder_of, judged, opened_one
from semsearch.core.answers import Tier
from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.entries import Entry
from semsearch.core.positions import PositionFilter
from semsearch.index.query_vectors import QueryVectors
from semsearch.index.retrieval import Retriever
from semsearch.quality.evaluation.judgements import FAR, NEAR, is_tuning
from semsearch.quality.evaluation.questions import JudgedQuestion as Judged
from semsearch.quality.evaluation.questions import prepare
from semsearch.ranking.confidence import MAX_ODDS
from semsearch.ranking.fusion import Scores
from semsearch.ranking.similarity_baseline import Baseline
from semsearch.ranking.weights import DEFAULT
from semsearch.search.index_view import MAX_K, IndexView
from semsearch.text.english_stop_words import content_words
from semsearch.text.names import names_of
from semsearch.text.questions import MAX_QUESTION_CHARS
from semsearch.text.stems import question_stems, stem
from training.concepts import KINDS, TrainingConcept, by_domain
from training.folds import FOLDS, folds_of

WORDS, RIVAL = "words of the definition", "names a rival"
FEW_WORDS, MISSING = "two words of the definition", "a name that is missing"
"""Kinds of the made questions."""
MADE_OF = 4
"""Words of the definition in such a question: the rarest of the glossary."""
MADE_EVERY = 2
"""One in so many concepts has made questions."""

BARE = replace(DEFAULT, names=False)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A question, its candidates with their parts (as in `PARTS`), and which of them are right.

    `phrases` are the cosines of the candidates to the nearest of three phrases of each, where it
    has some; `group` is the fold of a domain, or the judged glossary. `is_named` says whether a
    name answers it.
    """

    text: str
    glossary: str
    group: str
    kind: str
    positions: Numbers
    parts: Scores
    phrases: Scores
    right: NDArray[np.bool_]
    baseline: Baseline
    is_named: bool

    @property
    def is_answerable(self) -> bool:
        """Whether an entry of the glossary answers it."""
        return self.kind not in (NEAR, FAR, MISSING)

    @property
    def stems(self) -> int:
        """How many content words it has."""
        return len(question_stems(self.text))


def of_domains(
    concepts: Sequence[TrainingConcept], folder: Path, encoders: Path | None
) -> Iterator[Sample]:
    """Yield the samples of all domains, each embedded by the encoder of its fold."""
    fold_of = folds_of(by_domain(concepts))
    for fold in FOLDS:
        own = [concept for concept in concepts if fold_of[concept.domain] == fold]
        model = model_of(fold, encoders, folder / "encoders")
        with opened(own, folder / fold, model) as open_:
            for name, members in by_domain(own).items():
                others = [concept for concept in own if concept.domain != name]
                yield from _DomainSamples(open_, name, fold, members).all(others)


class _DomainSamples:
    def __init__(
        self, shown: IndexView, name: str, fold: str, members: Sequence[TrainingConcept]
    ) -> None:
        self._domain = Domain(shown, name)
        self._source = SampledGlossary(shown, name, fold)
        self._members = members
        texts = [text for concept in members for text in concept.questions]
        embedded = self._domain.embedded([DomainQuestion(text, "", None) for text in texts])
        questions = [question for _, question in embedded]
        self._questions = [questions[i : i + len(KINDS)] for i in range(0, len(texts), len(KINDS))]
        self._phrases = self._phrase_vectors()

    def _phrase_vectors(self) -> Vectors:
        """Return (entries, 3, d) the questions of each concept but the first, by position."""
        found = [np.empty(0)] * len(self._members)
        for concept, questions in zip(self._members, self._questions, strict=True):
            others = [q.vector for n, q in enumerate(questions) if n != chosen(concept)]
            found[self._at(concept)] = np.stack(others)
        return np.stack(found)

    def _at(self, concept: TrainingConcept) -> int:
        return self._source.position(id_of(concept)) - self._source.first

    def all(self, others: Sequence[TrainingConcept]) -> Iterator[Sample]:
        """Yield every sample of the domain; `others` are concepts of other domains."""
        for number, (concept, questions) in enumerate(
            zip(self._members, self._questions, strict=True)
        ):
            right = self._source.position(id_of(concept))
            first = chosen(concept)
            yield self._source.sample(questions[first], KINDS[first], {right}, self._phrases)
            yield self._source.sample(questions[first], NEAR, set(), self._phrases, left_out=right)
            second = (first + 1) % len(KINDS)
            yield self._source.sample(questions[second], KINDS[second], {right}, None)
            if number % MADE_EVERY == 0:
                rivals = [one for one in self._members if one.term in concept.confused_with]
                names = {one.term for one in rivals} or {self._members[number - 1].term}
                yield from self._source.made(right, concept.questions[first], min(names))
        asked = far_questions(self._domain.name, others)
        for _, question in self._domain.embedded(asked):
            yield self._source.sample(question, FAR, set(), self._phrases)


class SampledGlossary:
    """A glossary from which samples are drawn.

    Args:
        shown: the index.
        name: what it calls the glossary.
        group: see `Sample`.
        title: of the glossary, if several indexes have one of that name.
    """

    def __init__(self, shown: IndexView, name: str, group: str, title: str = "") -> None:
        self.name = title or name
        self.allowed = shown.allowed(name)
        (positions,) = self.allowed.ranges
        self.first = positions.start
        self._group = group
        self._shown = shown
        self._retriever: Retriever = shown.retriever
        self._baseline = shown.score_baseline(name)

    def position(self, id_: str) -> int:
        """Return the position of an entry that is there."""
        found = self._retriever.entry_table.position_of(id_)
        assert found is not None, id_
        return found

    def known(self, ids: Iterable[str]) -> set[int]:
        """Return the positions of the entries that are there.

        A term that the glossary lacks is none.
        """
        found = (self._retriever.entry_table.position_of(id_) for id_ in ids)
        return {position for position in found if position is not None}

    @cached_property
    def entries(self) -> list[Entry]:
        """The entries by position."""
        (positions,) = self.allowed.ranges
        return self._retriever.entry_table.entries(positions)

    def rival(self, sample: Sample) -> str:
        """Return the term of the best candidate that is wrong."""
        scores = np.where(sample.right, -np.inf, sample.parts @ DEFAULT.vector)
        return self.entries[int(sample.positions[int(scores.argmax())]) - self.first].term

    def ask(self, text: str, kind: str, right: set[int], left_out: int | None = None) -> Sample:
        """Return the sample of a text that is still to be embedded, without phrases."""
        (question,) = QueryVectors.all_of([text], self._shown.encoder.encode_questions([text]))
        return self.sample(question, kind, right, None, left_out)

    def sample(
        self,
        question: QueryVectors,
        kind: str,
        right: set[int],
        phrases: Vectors | None,
        left_out: int | None = None,
    ) -> Sample:
        """Return the sample of a question.

        Args:
            question: what is asked.
            kind: its kind.
            right: the positions that answer it.
            phrases: (entries, phrases, d) of all entries of the glossary; None where they have
                none.
            left_out: a position that may not answer.
        """
        allowed = self.allowed if left_out is None else self._without(left_out)
        found = self._retriever.candidates(question, MAX_K, allowed, (), BARE)
        looked_at = [one for one in found if one.log_odds > -MAX_ODDS]
        at = np.array([one.position for one in looked_at], dtype=np.int64)
        asked = (
            np.zeros(len(at), dtype=np.float32)
            if phrases is None
            else (phrases[at - self.first] @ question.vector).max(axis=1)
        )
        parsed = self._shown.parser.parse(question.text, allowed, self._shown.encoder.is_word)
        tiers = {m.tier for p, m in parsed.names.items() if p != left_out}
        return Sample(
            text=question.text,
            glossary=self.name,
            group=self._group,
            kind=kind,
            positions=at,
            parts=np.array([astuple(one.parts) for one in looked_at], dtype=np.float32),
            phrases=asked,
            right=np.array([position in right for position in at.tolist()]),
            baseline=self._baseline,
            is_named=bool(tiers - {Tier.MEANING, Tier.NEAREST}),
        )

    def _without(self, position: int) -> PositionFilter:
        return self.allowed.in_language((), self.others(position))

    def others(self, position: int) -> Numbers:
        """Return all positions but one."""
        (positions,) = self.allowed.ranges
        return np.array([at for at in positions if at != position], dtype=np.int64)

    def made(self, right: int, question: str, rival: str) -> Iterator[Sample]:
        """Yield the questions made for an entry.

        Words of its definition, a question that names a neighbour, its name without it.

        Args:
            right: the position of the entry.
            question: what is asked for it.
            rival: the name of another entry.
        """
        words = self._rarest_words(right)[:MADE_OF]
        yield self.ask(" ".join(words), WORDS, {right})
        yield self.ask(" ".join(words[: MADE_OF // 2]), FEW_WORDS, {right})
        term = self.entries[right - self.first].term
        yield self.ask(term, MISSING, set(), left_out=right)
        yield self.ask(f"like {rival}, but {question}"[:MAX_QUESTION_CHARS], RIVAL, {right})

    def _rarest_words(self, position: int) -> list[str]:
        """Return words of a definition that are in none of its names, the rarest first."""
        entry = self.entries[position - self.first]
        named = {stem(word) for n in names_of(entry) for word in content_words(n.label)}
        words = {stem(w): w for w in content_words(entry.definition) if stem(w) not in named}
        return [words[s] for s in sorted(words, key=lambda s: (self._uses[s], s))]

    @cached_property
    def _uses(self) -> Counter[str]:
        """How many definitions use a stem."""
        return Counter(
            s for e in self.entries for s in {stem(w) for w in content_words(e.definition)}
        )


def of_judged(shared: Path, folder: Path, model: str) -> Iterator[Sample]:
    """Yield the samples of the judged glossaries.

    They are the tuning halves of the questions of `benchmarks.quality.scores`, and all questions
    for development.
    """
    for name in (*SOURCES, *DEVELOPMENT):
        with opened_one(name, shared, folder, model) as glossary:
            questions, _ = prepare(glossary, judged(name, shared))
        with shown(folder_of(folder, model) / name) as open_:
            source = SampledGlossary(open_, questions[0].glossary, name, title=name)
            for asked in questions:
                if name in DEVELOPMENT or is_tuning(asked.query):
                    yield from _judged(source, asked)


def _judged(source: SampledGlossary, asked: Judged) -> Iterator[Sample]:
    right = source.known(asked.right)
    sample = source.ask(asked.query, asked.kind, right)
    yield sample
    if right:
        yield from source.made(min(right), asked.query, source.rival(sample))


def arguments(command: str) -> Namespace:
    """Parse the arguments of both fits: folders of questions, indexes and fold encoders."""
    parser = ArgumentParser(prog=f"python -m benchmarks.quality.{command}")
    parser.add_argument("shared", type=Path)
    parser.add_argument("judged", type=Path, help="the indexes of the judged glossaries")
    parser.add_argument("domains", type=Path, help="the indexes of the domains")
    parser.add_argument("--encoders", type=Path, help="the adapters of the folds")
    return parser.parse_args()

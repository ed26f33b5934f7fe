"""The data of an answer: hits with tier, score and evidence, verdicts, related terms.

All classes are frozen and hold plain data.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from semsearch.core.entries import Entry


class Tier(StrEnum):
    """How a hit matched, in the order in which hits are ranked."""

    EXACT = "exact"
    """The question is the term or one of its aliases."""
    FORM = "form"
    """The question is an acronym, a plural or another spelling of a name."""
    PREFIX = "prefix"
    """A name begins with the question."""
    PARTIAL = "partial"
    """The question has words of a name, but not its first one."""
    MEANING = "meaning"
    """Found by meaning and by words that the question shares with the entry."""
    FUZZY = "fuzzy"
    """A name resembles the question, which has a word that the glossary does not use."""
    NEAREST = "nearest"
    """Not a match, only one of the nearest entries."""


class Verdict(StrEnum):
    """How certain an answer is, in words."""

    EXACT = "exact"
    """The question is a name of the first hit, or another form of one."""
    TERMS = "about these terms"
    """The question puts several names side by side, and the first hits are their entries."""
    STRONG = "strong"
    """The first hit is very likely right."""
    POSSIBLE = "possible"
    """The first hit may be right; look at the others too."""
    NONE = "no close match"
    """Nothing matches; the hits are only the nearest entries."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text by character offsets; `start` is included, `end` is not."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class ScoreParts:
    """The parts of the fused score of an entry; `ranking/weights.py` has their weights.

    `definition`, `lead` and `sentence` are cosines with the whole definition, its first sentence
    and its best sentence. `term` is the cosine with the nearest of the entry's names, and `asked`
    that with the nearest of its asked-as phrases, 0 without any. `tokens` is how well the words of
    the definition match those of the question, and `coverage` how much of the definition the
    question covers, both -1 to 1. `words` is the BM25 score, 0 if no word is shared, and more where
    the encoder does not read the language of the entries. `named` is the
    share of the entry's name that a descriptive question contains, 0 to 1; it lowers the score.
    `term`, `tokens`, `coverage` and `named` are computed for the best fifty candidates only, and 0
    for others.
    """

    definition: float = 0.0
    lead: float = 0.0
    sentence: float = 0.0
    term: float = 0.0
    asked: float = 0.0
    tokens: float = 0.0
    coverage: float = 0.0
    words: float = 0.0
    named: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why an entry matched a question.

    `name` is the name that matched (tiers exact to prefix, and fuzzy). `words` are the words of the
    definition that the question contains, `term_words` those of the term. `sentence` is the
    sentence of the definition nearest to the question. `phrase` is the asked-as phrase nearest to
    the question, None if none is near; `common_question` is the same of common questions, if one of
    these is nearer. `parts` are the parts of the score. `rerank_score` is the
    reranker's probability, None if it has not read the entry.
    """

    name: str | None = None
    words: tuple[Span, ...] = ()
    term_words: tuple[Span, ...] = ()
    sentence: Span | None = None
    phrase: str | None = None
    common_question: str | None = None
    parts: ScoreParts = ScoreParts()
    rerank_score: float | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry of an answer.

    `rank` counts from 1. `score`, 0 to 1, orders the hits of one answer; the label `nearest` does
    not change it. `similarity` is the mean cosine with the definition and its best sentence, -1 to
    1.
    """

    rank: int
    entry: Entry
    score: float
    similarity: float
    matched_by: Tier
    evidence: Evidence


class NoticeKind(StrEnum):
    """What an answer has to say beside its hits."""

    WORDS_ONLY = "words-only"
    """The encoder is away, so nothing was found by meaning."""
    OTHER_LANGUAGE = "other-language"
    """The question is in another language than the entries that were asked."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark on how a question was answered: its kind for programs, its text for people."""

    kind: NoticeKind
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """All hits for one question, best first.

    `confidence` is the estimated probability that the first hit is right; `verdict` says it in
    words. `repaired` is the corrected question if a typing error was assumed. `notices` are empty
    for most questions.
    """

    query: str
    verdict: Verdict
    confidence: float
    hits: tuple[Hit, ...]
    repaired: str | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def is_passing(self) -> bool:
        """Whether the same question will be answered better when the encoder is back."""
        return any(notice.kind is NoticeKind.WORDS_ONLY for notice in self.notices)

    @property
    def no_close_match(self) -> bool:
        """Whether nothing matches, so that the hits are only the nearest entries."""
        return self.verdict is Verdict.NONE

    @property
    def matches(self) -> int:
        """Number of hits that match, without the nearest ones."""
        return sum(hit.matched_by is not Tier.NEAREST for hit in self.hits)


@dataclass(frozen=True, slots=True)
class Connection:
    """What connects two entries: the most similar pair of sentences, one of each.

    `similarity` is their cosine. `words` are the words of the first sentence whose stems the second
    contains, without stop words.
    """

    sentence: Span
    other_sentence: Span
    similarity: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An entry of similar meaning.

    `similarity` is the mean of two cosines: of the definitions, and of the sentences in `because`.
    """

    rank: int
    entry: Entry
    similarity: float
    because: Connection


class Authored(StrEnum):
    """The relation of another entry to this one, as its author stated it."""

    BROADER = "broader"
    NARROWER = "narrower"
    RELATED = "related"
    SEE_ALSO = "see_also"


@dataclass(frozen=True, slots=True)
class Reference:
    """Another entry that is linked or mentioned.

    `span` is where the referring definition names it, if it does. `relation` is its relation to the
    entry asked for; None for a mere mention. An entry that calls the entry asked for broader is
    narrower.
    """

    entry: Entry
    span: Span | None
    relation: Authored | None = None

    @property
    def states_relation(self) -> bool:
        """Whether an author states more than "see also"."""
        return self.relation not in (None, Authored.SEE_ALSO)


@dataclass(frozen=True, slots=True)
class Related:
    """The terms related to one entry; computed and authored ones are separate.

    Computed: `similar`, nearest first. Authored: `see_also`, the links of the author, in their
    order; `mentions`, entries that the definition names without a link; `mentioned_by`, entries
    that link to it or name it, with the span in *their* definition. A linked entry, in either
    direction, is not repeated in `similar`.
    """

    entry: Entry
    similar: tuple[Neighbour, ...]
    see_also: tuple[Reference, ...]
    mentions: tuple[Reference, ...]
    mentioned_by: tuple[Reference, ...]

    @property
    def stated_by_others(self) -> tuple[Reference, ...]:
        """Those of `mentioned_by` whose author states a relation that is more than "see also"."""
        return tuple(one for one in self.mentioned_by if one.states_relation)

    @property
    def used_in(self) -> tuple[Reference, ...]:
        """The others of `mentioned_by`: a link without a relation, or a name in their text."""
        return tuple(one for one in self.mentioned_by if not one.states_relation)


@dataclass(frozen=True, slots=True)
class Adjacent:
    """The entries before and after one in the alphabet; None at the ends of its glossary."""

    previous: Entry | None
    next: Entry | None

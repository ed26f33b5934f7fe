"""The nouns that every flow moves: entries in, answers out. All frozen, all plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from semsearch.core.entries import Entry


class Tier(StrEnum):
    """Why a hit stands where it stands; the order of the members is the order of the ranks."""

    EXACT = "exact"
    """The question is the term or one of its aliases."""
    FORM = "form"
    """The question is an acronym, a plural or another spelling of a name."""
    PREFIX = "prefix"
    """A name begins with the question."""
    MEANING = "meaning"
    """Found by what the question means and the words it shares with the entry."""
    FUZZY = "fuzzy"
    """A name resembles the question, whose words the glossary does not know: a typing error."""
    NEAREST = "nearest"
    """Not a match: only the nearest there is."""


class Verdict(StrEnum):
    """How sure an answer is, in words."""

    EXACT = "exact"
    """The question is a name of the first hit, or another form of one."""
    STRONG = "strong"
    """The first hit is very likely right."""
    POSSIBLE = "possible"
    """The first hit may be right; look at the others too."""
    NONE = "no close match"
    """Nothing fits; the hits are only the nearest entries."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text by character offsets, `start` included, `end` not."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class ScoreParts:
    """What the fused score of an entry is made of; `ranking.recipe` holds the weight of each.

    `definition`, `lead` and `sentence` are cosines to the whole definition, to its first sentence
    and to its best sentence. `tokens` is how well single words of the definition answer those of the
    question, `coverage` how much of the definition the question covers, both -1 to 1. `words` is the
    BM25 score, 0 when no word is shared. `named` is how much of the entry's own name is said in
    a question that describes something, 0 to 1; it counts against the entry. `asked` is the cosine to the
    nearest of the phrases that people ask with, 0 without any. `tokens`, `coverage` and
    `named` are 0 where they were not computed: behind the fifty candidates looked at closely.
    """

    definition: float = 0.0
    lead: float = 0.0
    sentence: float = 0.0
    tokens: float = 0.0
    coverage: float = 0.0
    words: float = 0.0
    named: float = 0.0
    asked: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why one entry matched one question.

    `name` is the name that matched (tiers exact to prefix, and fuzzy). `words` are the words
    of the entry's definition that the question also uses, `term_words` those of its term. `sentence` is the sentence of the definition
    nearest to the question. `phrase` is the one of `asked_as` of the entry that is nearest to the question, None where none is
    near. `parts` are those of the score. `rerank_score` is the probability
    that the reranker gives, None where there is none or it has not read the entry.
    """

    name: str | None = None
    words: tuple[Span, ...] = ()
    term_words: tuple[Span, ...] = ()
    sentence: Span | None = None
    phrase: str | None = None
    parts: ScoreParts = ScoreParts()
    rerank_score: float | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that answers a question.

    `score` orders the hits of one answer, higher first, within 0 to 1; it does not change when a
    hit is labelled `nearest`; `similarity` is the
    cosine in [-1, 1] that the meaning half gives; `rank` counts from 1.
    """

    rank: int
    entry: Entry
    score: float
    similarity: float
    matched_by: Tier
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Answer:
    """All hits for one question, best first.

    `confidence` is the estimated probability that the first hit is right, and `verdict` says so in
    words. `repaired` is the question as it was answered when it was taken for misspelt.
    """

    query: str
    verdict: Verdict
    confidence: float
    hits: tuple[Hit, ...]
    repaired: str | None = None

    @property
    def no_close_match(self) -> bool:
        """Whether nothing fits, so that the hits are only the nearest entries."""
        return self.verdict is Verdict.NONE

    @property
    def matches(self) -> int:
        """How many of the hits match, rather than being only the nearest there are."""
        return sum(hit.matched_by is not Tier.NEAREST for hit in self.hits)


@dataclass(frozen=True, slots=True)
class Connection:
    """What connects two entries: the two sentences, one of each, that are nearest in meaning.

    `similarity` is the cosine of the two. `words` are the words of the first sentence whose stems the
    second uses too, without stop words.
    """

    sentence: Span
    other_sentence: Span
    similarity: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An entry of similar meaning.

    `similarity` is the mean of the cosine of both definitions and of that of the two sentences in
    `because`.
    """

    rank: int
    entry: Entry
    similarity: float
    because: Connection


class Authored(StrEnum):
    """What an author says another entry is to one."""

    BROADER = "broader"
    NARROWER = "narrower"
    RELATED = "related"
    SEE_ALSO = "see_also"


@dataclass(frozen=True, slots=True)
class Reference:
    """Another entry, and where the definition of the one that refers names the other, if it does.

    `relation` is what the other is to the entry asked for; None where it is only named in a text. An entry that
    calls it broader is narrower.
    """

    entry: Entry
    span: Span | None
    relation: Authored | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """The terms related to one entry, computed and authored ones apart.

    Computed: `similar`, nearest first. Authored: `see_also`, to what the author of the entry
    links, in that order; `mentions`, what its definition names without a link; `mentioned_by`,
    the entries that link to it or name it, with the place in *their* definition. An entry that is
    linked in either direction is not repeated in `similar`.
    """

    entry: Entry
    similar: tuple[Neighbour, ...]
    see_also: tuple[Reference, ...]
    mentions: tuple[Reference, ...]
    mentioned_by: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Adjacent:
    """The entries before and behind one; None at either end of its glossary."""

    previous: Entry | None
    next: Entry | None

"""Answers and bodies of the HTTP API, written by `python -m tools.write_clients`.

A later service may send further values of a `Literal`. Members that it adds are ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict

Authored = Literal["broader", "narrower", "related", "see_also"]
"""The relation of another entry to this one, as its author stated it."""

ChangeKind = Literal["added", "changed", "deleted", "restored"]
"""What a change did to an entry."""

NoticeKind = Literal["words-only", "other-language"]
"""What an answer has to say beside its hits."""

Tier = Literal["exact", "form", "prefix", "partial", "meaning", "fuzzy", "nearest"]
"""How a hit matched, in the order in which hits are ranked."""

Verdict = Literal["exact", "about these terms", "strong", "possible", "no close match"]
"""How certain an answer is, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All hits for one question, best first."""

    query: str
    """The question as it was asked, white space tidied."""
    repaired: str | None = None
    """The corrected question, if a typing error was assumed; else null."""
    verdict: Verdict
    """How sure the answer is, in words: `exact` for a name, `about these terms` for several names
    that the question compares, whose entries come first. Later versions may add one: take a
    verdict that you do not know for `possible`, and `no_close_match` for whether anything fits.
    """
    no_close_match: bool
    """True when nothing fits; the hits are then only the nearest entries."""
    matches: int
    """How many of the hits match, rather than being only the nearest."""
    confidence: float
    """Estimated probability that the first hit is right, 0 to 1."""
    hits: list[Hit]
    notices: list[Notice] | None = None
    """Remarks on how the question was answered, such as that nothing could be found by meaning at
    the moment; left out where there is none.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What has become of an entry that was changed."""

    revision: int
    """Of the index, after the change."""
    id: str | None
    """Null when it was purged."""
    entry: WholeEntry | None
    """Null when it is gone."""
    purged: str | None = None
    """SHA-256 of the id of an entry that was purged: erase the entry with this id, and what you
    have of its history.
    """
    glossary: str | None = None
    """Of an entry that was purged."""
    position: int | None = None
    """Of the entry within its glossary; the feed tells it."""
    is_live: bool | None = None
    """Whether an edit, and not a build, made the present state."""
    successor: str | None = None
    """The id that has taken the place of an entry that is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What connects two terms: the two sentences that are nearest in meaning."""

    sentence: Span
    """Of the definition of the term that was asked for."""
    other_sentence: Span
    """Of the definition of the similar term."""
    similarity: float
    """Cosine of the two sentences."""
    words: list[str]
    """Words that both sentences use, as the first one writes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedEntry:
    """An entry that is gone, and the revision of its deletion; `restore` brings it back."""

    id: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowInfo:
    """What a mirror follows, and how it stands."""

    url: str | None
    """Its address, for keys that may edit; null for others."""
    position: int
    """The revision up to which it has all changes."""
    in_step_ago_s: float | None
    """Seconds since it last had all changes; null if it never had."""
    has_problem: bool
    """Whether it cannot follow at the moment; `semsearch info` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GlossaryInfo:
    """One glossary of the index."""

    name: str
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One entry that answers the question, and why."""

    id: str
    term: str
    definition: str
    aliases: list[str]
    glossary: str
    language: str
    source: Source | None
    category: str | None = None
    notation: str | None = None
    """A code of it."""
    status: str | None = None
    """As its author calls it."""
    examples: list[str] | None = None
    """Of its use."""
    sources: list[str] | None = None
    """Where the definition comes from."""
    name_languages: list[str] | None = None
    """Names in other languages, with their tags: `Teig@de`."""
    rank: int
    """Position in the answer, from 1."""
    score: float
    """Orders the hits of one answer, 0 to 1."""
    similarity: float
    """Cosine in meaning, -1 to 1."""
    score_parts: ScoreParts
    rerank_score: float | None = None
    """Probability by the reranker, 0 to 1; null where none has read the entry."""
    matched_by: Tier
    """Why the hit stands where it stands."""
    matched_name: str | None
    """The name that matched, when one did."""
    matched_words: list[Span]
    """Words of the definition that the question also uses."""
    matched_term_words: list[Span]
    """Words of the term that the question also uses, with offsets in the term."""
    sentence: Span | None
    """The sentence of the definition nearest to the question."""
    matched_phrase: str | None = None
    """The entry's asked-as phrase that is most similar to the question; null if none is similar."""
    matched_common_question: str | None = None
    """The question by which people often ask for a common concept like this one, if it is more
    similar than any asked-as phrase; else left out.
    """
    outdated: bool | None = None
    """True if the status says that the term should not be used any more, such as "deprecated" or
    "veraltet"; else left out.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A term with a similar meaning: each of the two is among the nearest of the other."""

    rank: int
    id: str
    term: str
    definition: str
    glossary: str
    similarity: float
    """Mean cosine of the definitions and of the nearest sentences, -1 to 1."""
    because: Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A remark on how a question was answered."""

    kind: NoticeKind
    """What it is about, for programs. Later versions may add a kind: show the message of one that
    you do not know.
    """
    message: str
    """The remark, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One fault of a request, with its place: a parameter's name or a JSON Pointer."""

    detail: str
    parameter: str | None = None
    pointer: str | None = None
    """JSON Pointer (RFC 6901) into the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What every error answers (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Part] | None = None
    """Each fault, where there are several."""
    request_id: str | None = None
    """Where the server's log has the details."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Another term, and where the one that refers to the other names it."""

    id: str
    term: str
    glossary: str
    span: Span | None
    """The name in the definition that refers; null where a link stands without it."""
    relation: Authored | None = None
    """Authored relation of this entry to the one asked for, stated by either author. If this entry
    calls the other broader, it is narrower here. Null for a mere mention.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """The terms related to one entry; what authors wrote and what is computed never mix."""

    id: str
    term: str
    see_also: list[Reference]
    """Authored: the terms that this entry's author links to, in that order."""
    mentions: list[Reference]
    """Authored: the terms that this definition names without a link."""
    mentioned_by: list[Reference]
    """Authored: the terms that link to this one or name it in their definition, where `span` lies.
    """
    similar_meaning: list[Neighbour]
    """Computed: the nearest terms, without copies and without linked ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreParts:
    """What the score is made of, before its tier lifts it into a band of its own."""

    definition: float
    """Cosine to the whole definition."""
    lead: float
    """Cosine to its first sentence."""
    sentence: float
    """Cosine to its best sentence."""
    term: float
    """Cosine to the nearest of its names."""
    asked: float
    """Cosine to the nearest phrase by which people ask for it; 0 without any."""
    tokens: float
    """How well single words of the definition answer the question's, -1 to 1."""
    coverage: float
    """How much of the definition the question covers, -1 to 1."""
    words: float
    """BM25; 0 when no word is shared. Five times as much where the encoder does not read the
    language of the entries.
    """
    named: float
    """How much of the entry's own name a describing question says, 0 to 1; counts against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceInfo:
    """The state that a service shows."""

    generation: int
    revision: int
    """Of the store, with the edits that are shown."""
    model: str
    fingerprint: str
    """Of the encoder."""
    presentation: str
    """Changes with titles, colours and logo."""
    common_questions: str
    """Changes with the questions of common concepts that entries are found by; empty if the index
    was built without them.
    """
    follows: FollowInfo | None
    """The service that it mirrors, if it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The file and line an entry was read from."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of a text, the definition unless said otherwise, by character offsets.

    `end` is excluded.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """An entry with the revision of its last change, which its ETag says too."""

    id: str
    term: str
    definition: str
    aliases: list[str]
    glossary: str
    language: str
    source: Source | None
    category: str | None = None
    notation: str | None = None
    """A code of it."""
    status: str | None = None
    """As its author calls it."""
    examples: list[str] | None = None
    """Of its use."""
    sources: list[str] | None = None
    """Where the definition comes from."""
    name_languages: list[str] | None = None
    """Names in other languages, with their tags: `Teig@de`."""
    see_also: list[str]
    """What its author links to, by id or name."""
    broader: list[str] | None = None
    """By id or name, as `see_also`."""
    narrower: list[str] | None = None
    """By id or name."""
    related: list[str] | None = None
    """By id or name."""
    hidden_labels: list[str] | None = None
    """Names that find it and are not shown."""
    asked_as: list[str] | None = None
    """Phrases by which people ask for it."""
    markdown: str | None = None
    """The definition in Markdown, if it has lists, code, links or the like."""
    iri: str | None = None
    """Of the concept, or the id of its entry in the main language."""
    extra: dict[str, str] | None = None
    """Fields of its source that no other member holds, by name."""
    revision: int | None
    """Rises with each change of any entry; null where the index has no store."""
    etag: str | None = None
    """The header `ETag`: state it as `if_match` to edit this very state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An entry that is offered while one types."""

    name: str
    """Which of its names matched."""
    id: str
    term: str
    glossary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An entry as it was from one change to the next."""

    revision: int
    kind: ChangeKind
    at: str
    """When, in UTC."""
    who: str
    """The name and id of the key, the user of the command line, or `build`."""
    entry: WholeEntry | None
    """Null when the change deleted it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeEntry:
    """All that can be edited of an entry."""

    id: str
    term: str
    definition: str
    aliases: list[str]
    glossary: str
    language: str
    source: Source | None
    category: str | None = None
    notation: str | None = None
    """A code of it."""
    status: str | None = None
    """As its author calls it."""
    examples: list[str] | None = None
    """Of its use."""
    sources: list[str] | None = None
    """Where the definition comes from."""
    name_languages: list[str] | None = None
    """Names in other languages, with their tags: `Teig@de`."""
    see_also: list[str]
    """What its author links to, by id or name."""
    broader: list[str] | None = None
    """By id or name, as `see_also`."""
    narrower: list[str] | None = None
    """By id or name."""
    related: list[str] | None = None
    """By id or name."""
    hidden_labels: list[str] | None = None
    """Names that find it and are not shown."""
    asked_as: list[str] | None = None
    """Phrases by which people ask for it."""
    markdown: str | None = None
    """The definition in Markdown, if it has lists, code, links or the like."""
    iri: str | None = None
    """Of the concept, or the id of its entry in the main language."""
    extra: dict[str, str] | None = None
    """Fields of its source that no other member holds, by name."""


class EntryContent(TypedDict):
    """The complete content of an entry. Omitted members become empty."""

    term: str
    definition: str
    aliases: NotRequired[list[str]]
    language: NotRequired[str]
    see_also: NotRequired[list[str]]
    """Entries it links to, by id or name."""
    category: NotRequired[str]
    notation: NotRequired[str]
    """Its code in a classification."""
    status: NotRequired[str]
    iri: NotRequired[str]
    """IRI of the concept, or the id of its entry in the main language."""
    examples: NotRequired[list[str]]
    """Examples of its use."""
    sources: NotRequired[list[str]]
    """Sources of the definition."""
    broader: NotRequired[list[str]]
    """By id or name, as `see_also`."""
    narrower: NotRequired[list[str]]
    """By id or name."""
    related: NotRequired[list[str]]
    """By id or name."""
    hidden_labels: NotRequired[list[str]]
    """Names that find it and are not shown."""
    name_languages: NotRequired[list[str]]
    """Names in another language than the definition, with their tags."""
    asked_as: NotRequired[list[str]]
    """Phrases by which people ask for it, at most 64 of 300 characters."""
    markdown: NotRequired[str]
    """The definition in Markdown; its plain text is the definition."""
    extra: NotRequired[dict[str, str]]
    """Other fields, by name: at most 64 of 2,000 characters."""


class EntryPatch(TypedDict):
    """A change of an entry (JSON Merge Patch, RFC 7396): null removes a member."""

    term: NotRequired[str | None]
    definition: NotRequired[str | None]
    aliases: NotRequired[list[str] | None]
    language: NotRequired[str | None]
    see_also: NotRequired[list[str] | None]
    category: NotRequired[str | None]
    notation: NotRequired[str | None]
    status: NotRequired[str | None]
    iri: NotRequired[str | None]
    examples: NotRequired[list[str] | None]
    sources: NotRequired[list[str] | None]
    broader: NotRequired[list[str] | None]
    narrower: NotRequired[list[str] | None]
    related: NotRequired[list[str] | None]
    hidden_labels: NotRequired[list[str] | None]
    name_languages: NotRequired[list[str] | None]
    asked_as: NotRequired[list[str] | None]
    markdown: NotRequired[str | None]
    """Given alone, the definition becomes its plain text; a new definition without it removes it.
    """
    extra: NotRequired[dict[str, str | None] | None]
    """Merged with the present fields; null removes one, or all of them."""


class NewEntry(TypedDict):
    """An entry to be added."""

    term: str
    definition: str
    aliases: NotRequired[list[str]]
    language: NotRequired[str]
    see_also: NotRequired[list[str]]
    """Entries it links to, by id or name."""
    category: NotRequired[str]
    notation: NotRequired[str]
    """Its code in a classification."""
    status: NotRequired[str]
    iri: NotRequired[str]
    """IRI of the concept, or the id of its entry in the main language."""
    examples: NotRequired[list[str]]
    """Examples of its use."""
    sources: NotRequired[list[str]]
    """Sources of the definition."""
    broader: NotRequired[list[str]]
    """By id or name, as `see_also`."""
    narrower: NotRequired[list[str]]
    """By id or name."""
    related: NotRequired[list[str]]
    """By id or name."""
    hidden_labels: NotRequired[list[str]]
    """Names that find it and are not shown."""
    name_languages: NotRequired[list[str]]
    """Names in another language than the definition, with their tags."""
    asked_as: NotRequired[list[str]]
    """Phrases by which people ask for it, at most 64 of 300 characters."""
    markdown: NotRequired[str]
    """The definition in Markdown; its plain text is the definition."""
    extra: NotRequired[dict[str, str]]
    """Other fields, by name: at most 64 of 2,000 characters."""
    glossary: str
    """The glossary; created if it does not exist."""
    id: NotRequired[str | None]
    """Its id behind the glossary; made of the term by default."""

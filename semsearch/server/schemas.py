"""The JSON shapes, one for each noun: what HTTP answers and what `--json` prints.

Built from the library's own types at the edges; nothing inside uses them.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from semsearch.core.answers import Authored, Tier, Verdict
from semsearch.core.entries import ChangeKind
from semsearch.ingest.bulk import Outcome


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(_Shape):
    """A piece of a text, the definition unless said otherwise, by character offsets.

    `end` is excluded.
    """

    start: int = Field(examples=[31])
    end: int = Field(examples=[37])
    text: str = Field(examples=["random"])


class Source(_Shape):
    """The file and line an entry was read from."""

    file: str = Field(examples=["corpus/deep-learning.md"])
    line: int = Field(examples=[43])


_Text = Annotated[str | None, Field(exclude_if=lambda value: value is None)]
_Texts = Annotated[list[str] | None, Field(exclude_if=lambda value: value is None)]

SHOWN_DETAILS = ("category", "notation", "status", "examples", "sources")
"""What an answer shows beside names and definition, where the author stated it."""


class Entry(_Shape):
    """One term and what it means; the members behind `source` are there only where its author stated them."""

    id: str = Field(examples=["deep-learning:dropout"])
    term: str = Field(examples=["Dropout"])
    definition: str = Field(
        examples=["Dropout is a regularization method where random neurons are ignored."]
    )
    aliases: list[str] = Field(examples=[[]])
    glossary: str = Field(examples=["deep-learning"])
    language: str = Field(examples=["en"])
    source: Source | None
    category: _Text = Field(default=None, examples=["training"])
    notation: _Text = Field(default=None, description="A code of it.", examples=["DL-07"])
    status: _Text = Field(
        default=None, description="As its author calls it.", examples=["approved"]
    )
    examples: _Texts = Field(default=None, description="Of its use.")
    sources: _Texts = Field(default=None, description="Where the definition comes from.")


class WholeEntry(Entry):
    """All that can be edited of an entry."""

    see_also: list[str] = Field(
        description="What its author links to, by id or name.",
        examples=[["deep-learning:overfitting"]],
    )
    broader: _Texts = Field(default=None, description="By id or name, as `see_also`.")
    narrower: _Texts = Field(default=None, description="By id or name.")
    related: _Texts = Field(default=None, description="By id or name.")
    hidden_labels: _Texts = Field(default=None, description="Names that find it and are not shown.")
    asked_as: _Texts = Field(default=None, description="Phrases by which people ask for it.")


class StoredEntry(WholeEntry):
    """An entry with the revision of its last change, which its ETag says too."""

    revision: int | None = Field(
        description="Rises with each change of any entry; null where the index has no store.",
        examples=[21],
    )


class DeletedEntry(_Shape):
    """An entry that is gone, and the revision of its deletion; `restore` brings it back."""

    id: str = Field(examples=["deep-learning:dropout"])
    revision: int = Field(examples=[22])


class Version(_Shape):
    """An entry as it was from one change to the next."""

    revision: int = Field(examples=[21])
    kind: ChangeKind = Field(examples=["changed"])
    at: str = Field(description="When, in UTC.", examples=["2026-11-02T09:30:00.000Z"])
    who: str = Field(
        description="The name and id of the key, the user of the command line, or `build`.",
        examples=["build"],
    )
    entry: WholeEntry | None = Field(description="Null when the change deleted it.")


class Change(_Shape):
    """What has become of an entry that was changed."""

    revision: int = Field(description="Where to go on from: `since`.", examples=[21])
    id: str = Field(examples=["deep-learning:dropout"])
    entry: WholeEntry | None = Field(description="Null when it is gone.")


class ImportedRecord(_Shape):
    """What became of one record, or would in a dry run."""

    line: int = Field(description="From 1.", examples=[1])
    outcome: Outcome = Field(examples=["added"])
    id: str | None = Field(
        default=None, description="Null for a record that was refused.", examples=["kitchen:whisk"]
    )
    revision: int | None = Field(
        default=None, description="Null where nothing was written.", examples=[21]
    )
    reason: str | None = Field(
        default=None, description="Why it was refused.", examples=["no term"]
    )


class ImportReport(_Shape):
    """What became of all records, in the order of their lines."""

    applied: bool = Field(description="Whether anything was written.", examples=[True])
    records: list[ImportedRecord]


class ScoreParts(_Shape):
    """What the score is made of, before its tier lifts it into a band of its own."""

    definition: float = Field(description="Cosine to the whole definition.", examples=[0.48])
    lead: float = Field(description="Cosine to its first sentence.", examples=[0.47])
    sentence: float = Field(description="Cosine to its best sentence.", examples=[0.54])
    tokens: float = Field(
        description="How well single words of the definition answer the question's, -1 to 1.",
        examples=[0.61],
    )
    coverage: float = Field(
        description="How much of the definition the question covers, -1 to 1.", examples=[0.4]
    )
    words: float = Field(description="BM25; 0 when no word is shared.", examples=[4.2])
    named: float = Field(
        description="How much of the entry's own name a describing question says, 0 to 1; "
        "counts against it.",
        examples=[0.0],
    )
    asked: float = Field(
        description="Cosine to the nearest phrase by which people ask for it; 0 without any.",
        examples=[0.71],
    )


class Hit(Entry):
    """One entry that answers the question, and why."""

    rank: int = Field(description="Position in the answer, from 1.", examples=[1])
    score: float = Field(description="Orders the hits of one answer, 0 to 1.", examples=[0.42])
    similarity: float = Field(description="Cosine in meaning, -1 to 1.", examples=[0.51])
    score_parts: ScoreParts
    rerank_score: float | None = Field(
        None,
        description="Probability by the reranker, 0 to 1; null where none has read the entry.",
        examples=[None],
    )
    matched_by: Tier = Field(
        description="Why the hit stands where it stands.", examples=["meaning"]
    )
    matched_name: str | None = Field(
        description="The name that matched, when one did.", examples=[None]
    )
    matched_words: list[Span] = Field(
        description="Words of the definition that the question also uses."
    )
    matched_term_words: list[Span] = Field(
        description="Words of the term that the question also uses, with offsets in the term."
    )
    sentence: Span | None = Field(
        description="The sentence of the definition nearest to the question."
    )
    matched_phrase: str | None = Field(
        default=None,
        description="What somebody asked who looked for it: the phrase of the entry nearest to the question, where "
        "one is near.",
        examples=["what keeps a net from learning its data by heart?"],
        exclude_if=lambda value: value is None,
    )


class Answer(_Shape):
    """All hits for one question, best first."""

    query: str = Field(
        description="The question as it was asked, white space tidied.",
        examples=["what stops a network from memorising its data?"],
    )
    repaired: str | None = Field(
        default=None,  # examples in OpenAPI lose what is null; answers always have it
        description="What it was read as, when it was taken for misspelt.",
        examples=["what stops a network from memorising its data?"],
    )
    verdict: Verdict = Field(description="How sure the answer is, in words.", examples=["strong"])
    no_close_match: bool = Field(
        description="True when nothing fits; the hits are then only the nearest entries."
    )
    matches: int = Field(
        description="How many of the hits match, rather than being only the nearest.", examples=[1]
    )
    confidence: float = Field(
        description="Estimated probability that the first hit is right, 0 to 1.", examples=[0.83]
    )
    hits: list[Hit]


class Connection(_Shape):
    """What connects two terms: the two sentences that are nearest in meaning."""

    sentence: Span = Field(description="Of the definition of the term that was asked for.")
    other_sentence: Span = Field(description="Of the definition of the similar term.")
    similarity: float = Field(description="Cosine of the two sentences.", examples=[0.62])
    words: list[str] = Field(
        description="Words that both sentences use, as the first one writes them.",
        examples=[["regularization"]],
    )


class Neighbour(_Shape):
    """A term with a similar meaning: each of the two is among the nearest of the other."""

    rank: int = Field(examples=[1])
    id: str = Field(examples=["deep-learning:regularization"])
    term: str = Field(examples=["Regularization"])
    definition: str = Field(examples=["Regularization techniques are used to prevent overfitting."])
    glossary: str = Field(examples=["deep-learning"])
    similarity: float = Field(
        description="Mean cosine of the definitions and of the nearest sentences, -1 to 1.",
        examples=[0.61],
    )
    because: Connection


class Reference(_Shape):
    """Another term, and where the one that refers to the other names it."""

    id: str = Field(examples=["deep-learning:overfitting"])
    term: str = Field(examples=["Overfitting"])
    glossary: str = Field(examples=["deep-learning"])
    span: Span | None = Field(
        description="The name in the definition that refers; null where a link stands without it."
    )
    relation: Authored | None = Field(
        default=None,
        description="What its author, or that of the entry asked for, says it is to the latter: an entry that calls this one "
        "broader is narrower. Null where it is only named in the text.",
    )


class Related(_Shape):
    """The terms related to one entry; what authors wrote and what is computed never mix."""

    id: str = Field(examples=["deep-learning:dropout"])
    term: str = Field(examples=["Dropout"])
    see_also: list[Reference] = Field(
        description="Authored: the terms that this entry's author links to, in that order."
    )
    mentions: list[Reference] = Field(
        description="Authored: the terms that this definition names without a link."
    )
    mentioned_by: list[Reference] = Field(
        description="Authored: the terms that link to this one or name it in their definition, "
        "where `span` lies."
    )
    similar_meaning: list[Neighbour] = Field(
        description="Computed: the nearest terms, without copies and without linked ones."
    )


class Suggestion(_Shape):
    """An entry that is offered while one types."""

    name: str = Field(description="Which of its names matched.", examples=["LSTM"])
    id: str = Field(examples=["deep-learning:long-short-term-memory-lstm"])
    term: str = Field(examples=["Long Short-Term Memory (LSTM)"])
    glossary: str = Field(examples=["deep-learning"])


class MapPart(_Shape):
    """Points of the map, in columns; places lie within a square from -1 to 1."""

    total: int = Field(description="Points of the whole map.", examples=[20])
    next: int | None = Field(description="`start` of the next part; null behind the last.")
    glossaries: list[str] = Field(examples=[["deep-learning"]])
    ids: list[str] = Field(examples=[["deep-learning:dropout"]])
    terms: list[str] = Field(examples=[["Dropout"]])
    in_glossary: list[int] = Field(description="Which of `glossaries`, from 0.", examples=[[0]])
    x: list[float] = Field(examples=[[0.12]])
    y: list[float] = Field(examples=[[-0.4]])


class Label(_Shape):
    """What an entry is called."""

    id: str = Field(examples=["deep-learning:dropout"])
    term: str = Field(examples=["Dropout"])
    glossary: str = Field(examples=["deep-learning"])


class NearEntry(Label):
    """An entry near to a text, and where it stands on the map."""

    similarity: float = Field(description="Cosine of the two vectors.", examples=[0.61])
    x: float = Field(examples=[0.12])
    y: float = Field(examples=[-0.4])


class Place(_Shape):
    """Where a question stands on the map: between the entries nearest to it."""

    x: float = Field(examples=[0.1])
    y: float = Field(examples=[-0.38])
    nearest: list[NearEntry]


class Comparison(_Shape):
    """How near two texts are in meaning, and what can be said for it."""

    similarity: float = Field(description="Cosine of the two vectors.", examples=[0.68])
    share: float = Field(
        description="How many of 100 pairs of entries, drawn by lot, are less near to each other.",
        examples=[99.2],
    )
    words: list[str] = Field(description="Words that both use.", examples=[[]])
    near_a: list[NearEntry]
    near_b: list[NearEntry]
    both: list[Label] = Field(description="Entries near to both.")


class GlossaryInfo(_Shape):
    """One glossary of the index."""

    name: str = Field(examples=["deep-learning"])
    entries: int = Field(examples=[20])


class RerankerInfo(_Shape):
    """The reranker of an index."""

    model: str
    fingerprint: str
    precision: str
    sha256: str


class EngineInfo(_Shape):
    """What finds entries by meaning, how it was chosen, and the share of the nearest ten that it found."""

    name: str
    why: str
    recall: float
    breadth: int
    bytes: int


class IndexInfo(_Shape):
    """What an index is made of and what built it."""

    path: str
    generation: int
    built_at: str
    built_by: str
    format: int
    entries: int
    vectors: int
    glossaries: list[GlossaryInfo]
    model: str
    fingerprint: str
    dim: int
    precision: str
    engine: EngineInfo
    reranker: RerankerInfo | None
    threshold: float
    calibrated_with: int

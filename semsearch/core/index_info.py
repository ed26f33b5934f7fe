"""The description of an open index: glossaries, encoder, nearest-neighbour engine, reranker."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GlossaryInfo:
    """A glossary and its number of entries."""

    name: str
    entries: int


@dataclass(frozen=True, slots=True)
class RerankerInfo:
    """The reranker of an index, and the precision of its copy.

    `sha256` is the hash of its description, `reranker.json`.
    """

    model: str
    fingerprint: str
    precision: str
    sha256: str


CHOSEN_BY_SIZE = "chosen by its size"
"""Begins the reason of an automatic choice. Manifests hold it, so it stays."""


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """The nearest-neighbour engine of an index.

    `why` says how it was chosen, `recall` is its measured recall@10, `breadth` its efSearch (0: it
    compares every entry), `bytes` the size of its vectors and links.
    """

    name: str
    why: str
    recall: float
    breadth: int
    bytes: int

    @property
    def is_automatic(self) -> bool:
        """Whether the number of entries chose it, so that a later generation may have another."""
        return self.why.startswith(CHOSEN_BY_SIZE)


@dataclass(frozen=True, slots=True)
class CommonQuestionsInfo:
    """The questions of common concepts that an index has (`text/common_questions.py`)."""

    digest: str
    """Hash of those that it was built with; empty if it was built without them."""
    entries: int
    """Entries that are found by some."""
    is_declined: bool
    """Whether a build was told to leave them out, which later builds do as well."""


@dataclass(frozen=True, slots=True)
class FollowInfo:
    """What a mirror follows, or a copy of a shared store, and how it stands.

    `in_step_at` is the time (seconds since 1970) at which it last had all changes of the service,
    0 if it never had. `problem` says why the service does not answer; empty if it does.
    """

    url: str
    position: int
    """The revision of the service up to which the mirror has all changes."""
    in_step_at: float
    in_step_ago_s: float | None
    problem: str


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """The description of an open index."""

    path: str
    generation: int
    revision: int
    """Of the store, with the edits that are shown."""
    built_at: str
    built_by: str
    format: int
    entries: int
    vectors: int
    glossaries: tuple[GlossaryInfo, ...]
    model: str
    fingerprint: str
    dim: int
    precision: str
    engine: EngineInfo
    reranker: RerankerInfo | None
    common_questions: CommonQuestionsInfo
    threshold: float
    calibrated_with: int
    """Judged questions that its confidence was calibrated with; 0 if it was not."""
    follows: FollowInfo | None
    """The service that the index mirrors, if it does."""

"""The report of a build: what it read, changed, embedded and published."""

from __future__ import annotations

from dataclasses import dataclass, field

from semsearch.core.entries import LeftOut, Merged, Note, Refusal, UnreadFile
from semsearch.core.index_info import RerankerInfo
from semsearch.importers.report import FieldCount
from semsearch.index.relations import RelationCounts
from semsearch.models.encoders.onnx import Agreement
from semsearch.models.rerankers.onnx import PairAgreement
from semsearch.storage.corpus_diff import Changes
from semsearch.storage.live_edits import Conflict


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The result of a build."""

    changes: Changes
    refused: tuple[Refusal, ...]
    embedded: int
    vectors: int
    generation: int
    published: bool
    model: str
    precision: str
    former_model: str | None = None
    """The encoder of the index before this build, if it changed."""
    agreement: dict[str, Agreement] = field(default_factory=dict)
    exported: bool = False
    """Whether this build exported the encoder instead of finding an export."""
    problem: str = ""
    """Why the encoder could not be exported, if so."""
    reranker: RerankerInfo | None = None
    reranker_agreement: dict[str, PairAgreement] = field(default_factory=dict)
    """Of the reranker's copies, if this build exported it."""
    has_common_questions: bool = True
    """Whether entries of common concepts are found by common questions; remembered by the index."""
    commonly_asked: int = 0
    """Entries that have common questions."""
    relations: RelationCounts | None = None
    """Numbers of links and mentions, if a generation was published."""
    conflicts: tuple[Conflict, ...] = ()
    """Entries edited live that differ in the corpus."""
    overwritten: bool = False
    """Whether the corpus won the conflicts; otherwise live edits were preserved."""
    merged: tuple[Merged, ...] = ()
    """Records that became another name of an entry."""
    left_out: tuple[LeftOut, ...] = ()
    """Fields that entries cannot hold."""
    extra: tuple[FieldCount, ...] = ()
    """Fields kept as they are, by name."""
    notes: tuple[Note, ...] = ()
    """Guesses of readers, and signs that a file holds more than was read."""
    unread: tuple[UnreadFile, ...] = ()
    """Files of the folders that are not read, each with the number of its entries that stay."""

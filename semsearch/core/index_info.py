"""What an open index is made of: glossaries, encoder, nearest-neighbour engine, reranker."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GlossaryInfo:
    """One glossary of an index and how many entries it has."""

    name: str
    entries: int


@dataclass(frozen=True, slots=True)
class RerankerInfo:
    """The reranker of an index; it scores as `precision`.

    `sha256` is that of its own description, `reranker.json`.
    """

    model: str
    fingerprint: str
    precision: str
    sha256: str


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What finds entries by meaning in an index.

    `why` says how it was chosen, `recall` what share of the nearest ten it found when it was measured, `breadth`
    how many it keeps in view meanwhile (0: it compares all), and `bytes` what its vectors and links take.
    """

    name: str
    why: str
    recall: float
    breadth: int
    bytes: int


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What an open index is made of and what built it."""

    path: str
    generation: int
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
    threshold: float
    calibrated_with: int
    """Real questions that its confidence was calibrated with; 0 if it was not."""

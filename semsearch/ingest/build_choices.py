"""What a build chooses if nothing is said: as the index was built before."""

from __future__ import annotations

from semsearch.index.ann.engine import AUTO, PGVECTOR
from semsearch.index.manifest import built_with
from semsearch.ingest.shared.publication import check_can_have_candidates
from semsearch.storage.files.layout import IndexLayout


def kept_engine(layout: IndexLayout, engine: str) -> str:
    """Return the engine for a build: a glossary in PostgreSQL stays there if nothing is said.

    Raises:
        InvalidSetting: pgvector was asked for, and the index has a store of its own.
        StoredIndexError: the store does not answer.
    """
    before = built_with(layout)
    if engine == AUTO and before is not None and before.engine == PGVECTOR:
        return PGVECTOR
    if engine == PGVECTOR:
        check_can_have_candidates(layout)
    return engine


def kept_common_questions(layout: IndexLayout) -> bool:
    """Return whether an index has common questions if nothing is said; a new one has."""
    before = built_with(layout)
    return before is None or not before.declines_common_questions

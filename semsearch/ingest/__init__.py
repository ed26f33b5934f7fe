"""Writing an index: builds from a corpus, edits of single entries, bulk imports, publishing.

An edit is checked like an imported record, its texts are embedded with the encoder of the index,
and one transaction stores it together with its history. The lock of the index is held for one edit
at a time.
"""

from __future__ import annotations

from semsearch.ingest.bulk import ImportReport, Outcome, RecordReport
from semsearch.ingest.edit_session import IdempotentRequest
from semsearch.ingest.editor import Editor

__all__ = ["Editor", "IdempotentRequest", "ImportReport", "Outcome", "RecordReport"]

"""Editing: entries of an index are added, changed, deleted and restored, one transaction for each request.

An edit is checked as an importer would, its texts are embedded with the encoder of the index, and then it is made in
the store together with its history. Whoever edits waits for the lock of the index, which is held for one
edit at a time.
"""

from __future__ import annotations

from semsearch.ingest.bulk import ImportReport, Outcome, RecordReport
from semsearch.ingest.editor import Editor, IdempotentRequest

__all__ = ["Editor", "IdempotentRequest", "ImportReport", "Outcome", "RecordReport"]

"""Semantic search over definitions.

    import semsearch

    with semsearch.open("index") as glossary:
        answer = glossary.ask("what stops a network from memorising its data?")
        print(answer.hits[0].entry.term)
    with semsearch.edit("index") as editor:
        editor.change("deep-learning:epoch", definition="One pass over all training data.")

Names are loaded when they are first used, so that the command line starts fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from semsearch.core.version import __version__

if TYPE_CHECKING:
    from semsearch.core.answers import (
        Answer,
        Authored,
        Connection,
        Evidence,
        Hit,
        Neighbour,
        Notice,
        NoticeKind,
        Reference,
        Related,
        Span,
        Tier,
    )
    from semsearch.core.entries import Changed, ChangeKind, Details, Entry, Source, Version
    from semsearch.core.errors import SemsearchError
    from semsearch.core.index_info import IndexInfo
    from semsearch.ingest import Editor, ImportReport
    from semsearch.ingest.build_report import BuildReport
    from semsearch.ingest.corpus_build import build
    from semsearch.ingest.drafts import Draft
    from semsearch.quality.diff import Difference, DiffReport, diff
    from semsearch.quality.lint import Finding, LintConfig, LintReport, lint
    from semsearch.search.glossary import Glossary

    open = Glossary.open
    edit = Editor

__all__ = [
    "Answer",
    "Authored",
    "BuildReport",
    "ChangeKind",
    "Changed",
    "Connection",
    "Details",
    "DiffReport",
    "Difference",
    "Draft",
    "Editor",
    "Entry",
    "Evidence",
    "Finding",
    "Glossary",
    "Hit",
    "ImportReport",
    "IndexInfo",
    "LintConfig",
    "LintReport",
    "Neighbour",
    "Notice",
    "NoticeKind",
    "Reference",
    "Related",
    "SemsearchError",
    "Source",
    "Span",
    "Tier",
    "Version",
    "__version__",
    "build",
    "diff",
    "edit",
    "lint",
    "open",
]

_HOME = {
    "Answer": "semsearch.core.answers",
    "Authored": "semsearch.core.answers",
    "BuildReport": "semsearch.ingest.build_report",
    "ChangeKind": "semsearch.core.entries",
    "Changed": "semsearch.core.entries",
    "Connection": "semsearch.core.answers",
    "Details": "semsearch.core.entries",
    "DiffReport": "semsearch.quality.diff",
    "Difference": "semsearch.quality.diff",
    "Draft": "semsearch.ingest.drafts",
    "Editor": "semsearch.ingest",
    "Entry": "semsearch.core.entries",
    "Evidence": "semsearch.core.answers",
    "Finding": "semsearch.quality.lint",
    "Glossary": "semsearch.search.glossary",
    "Hit": "semsearch.core.answers",
    "ImportReport": "semsearch.ingest",
    "IndexInfo": "semsearch.core.index_info",
    "LintConfig": "semsearch.quality.lint",
    "LintReport": "semsearch.quality.lint",
    "Neighbour": "semsearch.core.answers",
    "Notice": "semsearch.core.answers",
    "NoticeKind": "semsearch.core.answers",
    "Reference": "semsearch.core.answers",
    "Related": "semsearch.core.answers",
    "SemsearchError": "semsearch.core.errors",
    "Source": "semsearch.core.entries",
    "Span": "semsearch.core.answers",
    "Tier": "semsearch.core.answers",
    "Version": "semsearch.core.entries",
    "build": "semsearch.ingest.corpus_build",
    "diff": "semsearch.quality.diff",
    "lint": "semsearch.quality.lint",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name == "open":
        return __getattr__("Glossary").open
    if name == "edit":
        return __getattr__("Editor")
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'semsearch' has no attribute {name!r}")

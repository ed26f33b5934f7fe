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

from semsearch.version import __version__

if TYPE_CHECKING:
    from semsearch.building import BuildReport, build
    from semsearch.differing import Difference, DiffReport, diff
    from semsearch.editing import Editor, ImportReport
    from semsearch.errors import SemsearchError
    from semsearch.glossary import Glossary
    from semsearch.importers.drafts import Draft
    from semsearch.linting import Finding, LintConfig, LintReport, lint
    from semsearch.types import (
        Answer,
        Authored,
        Changed,
        ChangeKind,
        Connection,
        Details,
        Entry,
        Evidence,
        Hit,
        IndexInfo,
        Neighbour,
        Reference,
        Related,
        Source,
        Span,
        Tier,
        Version,
    )

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
    "BuildReport": "building",
    "DiffReport": "differing",
    "Difference": "differing",
    "Draft": "importers.drafts",
    "Editor": "editing",
    "Finding": "linting",
    "Glossary": "glossary",
    "ImportReport": "editing",
    "LintConfig": "linting",
    "LintReport": "linting",
    "SemsearchError": "errors",
    "build": "building",
    "diff": "differing",
    "lint": "linting",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name == "open":
        return import_module("semsearch.glossary").Glossary.open
    if name == "edit":
        return import_module("semsearch.editing").Editor
    if name in __all__:
        return getattr(import_module(f"semsearch.{_HOME.get(name, 'types')}"), name)
    raise AttributeError(f"module 'semsearch' has no attribute {name!r}")

"""Semantic search over definitions.

    import semsearch

    with semsearch.open("index") as glossary:
        answer = glossary.ask("what stops a network from memorising its data?")
        print(answer.hits[0].entry.term)

Names are loaded when they are first used, so that the command line starts fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from semsearch.version import __version__

if TYPE_CHECKING:
    from semsearch.building import BuildReport, build
    from semsearch.errors import SemsearchError
    from semsearch.glossary import Glossary
    from semsearch.types import (
        Answer,
        Connection,
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
    )

    open = Glossary.open

__all__ = [
    "Answer",
    "BuildReport",
    "Connection",
    "Entry",
    "Evidence",
    "Glossary",
    "Hit",
    "IndexInfo",
    "Neighbour",
    "Reference",
    "Related",
    "SemsearchError",
    "Source",
    "Span",
    "Tier",
    "__version__",
    "build",
    "open",
]

_HOME = {
    "BuildReport": "building",
    "Glossary": "glossary",
    "SemsearchError": "errors",
    "build": "building",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name == "open":
        return import_module("semsearch.glossary").Glossary.open
    if name in __all__:
        return getattr(import_module(f"semsearch.{_HOME.get(name, 'types')}"), name)
    raise AttributeError(f"module 'semsearch' has no attribute {name!r}")

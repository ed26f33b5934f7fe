"""Removes generations that a killed build left unfinished, and what no pointer refers to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection
from contextlib import suppress

from semsearch.core.errors import UNREADABLE
from semsearch.core.temporary_folders import remove_temporary_folders
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.storage.files.layout import IndexLayout


def remove_unfinished(layout: IndexLayout) -> None:
    """Remove what a killed build or publish has written of a generation; needs `PUBLISHING`."""
    remove_temporary_folders(layout.generations)


def remove_generations(layout: IndexLayout, keep: Collection[int]) -> None:
    """Remove all generations but these.

    Args:
        layout: the index folder.
        keep: the current generation and the one before it, which another process may be opening.
    """
    needed_roots = {layout.generation(number).root for number in keep}
    for folder in set(layout.generations.glob("[0-9]*")) - needed_roots:
        shutil.rmtree(folder, ignore_errors=True)


def remove_models(layout: IndexLayout, keep: Collection[int]) -> None:
    """Remove the models that none of these generations uses; only builds call this."""
    needed = set()
    for number in keep:
        folder = layout.generation(number).root
        with suppress(OSError, *UNREADABLE):
            content = json.loads(GenerationLayout(folder).manifest.read_bytes())
            needed.add(layout.encoder(content["fingerprint"]))
            if content["reranker"]:
                needed.add(layout.reranker(content["reranker"]["fingerprint"]))
    exported = {*layout.encoders.glob("*"), *layout.rerankers.glob("*")}
    for folder in exported - needed:
        shutil.rmtree(folder, ignore_errors=True)

"""Names the files of entries as readers of an index may see them, without folders of this machine.

A path is relative to the folder of `semsearch.toml`, else to the folder that the user named.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePath

from semsearch.core.entries import Entry


def with_relative_sources(entries: Iterable[Entry], folders: Sequence[Path]) -> list[Entry]:
    """Return entries whose sources are relative to the first of the folders that has their file.

    Args:
        entries: as they were read.
        folders: in order of preference; other files keep their path.
    """
    tops = [_place(folder) for folder in folders]

    @cache
    def relative(file: str) -> str:
        place = _place(file)
        top = next((one for one in tops if place.is_relative_to(one)), None)
        return place.relative_to(top).as_posix() if top else file

    return [
        replace(entry, source=replace(entry.source, file=relative(entry.source.file)))
        if entry.source
        else entry
        for entry in entries
    ]


def _place(path: str | Path) -> PurePath:
    return PurePath(os.path.abspath(path))  # noqa: PTH100 - a link has a place of its own

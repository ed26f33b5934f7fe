"""Checks the names in a manifest of which paths are made; a backup may state any."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
"""Names that the files of a generation have, and the fingerprints and precisions of models."""


def check_names(parsed: Mapping[str, Any]) -> None:
    """Refuse a manifest whose names of files and folders lead elsewhere; a backup may have any.

    Args:
        parsed: a manifest of any format.

    Raises:
        ValueError: one does.
    """
    models = (parsed, parsed["reranker"] or {})
    names = [one[key] for one in models for key in ("fingerprint", "precision") if key in one]
    for name in (*names, *parsed["sha256"]):
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a file")

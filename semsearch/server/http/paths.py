"""Paths of the HTTP interface, which programs use. All other paths are pages and their files."""

from __future__ import annotations

API_PREFIX = "/v1"


def is_api(path: str) -> bool:
    """Whether a path belongs to the HTTP interface."""
    return path.startswith(f"{API_PREFIX}/")

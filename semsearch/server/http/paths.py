"""Paths of the HTTP interface, which programs use. All other paths are pages and their files."""

from __future__ import annotations

API_PREFIX = "/v1"

MCP_PATH = "/mcp"
"""Model Context Protocol: assistants send their messages here."""

OPENED_PATH = f"{API_PREFIX}/search:opened"
"""The search page says here which hits were opened."""
GAPS_PATH = f"{API_PREFIX}/gaps"
"""What people ask and do not find."""

CHANGES_PATH = f"{API_PREFIX}/changes"
"""Mirrors ask here what has changed."""
PLACES_PATH = f"{CHANGES_PATH}/places"
"""And here where entries stand after a build."""
BACKUP_PATH = f"{API_PREFIX}/backup"
"""A mirror begins with this copy."""

RECONCILE_PATH = "/reconcile"
"""Reconciliation API, version 0.2."""
DRAFT_PATH = f"{RECONCILE_PATH}/draft"
"""Reconciliation API, version 1.0-draft."""

HEALTH_PATHS = frozenset(("/livez", "/readyz"))
"""Balancers ask these by any host name, and also while the service has too much to do."""


def is_api(path: str) -> bool:
    """Whether a path belongs to the HTTP interface."""
    return path.startswith(f"{API_PREFIX}/")


def is_reconciliation(path: str) -> bool:
    """Whether a path belongs to the Reconciliation API."""
    return path == RECONCILE_PATH or path.startswith(f"{RECONCILE_PATH}/")


def is_mcp(path: str) -> bool:
    """Whether a path is where assistants send their messages."""
    return path == MCP_PATH

"""The user that runs this process."""

from __future__ import annotations

import os


def user_number() -> int:
    """Return the number of the effective user; 0 where users have none, as on Windows."""
    return os.geteuid() if hasattr(os, "geteuid") else 0

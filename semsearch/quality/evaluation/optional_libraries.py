"""Loads the libraries for scoring, which a serve-only installation lacks, when they are used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from semsearch.core.errors import MissingExtra

NEEDED = {
    "ir_measures": "ir-measures",
    "scipy.stats": "scipy",
    "scipy.optimize": "scipy",
    "jinja2": "jinja2",
    "matplotlib": "matplotlib",
}
"""What each is called where it is installed from."""


def load(module: str) -> Any:  # noqa: ANN401 - the libraries have no types
    """Return one of the modules of `NEEDED`.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtra(NEEDED[module], "scoring an index") from error


def require_all() -> None:
    """Load every one of them, before anything that takes long.

    Raises:
        MissingExtra: one is not installed.
    """
    for module in NEEDED:
        load(module)

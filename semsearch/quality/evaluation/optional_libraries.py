"""Loads the libraries for scoring, which the extra `build` has, when they are used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from semsearch.core.errors import MissingExtra

PURPOSE = "scoring an index"
NEEDED = {
    "ir_measures": "ir-measures",
    "scipy.stats": "scipy",
    "scipy.optimize": "scipy",
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
        raise MissingExtra(NEEDED[module], PURPOSE) from error


def require_all() -> None:
    """Load every one of them, before anything that takes long.

    Raises:
        MissingExtra: one is not installed.
    """
    for module in NEEDED:
        load(module)

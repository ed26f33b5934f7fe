"""The layout of an index: each file has one name, which list, Makefile and documents agree on.

Covers `storage/files/generation_layout`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from semsearch.storage.files import layout
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.storage.files.layout import IndexLayout
from tests.conftest import PROJECT

LISTED = set(re.findall(r"[\w.]+", str(layout.__doc__).replace(".i32, .f32", ".i32 postings.f32")))


def _names(kind: type[IndexLayout | GenerationLayout]) -> set[str]:
    made = kind(Path("index"))
    paths = [getattr(made, name) for name in vars(kind) if isinstance(vars(kind)[name], property)]
    return {path.name for path in paths if isinstance(path, Path)}


@pytest.mark.parametrize("kind", [IndexLayout, GenerationLayout])
def test_each_file_is_listed(kind: type[IndexLayout | GenerationLayout]) -> None:
    """The list, which DESIGN shows, names every file and folder, or `token_*` for several."""
    names = _names(kind)
    assert names & {"store.db", "entries.db"}
    assert {name for name in names - LISTED if not name.startswith("token_")} == set()


def test_make_clean_leaves_what_cannot_be_made_again() -> None:
    """It removes every file of an index but live edits, keys, their usage, questions and fit."""
    recipe = re.search(r"\$\(addprefix \$\(INDEX\)/,([^)]*)\)", (PROJECT / "Makefile").read_text())
    assert recipe
    kept = {"store.db", "keys.db", "usage.db", "questions.db", "inbox.db", "calibration.json"}
    kept |= {"FOLLOWS", "SHARED"}  # a mirror stays one, and a copy
    assert set(recipe[1].split()) == _names(IndexLayout) - kept

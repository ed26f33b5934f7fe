"""When there is something to publish, though nobody has edited."""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.errors import InvalidSetting
from semsearch.core.progress import Silent
from semsearch.index.ann.engine import AUTO, FLAT
from semsearch.index.manifest import read_manifest
from semsearch.ingest.publish import publish_edits
from semsearch.storage.files.layout import IndexLayout


def test_an_engine_that_was_chosen_by_hand_can_be_automatic_again(index: Path) -> None:
    """Also if it is the one that a small index has anyway; asked for twice, nothing is to do."""
    layout = IndexLayout(index)
    assert read_manifest(layout)[0].engine.is_automatic
    for engine in (FLAT, AUTO):
        assert publish_edits(layout, Silent(), engine)
        found = read_manifest(layout)[0].engine
        assert (found.name, found.is_automatic) == (FLAT, engine == AUTO)
        assert not publish_edits(layout, Silent(), engine)
        assert not publish_edits(layout, Silent())
    with pytest.raises(InvalidSetting, match="no engine 'annoy'"):
        publish_edits(layout, Silent(), "annoy")

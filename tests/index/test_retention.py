"""What an index folder no longer needs is removed, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from semsearch.core.temporary_folders import make_temporary_folder
from semsearch.index.retention import remove_generations, remove_models, remove_unfinished
from semsearch.storage.files.layout import IndexLayout


@pytest.fixture
def layout(tmp_path: Path) -> IndexLayout:
    """Give three generations, each of an encoder of its own; the last one has a reranker."""
    found = IndexLayout(tmp_path / "index")
    for number in (1, 2, 3):
        generation = found.generation(number)
        generation.root.mkdir(parents=True)
        stated = {
            "fingerprint": f"encoder-{number}",
            "reranker": {"fingerprint": "reranker-3"} if number == 3 else None,
        }
        generation.manifest.write_text(json.dumps(stated))
        (found.encoder(f"encoder-{number}")).mkdir(parents=True)
    for name in ("reranker-3", "reranker-old"):
        found.reranker(name).mkdir(parents=True)
    return found


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_generations_that_are_not_kept_go(layout: IndexLayout) -> None:
    """Unfinished ones go only by their own name: what does not begin with a digit stays."""
    (layout.generations / "new-4").mkdir()
    remove_generations(layout, keep=[2, 3])
    assert _names(layout.generations) == {"000002", "000003", "new-4"}
    remove_generations(layout, keep=[2, 3])
    assert _names(layout.generations) == {"000002", "000003", "new-4"}


def test_what_a_killed_build_left_goes(layout: IndexLayout) -> None:
    """Incomplete folders are removed, with their files; complete ones stay."""
    left = make_temporary_folder(layout.generations)
    (left / "vectors.f32").write_bytes(b"half")
    remove_unfinished(layout)
    assert _names(layout.generations) == {"000001", "000002", "000003"}


def test_models_of_kept_generations_stay(layout: IndexLayout) -> None:
    """The reranker of a generation as well."""
    remove_models(layout, keep=[2, 3])
    assert _names(layout.encoders) == {"encoder-2", "encoder-3"}
    assert _names(layout.rerankers) == {"reranker-3"}


@pytest.mark.parametrize("content", [None, "no JSON", "{}"])
def test_a_generation_that_cannot_be_read_needs_no_model(
    layout: IndexLayout, content: str | None
) -> None:
    """It does not keep others from being removed."""
    manifest = layout.generation(2).manifest
    if content is None:
        manifest.unlink()
    else:
        manifest.write_text(content)
    remove_models(layout, keep=[2, 3])
    assert _names(layout.encoders) == {"encoder-3"}

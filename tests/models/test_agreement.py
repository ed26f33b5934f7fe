"""Which copy of an encoder an index uses is decided on its own texts."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.progress import Silent
from semsearch.models.encoders.agreement import compare_cached
from semsearch.models.encoders.onnx import Agreement, EncoderExport
from tests.conftest import ENTRIES

TEXTS = [entry.definition for entry in ENTRIES]


@pytest.fixture
def export(seed_index: Path, tmp_path: Path) -> tuple[EncoderExport, Path]:
    """Give a copy of a real export, as if it came from the cache."""
    folder = Path(shutil.copytree(next(seed_index.glob("encoders/*")), tmp_path / "encoder"))
    found = EncoderExport.load(folder)
    assert found
    return found, folder


@pytest.mark.model
def test_a_cached_export_is_compared_on_the_texts_of_the_index(
    export: tuple[EncoderExport, Path],
) -> None:
    """The choice that was made on other texts is replaced, and what is known of fp32 stays."""
    before, folder = export
    wrong = replace(before, precision="fp32", entries="reference")
    found = compare_cached(wrong, folder, TEXTS, Silent())
    assert found
    assert (found.precision, found.entries) == ("int8", "int8")
    assert found.agreement["fp32"] == before.agreement["fp32"]
    assert EncoderExport.load(folder) == found


@pytest.mark.model
def test_without_an_exact_copy_the_encoder_is_exported_anew(
    export: tuple[EncoderExport, Path],
) -> None:
    """Nothing else can stand for the original."""
    before, folder = export
    poor = replace(before, agreement={"fp32": Agreement(cosine=0.99, top10=0.97)})
    assert compare_cached(poor, folder, TEXTS, Silent()) is None
    assert compare_cached(replace(before, agreement={}), folder, TEXTS, Silent()) is None


class _CountedTexts:
    """A progress that keeps what it is told."""

    def __init__(self) -> None:
        self.step, self.total, self.done = "", 0, 0

    def start(self, step: str, total: int) -> None:
        """Keep the step."""
        self.step, self.total = step, total

    def advance(self, parts: int) -> None:
        """Count the parts."""
        self.done += parts


@pytest.mark.model
def test_comparing_reports_how_many_texts_are_embedded(export: tuple[EncoderExport, Path]) -> None:
    """Each text as question and as entry, by three encoders; a bar can tell how long it takes."""
    before, folder = export
    progress = _CountedTexts()
    assert compare_cached(before, folder, TEXTS, progress)
    assert progress.step == "comparing the copies of the encoder"
    assert progress.done == progress.total == 2 * 3 * len(TEXTS)

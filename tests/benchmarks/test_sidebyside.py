"""The side-by-side table pairs the same questions, glossary by glossary."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.quality.glossaries import folder_of
from benchmarks.quality.sidebyside import Cell, RankedVariant, lines, show
from tests.quality.evaluation.support import outcome


def _contender(title: str, ranks: tuple[int | None, ...], *, refuses: bool) -> RankedVariant:
    found = [outcome(rank, query=str(i), glossary="bakery") for i, rank in enumerate(ranks)]
    found.append(outcome(2, query="hull", glossary="harbour"))
    found.append(outcome(kind="far", query="x", glossary="harbour", is_refused=refuses))
    return RankedVariant(title, found)


OWN = _contender("own", (1, 1, 1, 1, 1, 1, 1), refuses=True)
BASE = _contender("base", (1, 2, 2, 2, 2, 2, None), refuses=False)


def test_each_glossary_all_and_the_mean_have_a_line_for_each_contender() -> None:
    """Differences are tested against the first; six of six the same way are p = 2 / 2^6."""
    found = list(lines([OWN, BASE]))
    assert [(line.glossary, line.questions, line.title) for line in found] == [
        ("bakery", 7, "own"),
        ("bakery", 7, "base"),
        ("harbour", 1, "own"),
        ("harbour", 1, "base"),
        ("all questions", 8, "own"),
        ("all questions", 8, "base"),
        ("mean of glossaries", 8, "own"),
        ("mean of glossaries", 8, "base"),
    ]
    assert found[0].cells["acc@1"] == Cell(1, None)
    assert found[1].cells["acc@1"].value == pytest.approx(1 / 7)
    assert found[1].cells["acc@1"].p == pytest.approx(2 / 2**6)
    assert "refused" not in found[0].cells
    assert found[2].cells["refused"] == Cell(1, None)
    assert found[3].cells["refused"] == Cell(0, 1)
    assert found[6].cells["acc@1"].value == pytest.approx((1 + 0) / 2)
    assert found[7].cells["acc@1"].value == pytest.approx((1 / 7 + 0) / 2)


def test_the_table_names_each_glossary_once(capsys: pytest.CaptureFixture[str]) -> None:
    """A glossary comes with the number of its answerable questions."""
    show([OWN, BASE])
    shown = capsys.readouterr().out.splitlines()
    assert shown[2].split() == ["bakery", "7"]
    assert shown[3].split() == ["own", "1.00", "1.00", "1.00", "-"]
    assert shown[4].split() == ["base", ".14", ".031", ".86", "1.000", ".50", ".031", "-"]
    assert [line.split()[0] for line in shown if line and line[0] != " "] == [
        "Side", "bakery", "harbour", "all", "mean"
    ]  # fmt: skip


def test_every_encoder_has_its_own_folder() -> None:
    """The default's is the one that is named."""
    folder = Path("build/quality")
    assert folder_of(folder, "default") == folder_of(folder, "semsearch-definitions-v4") == folder
    assert folder_of(folder, "base") == Path("build/quality-base")
    assert folder_of(folder, "./models/my Model") == Path("build/quality-models-my-model")

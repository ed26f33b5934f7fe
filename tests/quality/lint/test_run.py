"""A run of lint as a whole: order, indexes, encoders, and what cannot be read.

Covers `quality/lint/context`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import semsearch
from semsearch.core.errors import EncoderMismatch, ImportFailed, IndexMissing
from semsearch.ingest.corpus_build import build
from semsearch.models.encoders.hashed import HashedEncoder
from semsearch.quality.lint import RULES, LintConfig, lint
from tests.conftest import CORPUS
from tests.quality.lint.support import table


class Steps:
    """A progress that remembers how many parts each step had."""

    def __init__(self) -> None:
        self.steps: dict[str, int] = {}

    def start(self, step: str, total: int) -> None:
        """Remember a step."""
        self.steps[step] = total

    def advance(self, parts: int) -> None:
        """Do nothing."""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Give a folder of two glossaries with a stub each."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "bread.csv").write_text(table("Crumb,The inside of a loaf.", "Leaven,Sourdough"))
    (folder / "cake.csv").write_text(table("Icing,Frosting", "Icing,TODO"))
    return folder


def test_findings_stand_in_the_order_of_files_and_lines(corpus: Path) -> None:
    """Whichever rule found them, and in the order in which the files were named."""
    paths = [corpus / "cake.csv", corpus / "bread.csv"]
    report = semsearch.lint(paths, model="hashed")
    assert [(one.rule, str(one.source)) for one in report.findings] == [
        ("empty-definition", f"{paths[0]}:2"),
        ("refused-record", f"{paths[0]}:3"),
        ("empty-definition", f"{paths[1]}:3"),
    ]
    assert (report.entries, report.files, len(report.rules)) == (3, 2, len(RULES))


def test_nothing_is_embedded_without_a_rule_that_goes_by_meaning(corpus: Path) -> None:
    """Such a run needs no encoder."""
    steps = Steps()
    config = LintConfig().only(["empty-definition"])
    report = lint([corpus], model="no/such-model", config=config, progress=steps)
    assert len(report.findings) == 2
    assert set(steps.steps) == {"reading"}


def test_an_index_spares_embedding_what_it_has(corpus: Path, tmp_path: Path) -> None:
    """Only new texts are embedded, findings are the same, and the index is as it was."""
    index = tmp_path / "index"
    build([corpus], index, model="hashed")
    before = {path: path.read_bytes() for path in sorted(index.rglob("*")) if path.is_file()}
    steps = Steps()
    again = lint([corpus], index=index, progress=steps)
    assert "embedding" not in steps.steps
    assert again == lint([corpus], model="hashed")
    (corpus / "tools.csv").write_text(table("Peel,A long shovel for loaves."))
    more = lint([corpus], index=index, model="hashed", progress=steps)
    assert steps.steps["embedding"] == 2  # its definition and its name
    assert more.entries == again.entries + 1
    assert {path: path.read_bytes() for path in before} == before


def test_an_index_of_another_encoder_is_refused(corpus: Path, tmp_path: Path) -> None:
    """A missing index is refused too."""
    with pytest.raises(IndexMissing):
        lint([corpus], index=tmp_path / "nothing")
    build([corpus], tmp_path / "index", model="hashed")
    with pytest.raises(EncoderMismatch, match="built with hashed, not base; name one of the two"):
        lint([corpus], index=tmp_path / "index", model="base")


def test_what_cannot_be_read_stops_the_run(tmp_path: Path) -> None:
    """A file that is not there, and one without an entry."""
    with pytest.raises(ImportFailed, match="no such file"):
        lint([tmp_path / "nothing.csv"])
    (tmp_path / "empty.csv").write_text(table("Leaven,TODO"))
    with pytest.raises(ImportFailed, match="no entry was found"):
        lint([tmp_path / "empty.csv"])


def test_one_entry_is_enough(tmp_path: Path) -> None:
    """There is nothing to compare it with, and it finds itself."""
    (tmp_path / "one.csv").write_text(table("Leaven,A piece of fermented dough."))
    assert lint([tmp_path / "one.csv"], model="hashed").findings == ()


def test_odd_text_breaks_nothing(tmp_path: Path) -> None:
    """Scripts without blanks, marks alone, one huge word, a page of lines."""
    rows = [
        "パン種,生地を膨らませる発酵した生地。",
        "+,&",
        f"Huge,{'x' * 19_000}",
        f"Lines,{'- a list ' * 2000}",
        "\U0001d543eaven,\U0001d543eaven \U0001d543eaven",
    ]
    (tmp_path / "odd.csv").write_text(table(*rows))
    report = lint([tmp_path / "odd.csv"], model="hashed")
    assert report.entries == 5
    assert {one.entry for one in report.findings} >= {"odd:plus"}


@pytest.mark.process
def test_the_graph_finds_near_duplicates_too(tmp_path: Path) -> None:
    """Above 10,000 entries, where an engine searches that compares only some."""
    rows = [f"Board {n},Board for {HashedEncoder().dim * n * 7919} jars." for n in range(10_001)]
    rows.insert(5_000, "Leaven,A piece of fermented dough that makes new dough rise slowly.")
    rows.insert(9_000, "Starter,A piece of fermented dough which makes new dough rise slowly.")
    (tmp_path / "large.csv").write_text(table(*rows))
    config = LintConfig().only(["near-duplicate"])
    subjects = [
        one.subject
        for one in lint([tmp_path / "large.csv"], model="hashed", config=config).findings
    ]
    assert "Starter" in subjects


@pytest.mark.model
def test_the_seed_is_clean(seed_index: Path) -> None:
    """Lint uses the vectors of the seed's index and embeds nothing."""
    steps = Steps()
    report = lint([CORPUS], index=seed_index, progress=steps)
    assert (report.findings, report.entries) == ((), 20)
    assert "embedding" not in steps.steps

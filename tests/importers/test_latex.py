"""LaTeX: signs and references."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from semsearch.importers import read_corpus
from semsearch.importers.records import Record
from semsearch.importers.records_to_entries import MAX_DEFINITION
from tests.importers.support import read


def test_signs_of_latex_are_shown(tmp_path: Path) -> None:
    """Commands without an argument stand for a sign, with braces behind them or without."""
    file = tmp_path / "a.tex"
    file.write_text(
        r"\newglossaryentry{a}{name={a}, description={x \textless{} y\textgreater z,"
        r" \textasciitilde{}b C:\textbackslash{}D, $a\textless b$, wei\ss{} \ldots{} end}}"
    )
    [entry] = read_corpus([file]).entries
    assert entry.definition == r"x < y>z, ~b C:\D, $a\textless b$, weiß … end"


@pytest.mark.parametrize("size", [40_000, 190])
def test_references_do_not_multiply_a_text(tmp_path: Path, size: int) -> None:
    """No name that no entry may have is shown, and no more names than fit into a definition."""
    references = r"\gls{a}" * 9000
    (tmp_path / "a.tex").write_text(
        rf"\newglossaryentry{{a}}{{name={{{'x' * size}}}, description={{A text.}}}}"
        rf"\newglossaryentry{{b}}{{name=b, description={{{references}}}}}"
    )
    start = time.process_time()
    _, record = read(tmp_path / "a.tex")
    assert time.process_time() - start < 2
    assert isinstance(record, Record)
    assert 9000 <= len(record.definition) <= MAX_DEFINITION + 9000

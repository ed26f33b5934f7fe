"""Long definition lists of reStructuredText.

Covers `importers/sphinx/reader`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed
from semsearch.importers import read_corpus
from tests.cpu_time import cpu_time_at_most


@pytest.mark.process
def test_items_without_blank_lines_are_read(tmp_path: Path) -> None:
    """Above the limit of lines; numbers of lines stay those of the file, labels go."""
    items = "".join(f"part {n}\n   **Definition:** The part *{n}*.\n" for n in range(2_000))
    file = tmp_path / "a.rst"
    file.write_text(f"Parts\n=====\n\n.. glossary::\n\n   Term\n     What is read.\n\n{items}")
    with cpu_time_at_most(6):
        corpus = read_corpus([file])
    found = [(e.term, e.definition, e.source and e.source.line) for e in corpus.entries]
    assert found[0] == ("Term", "What is read.", 6)
    assert found[1:] == [(f"part {n}", f"The part {n}.", 9 + 2 * n) for n in range(2_000)]
    assert corpus.entries[1].details.markdown == "The part *0*."


def test_long_blocks_that_are_no_lists_are_refused(tmp_path: Path) -> None:
    """Such as a paragraph, or a definition of many lines."""
    for text in ("a\n" * 1_100, "a\n" + " b *c\n" * 1_100, "a\n b\n" + "c\n" * 1_100):
        (tmp_path / "a.rst").write_text(text)
        with pytest.raises(ImportFailed, match="more than 1,000 lines without a blank one"):
            read_corpus([tmp_path / "a.rst"])


@pytest.mark.process
def test_open_markup_in_long_lists_takes_linear_time(tmp_path: Path) -> None:
    """Each item ends what an earlier one opens."""
    (tmp_path / "a.rst").write_text("a *b `c |d\n  e _`f **g\n" * 7_000)
    with cpu_time_at_most(10):
        read_corpus([tmp_path / "a.rst"])


def test_a_few_lists_beside_a_directive_are_text(tmp_path: Path) -> None:
    """The directive holds the glossary."""
    terms = "".join(f"   word {n}\n     Text {n}.\n\n" for n in range(3))
    (tmp_path / "a.rst").write_text(f".. glossary::\n\n{terms}\noption\n   Other.\n")
    corpus = read_corpus([tmp_path / "a.rst"])
    assert [entry.term for entry in corpus.entries] == ["word 0", "word 1", "word 2"]

"""Which entries have the words of a question in a name, and how much of the name that is.

Covers `index/name_shares`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from semsearch.core.entries import Entry
from semsearch.core.positions import PositionFilter
from semsearch.index.files.name_stems import NameStems, NameStemsWriter, numbers_of
from semsearch.index.files.name_words import MAX_HOLDERS, NameWords, write_name_words
from semsearch.index.name_shares import name_shares
from semsearch.index.segments.multi import MultiNameStems
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.text.names import names_of
from tests.conftest import entry
from tests.cpu_time import cpu_time_at_most

FIRST = (
    entry("kube-scheduler", "x", aliases=("Default scheduler of pods",)),
    entry("kube-proxy", "x"),
    entry("Scheduler", "x"),
    entry("Memory", "x"),
)
LATER = (entry("Long memory", "x"), entry("Short memory scheduler", "x"))


def _stems(folder: Path, entries: Sequence[Entry]) -> NameStems:
    folder.mkdir()
    writer = NameStemsWriter()
    for one in entries:
        writer.add(one, names_of(one))
    writer.write(GenerationLayout(folder))
    return NameStems(GenerationLayout(folder))


@pytest.fixture
def name_stems(tmp_path: Path) -> MultiNameStems:
    """Give the names of two name_stems; the last entry of the first is hidden."""
    parts = [_stems(tmp_path / "first", FIRST), _stems(tmp_path / "later", LATER)]
    return MultiNameStems(parts, [len(FIRST), len(LATER)], np.array([3]))


EVERYTHING = PositionFilter.of([range(4), range(4, 6)], [3])


@pytest.mark.parametrize(
    ("question", "positions"),
    [
        ("scheduler", [0, 2, 5]),
        ("schedulers", [0, 2, 5]),
        ("scheduler memory", [5]),
        ("memory", [4, 5]),
        ("default kube", []),
        ("pod scheduler", [0]),
        ("unheard", []),
        ("", []),
    ],
)
def test_all_words_must_be_in_one_name(
    name_stems: MultiNameStems, question: str, positions: list[int]
) -> None:
    """Every segment, inflection and order matches; hidden entries do not."""
    assert sorted(name_shares(name_stems, question, EVERYTHING)) == positions


def test_what_is_said_counts_by_how_rare_it_is(name_stems: MultiNameStems) -> None:
    """A whole name is said fully; beside a common word the rare one is most of it."""
    shares = name_shares(name_stems, "scheduler", EVERYTHING)
    assert shares[2] == pytest.approx(1)
    assert 0 < shares[5] < shares[0] < 1
    assert name_shares(name_stems, "proxy", EVERYTHING)[1] > shares[0]


def test_only_the_entries_of_a_filter_are_found(name_stems: MultiNameStems) -> None:
    """The search is limited to a range of each segment, or to some positions."""
    assert list(
        name_shares(name_stems, "scheduler", PositionFilter.of([range(1), range(4, 4)]))
    ) == [0]
    some = EVERYTHING.in_language(["de"], np.array([2, 4]))
    assert list(name_shares(name_stems, "scheduler", some)) == [2]


def test_a_word_is_counted_once_an_entry(tmp_path: Path) -> None:
    """However many of its names have it."""
    stems = _stems(tmp_path / "one", FIRST)
    assert stems.words.uses(numbers_of("scheduler kube proxy unheard")).tolist() == [2, 2, 1, 0]


def test_an_index_without_names_has_none(tmp_path: Path) -> None:
    """Empty files are no names."""
    stems = _stems(tmp_path / "none", ())
    assert stems.words.uses(numbers_of("scheduler")).tolist() == [0]
    assert stems.words.holders(numbers_of("scheduler"), range(9)).tolist() == []


@pytest.mark.process
def test_a_million_names_are_looked_up_in_milliseconds(tmp_path: Path) -> None:
    """What too many have is not looked at, and writing all of them takes seconds."""
    files = GenerationLayout(tmp_path)
    rng = np.random.default_rng(2)
    positions = np.repeat(np.arange(1_000_000, dtype=np.int32), 3)
    numbers = (rng.zipf(1.3, len(positions)) % 200_000 + 1).astype(np.int64)
    with cpu_time_at_most(20):
        write_name_words(files, numbers, positions)
    words = NameWords(files)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 5 * len(positions)
    assert words.uses(np.array([2]))[0] > MAX_HOLDERS
    words.holders(np.array([2, 3]), range(1_000_000))
    with cpu_time_at_most(1):
        for number in range(3, 103):
            words.holders(np.array([2, number]), range(1_000_000))

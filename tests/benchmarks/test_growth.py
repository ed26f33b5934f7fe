"""Corpora of any size, and what is measured of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.speed import dictionaries, growth, services, stages
from benchmarks.speed.dictionaries import Definition
from semsearch.search.glossary import Glossary

ASKED = ["what makes dough rise", "crumb", "a heavy pot", "where are jars kept"] * 5


REAL = [
    Definition("leaven", "one two three four five six"),
    Definition("crumb", "seven eight nine ten eleven twelve"),
    Definition("hull", "too short"),
]


def test_variations_are_halves_of_two_definitions() -> None:
    """Short definitions are not varied, no text comes twice, and variations end."""
    assert list(dictionaries.variations(REAL)) == [
        Definition("leaven crumb", "one two three ten eleven twelve"),
        Definition("crumb leaven", "seven eight nine four five six"),
    ]


def test_a_smaller_corpus_begins_a_larger_one(tmp_path: Path) -> None:
    """It is written whole or not at all, once, with an id for each entry."""
    small, large, larger = (tmp_path / str(n) for n in (2, 3, 4))
    dictionaries.write(iter(REAL), 2, small)
    dictionaries.write(iter(REAL), 3, large)
    (lines,), (more,) = (list(folder.glob("*.jsonl")) for folder in (small, large))
    assert more.read_text().startswith(lines.read_text())
    assert json.loads(lines.read_text().splitlines()[1]) == {
        "id": "e1",
        "term": "crumb",
        "definition": "seven eight nine ten eleven twelve",
        "aliases": [],
    }
    with pytest.raises(dictionaries.TooFewDefinitions, match="3 entries can be made, not 4"):
        dictionaries.write(iter(REAL), 4, larger)
    assert not larger.exists()
    dictionaries.write(iter([]), 2, small)  # it is there


def test_synsets_come_in_an_order_of_chance(tmp_path: Path) -> None:
    """All parts of speech, without examples and markers, always in the same order."""
    line = '0000174{} 03 {} 02 {} 0 galore(ip) 0 000 | a {} of bread; "an example"  \n'
    for at, part in enumerate(("noun", "verb", "adj", "adv")):
        (tmp_path / f"data.{part}").write_text(line.format(at, part[0], f"big_{part}", part))
    found = dictionaries.wordnet(tmp_path)
    assert sorted(one.term for one in found) == ["big adj", "big adv", "big noun", "big verb"]
    assert found == dictionaries.wordnet(tmp_path)
    assert all(one.aliases == ("galore",) for one in found)
    assert {one.text for one in found} == {
        f"a {p} of bread" for p in ("noun", "verb", "adj", "adv")
    }


def test_exact_search_has_full_recall(glossary: Glossary) -> None:
    """The recall of exact search is 1, also with fewer than ten entries."""
    assert stages.recall(glossary, ASKED) == 1.0


def test_asking_and_encoding_are_timed(glossary: Glossary) -> None:
    """One time for each question, in milliseconds."""
    found = stages.times(glossary, ASKED[:3], ASKED[3:6])
    assert [len(found["ask"]), len(found["encode"])] == [3, 3]
    assert all(0 < ms < 1000 for times in found.values() for ms in times)


@pytest.mark.process
def test_a_size_is_built_once_and_measured(tmp_path: Path) -> None:
    """A second run takes what the first one built, and an index of another size is refused."""
    corpus, index = tmp_path / "corpus-3", tmp_path / "hashed/3"
    dictionaries.write(iter(REAL), 3, corpus)
    size = growth.prepare(3, corpus, index, "hashed")
    assert growth.build(corpus, index, "hashed") == size.built
    assert (size.recall, size.info["entries"], size.built.was_resumed) == (1.0, 3, False)
    assert size.built.seconds > 0.1
    growth.measure([size], lambda _: index, 2)
    assert len(size.whole_ms) == len(size.search_ms) == 2
    assert 0 < size.whole < 1000
    assert 20 < size.resident_mb < 1000
    assert list(growth.bars([size])) == []
    with pytest.raises(services.ServiceFailed, match="holds 3 entries, not 4"):
        growth.prepare(4, corpus, index, "hashed")
    (index / "CURRENT").unlink()
    with pytest.raises(services.ServiceFailed, match=r"remove .*3 and .*3.json to build it anew"):
        growth.prepare(3, corpus, index, "hashed")


def test_growth_is_judged_where_it_was_measured() -> None:
    """A bar for what there is, and ratios where both sides are there."""

    def size(entries: int, ms: float) -> growth.Size:
        built = growth.Built(seconds=1, peak_mb=1, was_resumed=False)
        found = growth.Size(entries=entries, built=built, disk_mb=1, info={}, recall=0.975)
        found.whole_ms, found.search_ms = [ms + 2], [ms]
        found.resident_mb = 100 + entries / 1000
        return found

    sizes = [size(20, 0.5), size(10_000, 0.6), size(117_659, 0.9), size(1_000_000, 3.0)]
    judged = {bar.name: (round(bar.reached, 3), bar.is_met) for bar in growth.bars(sizes)}
    assert judged == {
        "117,659 entries: search stage, median": (0.9, True),
        "117,659 entries: recall@10": (0.975, False),
        "1,000,000 entries: recall@10": (0.975, True),
        "1,000,000 entries: start to first answer": (0.0, True),
        "1,000,000 entries: resident memory": (1100.0, True),
        "1,000,000 entries: whole question, against 20": (2.0, True),
        "1,000,000 entries: search stage, against 10,000": (5.0, False),
    }
    assert len(list(growth.bars(sizes[-1:]))) == 3
    assert growth.bytes_per_entry(sizes[-1], sizes[0]) == pytest.approx(1000)

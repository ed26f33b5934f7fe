"""Phrases beside a glossary, in a file of their own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed
from semsearch.importers import read_corpus
from semsearch.importers.records_to_entries import MAX_PHRASES
from tests.conftest import CORPUS

GLOSSARY = (
    "# Kitchen\n\n## Whisk\n\nAliases: beater\n\nBeats air into cream.\n\n## Pan\n\nIt fries.\n"
)


@pytest.fixture
def kitchen(tmp_path: Path) -> Path:
    """Give a glossary of somebody else."""
    file = tmp_path / "kitchen.md"
    file.write_text(GLOSSARY)
    return file


def beside(file: Path, *lines: object) -> Path:
    """Write a file of phrases beside a glossary."""
    made = file.with_suffix(".asked.jsonl")
    made.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines))
    return made


def asked(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the phrases of all entries, by id."""
    return {entry.id: entry.details.asked_as for entry in read_corpus([path]).entries}


def test_phrases_are_read_beside_the_file_they_are_for(kitchen: Path) -> None:
    """Phrases name an entry by term, alias or id; equal ones count once; definitions stay."""
    beside(
        kitchen,
        {"term": "whisk", "asked_as": ["what makes cream stiff?", "What makes cream stiff"]},
        {"term": "Beater", "asked": "wire thing for eggs"},
        "",
        {"id": "kitchen:pan", "asked": ["what do I fry in?"]},
        {"id": "pan", "asked_as": "flat, with a handle"},
    )
    assert asked(kitchen) == {
        "kitchen:whisk": ("what makes cream stiff?", "wire thing for eggs"),
        "kitchen:pan": ("what do I fry in?", "flat, with a handle"),
    }
    assert read_corpus([kitchen]).entries[0].definition == "Beats air into cream."


def test_a_folder_is_read_with_its_files_of_phrases(kitchen: Path) -> None:
    """Each belongs to the glossary that its name or its folder gives, and makes none."""
    beside(kitchen, {"term": "Pan", "asked": "what do I fry in?"})
    garden = kitchen.parent / "garden"
    garden.mkdir()
    (garden / "tools.md").write_text("# Tools\n\n## Rake\n\nIt gathers leaves.\n")
    (garden / "any.asked.jsonl").write_text('{"term": "Rake", "asked": "leaves off the lawn"}')
    (kitchen.parent / "garden.asked.jsonl").write_text('{"term": "Rake", "asked": "tidy up"}')
    assert asked(kitchen.parent) == {
        "garden:rake": ("leaves off the lawn", "tidy up"),
        "kitchen:whisk": (),
        "kitchen:pan": ("what do I fry in?",),
    }
    (alone,) = read_corpus([f"garden={garden}"]).entries
    assert alone.details.asked_as == ("leaves off the lawn", "tidy up")


def test_what_cannot_be_taken_is_told_with_its_place(kitchen: Path) -> None:
    """The other lines, and the other phrases of a line, are taken."""
    file = beside(
        kitchen,
        {"term": "Spoon", "asked": "soup"},
        {"id": "spoon", "asked": "soup"},
        {"asked": "soup"},
        {"term": "Pan"},
        "no json",
        {"term": "Pan", "asked": ["x" * 301, "flat"]},
        {"term": "Whisk", "asked": [f"number {i}" for i in range(MAX_PHRASES + 2)]},
    )
    corpus = read_corpus([kitchen])
    assert [str(one).removeprefix(f"{file}:") for one in corpus.refusals] == [
        "1: no entry of 'kitchen' is called 'Spoon'; write its term, or its id",
        "2: no entry of 'kitchen' has the id 'spoon'",
        "3: neither a term nor an id says which entry the phrases are for",
        '4: no phrase; a line reads {"term": "Dropout", "asked_as": ["what stops a network from memorising?"]}',
        "5: not valid JSON: a value is missing at column 1",
        f"6: a phrase by which 'Pan' is asked for is longer than 300 characters: '{'x' * 57}...'; shorten it",
        "7: 'Whisk' has 64 phrases already, no more are possible, so 2 of this line are left out",
    ]
    counts = {entry.term: len(entry.details.asked_as) for entry in corpus.entries}
    assert counts == {"Whisk": MAX_PHRASES, "Pan": 1}


def test_a_term_of_two_entries_is_named_by_its_id(tmp_path: Path) -> None:
    """Which of them is meant nobody can know."""
    file = tmp_path / "bank.md"
    file.write_text("# B\n\n## Bank\n\nIt keeps money.\n\n## Bank\n\nThe side of a river.\n")
    beside(file, {"term": "Bank", "asked": "water"}, {"id": "bank-2", "asked": "water"})
    corpus = read_corpus([file])
    assert [refused.reason for refused in corpus.refusals] == [
        "2 entries of 'bank' are called 'Bank'; name one by its id"
    ]
    assert [entry.details.asked_as for entry in corpus.entries] == [(), ("water",)]


def test_a_file_of_phrases_is_no_glossary(kitchen: Path) -> None:
    """Who names it is told what to name."""
    file = beside(kitchen, {"term": "Pan", "asked": "fry"})
    with pytest.raises(
        ImportFailed, match=r"is not a glossary itself; name the glossary, kitchen\.\*"
    ):
        read_corpus([file])


def test_the_seed_ships_with_phrases() -> None:
    """Eight for each of its twenty terms, of which none is refused."""
    corpus = read_corpus([CORPUS])
    assert corpus.refusals == ()
    assert [len(entry.details.asked_as) for entry in corpus.entries] == [8] * 20

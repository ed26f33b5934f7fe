"""Redirects become names, placeholders are no definitions, and every record is accounted for.

Covers `importers/report`, `importers/placeholders`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from semsearch.core.entries import Details, Source
from semsearch.core.errors import InvalidSetting
from semsearch.importers import Record, Redirect, read_corpus
from semsearch.importers.records import Item
from semsearch.importers.records_to_entries import make_entries
from semsearch.importers.report import RecordOutcome, record_results, write_report


def record(term: str, definition: str = "Text.", line: int = 1, **parts: str) -> Record:
    """Make a record of file `f`."""
    return Record(term, definition, Source("f", line), **parts)  # type: ignore[arg-type]


def outcome(*items: Item) -> tuple[dict[str, tuple[str, ...]], list[str], list[str]]:
    """Give the aliases of each entry, what was merged, and what was refused."""
    made = make_entries(items, "g")
    return (
        {entry.id: entry.aliases for entry in made.entries},
        [str(merged) for merged in made.merged],
        [str(refusal) for refusal in made.refusals],
    )


def test_a_redirect_is_another_name() -> None:
    """By name, alias, id or key, also over several hops; in a ring or to nothing it is refused."""
    items = (
        record("Neural network", line=1, id="nn", key="http://x/nn"),
        Redirect("ANN", "neural network", Source("f", 2)),
        Redirect("Net", "nn", Source("f", 3)),
        Redirect("Netz", "http://x/nn", Source("f", 4)),
        Redirect("Nets", "Net", Source("f", 5)),
        Redirect("Ring", "Round", Source("f", 6)),
        Redirect("Round", "Ring", Source("f", 7)),
        Redirect("Neural network", "nn", Source("f", 8)),
        Redirect(" ", "nn", Source("f", 9)),
    )
    assert outcome(*items) == (
        {"g:nn": ("ANN", "Net", "Netz", "Nets")},
        [
            "f:2: 'ANN' is another name of g:nn",
            "f:3: 'Net' is another name of g:nn",
            "f:4: 'Netz' is another name of g:nn",
            "f:5: 'Nets' is another name of g:nn",
            "f:8: 'Neural network' is another name of g:nn",
        ],
        [
            "f:6: 'Ring' only leads to 'Round', which leads back to it",
            "f:7: 'Round' only leads to 'Ring', which leads back to it",
            "f:9: a reference to 'nn' has no name",
        ],
    )


def test_a_definition_that_only_says_where_to_look_is_a_redirect() -> None:
    """If there is such an entry, and none of its own name; else it is kept as it is."""
    items = (
        record("Peel", "A shovel."),
        record("Shovel", "See Peel.", 2),
        record("Spade", "See: shovel", 3),
        record("Lid", "See Cover.", 4),
        record("peel", "See Peel.", 5),
        record("Hook", "See what hangs there: it is bent.", 6),
    )
    assert outcome(*items)[:2] == (
        {"g:peel": ("Shovel", "Spade"), "g:lid": (), "g:peel-2": (), "g:hook": ()},
        ["f:2: 'Shovel' is another name of g:peel", "f:3: 'Spade' is another name of g:peel"],
    )


@pytest.mark.parametrize(
    "text",
    [
        *(
            "(see truck)",
            "[See *truck*]",
            "→ truck",
            "-> truck.",
            "see under: truck",
            "Same as “truck”.",
        ),
        *(
            "Abbreviation of truck",
            "Short for truck.",
            "siehe truck",
            "s. truck",
            "Alternative spelling of truck",
        ),
    ],
)
def test_forms_of_a_reference(text: str) -> None:
    """Brackets, arrows and words, also of other languages."""
    assert outcome(record("truck", "A car."), record("lorry", text))[0] == {"g:truck": ("lorry",)}


def test_references_in_a_ring_are_refused() -> None:
    """No term of the ring has a definition."""
    items = (record("A", "See B."), record("B", "See A.", 2), record("C", "Text."))
    assert outcome(*items) == (
        {"g:c": ()},
        [],
        [
            "f:1: 'A' only leads to 'B', which leads back to it",
            "f:2: 'B' only leads to 'A', which leads back to it",
        ],
    )


def test_the_end_of_references_is_named() -> None:
    """A ring is told from what only leads to one, and both from a term that is missing."""
    items = [record("A", "See B."), record("B", "See C.", 2), record("C", "See B.", 3)]
    assert outcome(*items)[2] == [
        "f:1: 'A' only leads to 'B', which leads into a ring of references",
        "f:2: 'B' only leads to 'C', which leads back to it",
        "f:3: 'C' only leads to 'B', which leads back to it",
    ]
    chain = [record(f"T{n}", f"See T{n + 1}.", n) for n in range(1, 20)]
    assert outcome(*chain, record("T20", "Text.", 20))[2][0] == (
        "f:1: 'T1' only leads to 'T2', and an entry is more than 16 such steps away, if there is one"
    )
    redirects = [Redirect("A", "B", Source("f", 1)), Redirect("B", "C", Source("f", 2))]
    assert outcome(record("D", "Text."), *redirects)[2] == [
        "f:1: 'A' only leads to 'B', and that to 'C', which is no entry",
        "f:2: 'B' only leads to 'C', which is no entry",
    ]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (["leaven; starter"], {"g:leaven": ("starter",)}),
        (["leaven; starter", "starter"], {"g:leaven-starter": (), "g:starter": ()}),
        (["yes, no", "salt, pepper"], {"g:yes-no": (), "g:salt-pepper": ()}),
        (["Input / output", "TCP / IP"], {"g:input-output": (), "g:tcp-ip": ()}),
        (["A; B,two", "the &nbsp; entity"], {"g:a-b-two": (), "g:the-and-nbsp-entity": ()}),
        (["oven; stove; range"], {"g:oven": ("stove", "range")}),
        (["client/server"], {"g:client-server": ()}),
        (["learning rate, adaptive"], {"g:learning-rate-adaptive": ()}),
        (["bias, inductive"], {"g:bias-inductive": ()}),
        (["Boole, George"], {"g:boole-george": ()}),
        (["tea, green", "tea, black"], {"g:tea-green": (), "g:tea-black": ()}),
        (["tea, green", "tea"], {"g:tea-green": (), "g:tea": ()}),
    ],
)
def test_a_term_that_lists_names_has_several(
    terms: list[str], expected: dict[str, tuple[str, ...]]
) -> None:
    """Between semicolons; names with commas or slashes, or of which one is a term, stay whole."""
    items = [record(term, f"Text {line}.", line) for line, term in enumerate(terms, 1)]
    assert outcome(*items)[0] == expected


def test_a_term_that_was_split_is_named(tmp_path: Path) -> None:
    """With its place and its names."""
    file = tmp_path / "a.csv"
    file.write_text("term,definition\noven; stove,A hot box.\n")
    [note] = read_corpus([file]).notes[-1:]
    assert str(note) == f"{file}:2: 'oven; stove' was read as several names: 'oven', 'stove'"


@pytest.mark.parametrize(
    "text",
    [
        "wird noch ergänzt",
        "(à compléter)",
        "TODO",
        "tbd.",
        "N/A",
        "...",
        "-",
        "<to be defined>",
        "Coming soon!",
        "\u2014",
        "null",
    ],
)
def test_a_placeholder_is_no_definition(text: str) -> None:
    """However it is dressed; the message quotes it."""
    found = outcome(record("Peel", text))
    assert found == ({}, [], [f"f:1: the definition of 'Peel' is a placeholder: {text!r}"])


@pytest.mark.parametrize(
    "text", ["None of the above.", "todo lists", "1", "\u03c0", "Pending work"]
)
def test_a_short_definition_is_no_placeholder(text: str) -> None:
    """Words that begin like one, numbers and letters."""
    assert outcome(record("Peel", text)) == ({"g:peel": ()}, [], [])


@pytest.mark.parametrize(
    "text",
    [
        "Definition not provided in this language.",
        "Not yet available",
        "missing",
        "Keine Definition vorhanden.",
        "D\xe9finition manquante",
        "Translation of this text is pending",
    ],
)
def test_a_text_that_repeats_and_speaks_of_itself_is_no_definition(text: str) -> None:
    """Three terms have it; the refusal says so, and an entry of its own stays."""
    items = [record(term, text, line) for line, term in enumerate(("Peel", "Lid", "Hook"), 1)]
    found = outcome(*items, record("Oven", "A hot box.", 4))
    assert found[0] == {"g:oven": ()}
    assert found[2][0] == (
        f"f:1: the definition of 'Peel' is a placeholder: {text!r}, which other entries have too"
    )
    assert len(found[2]) == 3


@pytest.mark.parametrize(
    "text", ["A town in Poland.", "A tool for text.", "See the manual of the oven."]
)
def test_a_definition_that_repeats_may_be_one(text: str) -> None:
    """It speaks of a thing; and what two have in common repeats by chance."""
    items = [record(term, text, line) for line, term in enumerate(("Peel", "Lid", "Hook"), 1)]
    assert len(outcome(*items)[0]) == 3
    twice = [record(term, "Not yet available", line) for line, term in enumerate(("A", "B"), 1)]
    assert len(outcome(*twice)[0]) == 2


def test_keys_become_ids_of_the_same_language() -> None:
    """Relations lead to the entry in the language of the one that has them; foreign keys stay."""
    details = Details(broader=("k", "http://x/else"))
    items = (
        record("A", "One.", key="k", hint="a"),
        record("B", "Eins.", key="k", hint="a-de", language="de"),
        Record("C", "Zwei.", Source("f", 3), language="de", details=details, see_also=("k",)),
        Record("D", "Two.", Source("f", 4), details=details),
    )
    entries = {e.term: e for e in make_entries(items, "g").entries}
    assert entries["C"].details.broader == ("a-de", "http://x/else")
    assert entries["C"].see_also == ("a-de",)
    assert entries["D"].details.broader == ("a", "http://x/else")


def test_details_are_cleaned_and_bounded() -> None:
    """Blanks trimmed, the same twice taken once, empty ones left out, long ones cut."""
    details = Details(category=" a\x07 ", examples=("x", " x ", "", "y" * 9000), status="\ud800")
    [entry] = make_entries([Record("A", "One.", Source("f", 1), details=details)], "g").entries
    assert entry.details == Details(category="a", examples=("x", "y" * 2000))


def test_every_record_has_an_outcome(tmp_path: Path) -> None:
    """Taken, merged or skipped, in the order of the file; the report is JSON Lines."""
    file = tmp_path / "a.csv"
    file.write_text("term,definition\nPeel,A shovel.\nShovel,See Peel.\nLid,TODO\nCover,\n")
    corpus = read_corpus([file])
    assert [(one.source.line, one.outcome, one.id) for one in record_results(corpus)] == [
        (2, RecordOutcome.TAKEN, "a:peel"),
        (3, RecordOutcome.MERGED, "a:peel"),
        (4, RecordOutcome.SKIPPED, ""),
        (5, RecordOutcome.SKIPPED, ""),
    ]
    report = tmp_path / "report.jsonl"
    write_report(corpus, report)
    assert [json.loads(line) for line in report.read_text().splitlines()] == [
        {
            "file": str(file),
            "line": 2,
            "outcome": "taken",
            "id": "a:peel",
            "names": ["Peel", "Shovel"],
        },
        {"file": str(file), "line": 3, "outcome": "merged", "id": "a:peel", "names": ["Shovel"]},
        {
            "file": str(file),
            "line": 4,
            "outcome": "skipped",
            "reason": "the definition of 'Lid' is a placeholder: 'TODO'",
        },
        {"file": str(file), "line": 5, "outcome": "skipped", "reason": "no definition of 'Cover'"},
    ]
    with pytest.raises(InvalidSetting, match="cannot write the report"):
        write_report(corpus, tmp_path / "none" / "report.jsonl")

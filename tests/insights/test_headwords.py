"""`insights/headwords`: what a missing entry may be called."""

from __future__ import annotations

import pytest

from semsearch.insights.headwords import headword


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        (
            ["what is early stopping?", "when does Early Stopping end the training"],
            "early stopping",
        ),
        (["how do I stop early?", "stopping early", "why stop early"], "stop early"),
        (["what is a kernel?", "kernels explained", "meaning of kernel"], "kernel"),
        (["do ships have brakes", "how does a boat brake"], "brakes"),
        (["[e-mail] about [number] of sails"], "sails"),
        (
            ["how do I stop training early?", "when is training stopped early"],
            "stop training early",
        ),
        (["Gebühren für den Pass und das Visum?", "was ist die Gebühr?"], "Gebühren"),
        (["a part for a sail?", "the part behind sails", "which part"], "sail"),
        (["best way to reef?", "way of reefing", "ways to reef"], "reef"),
        (["what is a data type?", "data types", "our type"], "data type"),
        (["Was ist eine Sache mit Fock?", "welche Art Fock ist das?", "die Sache"], "Fock"),
        (["what is a type?", "which types"], "type"),
        (["what is it?"], ""),
        ([], ""),
    ],
)
def test_the_commonest_phrase_is_suggested(questions: list[str], expected: str) -> None:
    """Content words next to each other, in whatever form; longer ones where as many ask so."""
    assert headword([(text, 1) for text in questions]) == expected


def test_frequent_questions_count_more() -> None:
    """Each by how often it was asked."""
    assert headword([("rust", 1), ("paint", 1), ("brake", 5)]) == "brake"

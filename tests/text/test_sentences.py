"""Definitions are cut where sentences end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from semsearch.text.sentences import sentences
from tests.cpu_time import cpu_time_at_most


def test_sentences_know_where_they_stand() -> None:
    """Offsets cut the sentence out of the text; abbreviations and decimals do not end one."""
    text = "Foo is, e.g. a bar of Mr. Smith. It has 3.5 parts!\n\nA last paragraph without a stop"
    spans = sentences(text)
    assert [span.text for span in spans] == [
        "Foo is, e.g. a bar of Mr. Smith.",
        "It has 3.5 parts!",
        "A last paragraph without a stop",
    ]
    assert all(text[span.start : span.end] == span.text for span in spans)


def test_scripts_without_blanks_have_sentences() -> None:
    """Letters are counted where words cannot be; a mere mark is still no sentence."""
    text = (
        "\u3053\u308c\u306f\u6df1\u5c64\u5b66\u7fd2\u306e\u7528\u8a9e\u3067\u3059\u3002"
        "\u4e8c\u3064\u76ee\u306e\u6587\u3067\u3059\u3002"
    )
    assert [(span.start, span.end) for span in sentences(text)] == [(0, 13), (13, 21)]
    assert sentences("\u4f8b\u3002 Supercalifragilistic.") == []


@given(st.text(max_size=500))
def test_sentences_lie_in_order_inside_the_text(text: str) -> None:
    """For any text, spans do not overlap and have the text of the sentence."""
    end = 0
    for span in sentences(text):
        assert end <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.text
        end = span.end


def test_cutting_a_hostile_text_takes_linear_time() -> None:
    """200,000 full stops are no reason to wait."""
    with cpu_time_at_most(2):
        sentences("a. " * 100_000)

"""Raw HTML as words.

Covers `importers/html/elements`.
"""

from __future__ import annotations

import pytest

from semsearch.importers.html.to_text import as_text, html_words, is_break
from tests.cpu_time import cpu_time_at_most


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>a &amp; <b>b</b></p>\n<p>c</p>", "a & b\n\nc"),
        ("a<br/>b<BR>c", "a\nb\nc"),
        ("a <!-- no <p> --> b", "a b"),
        ("a <!-- open", "a"),
        ("<script>if (a < b) {}</script>x<style>p {}</style >y", "xy"),
        ("<script>open", ""),
        ("1 < 2 and 3 <4", "1 < 2 and 3 <4"),
        ('<img alt="x"', ""),
        ("<?php x ?>a<!doctype html>b", "ab"),
        ("<", "<"),
        ("", ""),
        (
            "<p>Of:</p><ul><li>a<ul><li>b<li>c</ul><li><p>d</p></ul>e",
            "Of:\n\n- a\n  - b\n  - c\n- d\n\ne",
        ),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<table><tr><th>a<th>b</tr><tr><td>c</td><td>d</td></tr></table>", "a; b\nc; d"),
        ("a<pre>\n b\n   c\n</pre>d", "a\n\n b\n   c\n\nd"),
        ("<db:para>a</db:para><db:para>b</db:para>", "a\n\nb"),
    ],
)
def test_tags_go_and_text_stays(source: str, words: str) -> None:
    """Tags, comments and scripts are dropped, entities decoded, blocks on lines of their own."""
    assert html_words(source) == words


def test_only_block_tags_break_lines() -> None:
    """`<br>` begins a line, `<b>` does not."""
    assert is_break("<br />")
    assert not is_break("<b>")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "<p>Dough &amp; water that makes dough <b>rise</b>.</p>",
            "Dough & water that makes dough rise.",
        ),
        ("Kinds:<ul><li>a</li><li>b</li></ul> and more", "Kinds:\n\n- a\n- b\n\nand more"),
        ('See <a href="https://b.example/">b</a>.', "See b."),
        ('A <span style="x">fine</span><br>thing', "A fine\nthing"),
        ("<b>leaven</b><br>Dough.", "leaven\nDough."),
        ("<p> A dish. </p>", "A dish."),
        ("<p>One.</p><p>Two:</p><ul><li>a</li></ul>", "One.\n\nTwo:\n\n- a"),
    ],
)
def test_a_definition_that_is_a_fragment_of_html_is_read_as_such(source: str, text: str) -> None:
    """It has a block with words inside, an element with attributes, or begins and breaks lines."""
    assert as_text(source) == text


@pytest.mark.parametrize(
    "text",
    [
        *("one<br>two", "a <i>fine</i> thing", "Use <br> to break.", "a < b", "<T> generics"),
        *(
            "List<int>",
            "Map<String, List<T>>",
            "the <p> element",
            "AT&T",
            "&amp;",
            "&nbsp;",
            "<br>",
        ),
        *("code as `<b>x</b>` shows", "code as `<p>x</p>` shows", "<p></p>", "<div><br></div>"),
        "& and &amp; mean the same",
        "Dough &amp; water",
        "Text between <b> and </b> is bold.",
        "Text between <p> and </p> is a paragraph.",
        "<p> and </p> enclose a paragraph.",
        "<title> and </title> enclose the title of a page.",
        "The <em> element (closed by </em>) stresses words.",
        "The <div> element (closed by </div>) is a block.",
        "The &nbsp; entity is a space.",
        "Use a paragraph.\n\n<p>Like this</p>",
    ],
)
def test_a_text_that_speaks_of_html_stays_as_written(text: str) -> None:
    """Tags and entities are its words; and no text becomes empty."""
    assert as_text(text) == text


@pytest.mark.process
@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<a ", "<script>", "&", "</", "<ul><li>", "<p><b>", "<pre> "]
)
def test_broken_html_takes_linear_time(piece: str) -> None:
    """A megabyte of broken HTML costs less than 2 s."""
    with cpu_time_at_most(2):
        html_words(piece * (10**6 // len(piece)))
        as_text(piece * (10**6 // len(piece)))


def test_blocks_never_run_together() -> None:
    """Whatever the block: a summary, a caption, a title; cells stand on one line."""
    page = "<details><summary>More</summary>Of it</details><div>a</div>b<center>c</center>d"
    assert html_words(page) == "More\nOf it\na\nb\nc\nd"
    table = "<table><caption>Doughs</caption><tr><td>soft</td><td>wet</td></tr></table>"
    assert html_words(table) == "Doughs\nsoft; wet"
    assert html_words("<para>One.</para><para>Two.</para>") == "One.\n\nTwo."

"""Raw HTML as words."""

from __future__ import annotations

import time

import pytest

from semsearch.importers.markdown.raw_html import html_words, is_break


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>a &amp; <b>b</b></p>\n<p>c</p>", "a & b\nc"),
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
    ],
)
def test_tags_go_and_text_stays(source: str, words: str) -> None:
    """Tags, comments and scripts are dropped, entities decoded, blocks on lines of their own."""
    assert html_words(source) == words


def test_only_block_tags_break_lines() -> None:
    """`<br>` begins a line, `<b>` does not."""
    assert is_break("<br />")
    assert not is_break("<b>")


@pytest.mark.parametrize("piece", ["<", "<!--", "<a ", "<script>", "&", "</"])
def test_broken_html_takes_linear_time(piece: str) -> None:
    """A megabyte of broken HTML costs less than 2 s."""
    start = time.process_time()
    html_words(piece * (10**6 // len(piece)))
    assert time.process_time() - start < 2

"""Markdown as plain words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.importers.markdown_syntax.blocks import parse_blocks
from semsearch.importers.markdown_syntax.plain_text import inline_words, words_of
from tests.cpu_time import cpu_time_at_most


def plain_words(markdown: str) -> str:
    """Give the plain words of a whole Markdown text."""
    blocks = parse_blocks(markdown)
    return words_of(blocks.nodes, blocks.references)


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("a *b* **c** `d  e` [f](http://x) <http://y>", "a b c d e f http://y"),
        ("![a *picture*](x.png)", "a picture"),
        ("a\nb  \nc\\\nd", "a b\nc\nd"),
        ("# One\ntwo\n\nThree\n---\nfour", "One\n\ntwo\n\nThree\n\nfour"),
        ("- a\n- b\n  - c\n\n    d\n", "- a\n- b\n  - c\n    d"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("- a\n  - : says b", "- a\n  - says b"),
        ("| h | i |\n|---|---|\n| a | b *c* |\n| | d |", "h; i\na; b c\nd"),
        ("a\n: b\n: c\n\nd\n: e", "a: b\nc\nd: e"),
        ("```py\nx = {{ y }}\n\nz\n```", "x = {{ y }}\n\nz"),
        ("    code\n      more", "code\n  more"),
        ("> quoted\n> text\n\nb", "quoted text\n\nb"),
        ("> [!NOTE]\n> Mind the\n> gap", "Mind the gap"),
        ("> [!WARNING] Mind\n>\n> - a", "Mind\n\n- a"),
        ("[!NOTE] stays", "[!NOTE] stays"),
        ("a <!-- b --> <b>c</b><br>d &lt;e&gt; &eacute; \\*f\\*", "a c\nd <e> é *f*"),
        ("<!--more-->\n\na\n\n<div>\n\nb\n\n</div>", "a\n\nb"),
        ("<p>a {{Glossary('x')}} &amp; b</p>", "a x & b"),
        ("a\n\n***\n\nb", "a\n\nb"),
        ("[a][r] and [b]\n\n[r]: http://x", "a and [b]"),
        ("{{Sidebar}}\n\na", "a"),
        ("H<sub>2</sub>O", "H2O"),
        ("", ""),
    ],
)
def test_markdown_becomes_plain_words(markdown: str, words: str) -> None:
    """Each construct leaves the words that a reader would see."""
    assert plain_words(markdown) == words


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ('[a {{Glossary("b_c", "b_*c*_")}}](x)', "a b_*c*_"),
        ('[Eviction](/docs/{{< param "version" >}}/#x) API', "Eviction API"),
        ("**{{HTMLElement('a')}}**s", "<a>s"),
        ("`{{HTMLElement('input', '&lt;input&gt;')}}`", "<input>"),
        ("`{{ value }}` and `{{< note >}}`", "{{ value }} and {{< note >}}"),
        ('a {{Glossary("x"', 'a {{Glossary("x"'),
        ("a &#xfdd0;7&#xfdd1; {{Glossary('b')}}", "a \ufffd7\ufffd b"),
    ],
)
def test_macros_never_change_how_markdown_is_read(markdown: str, words: str) -> None:
    """Macros may stand in links, addresses, emphasis and code."""
    assert plain_words(markdown) == words


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab *_`[]()<>!#-+|:~\\&;{}\"'\n\t1.\0\ufdd0é", max_size=120))
def test_random_markdown_never_crashes(text: str) -> None:
    """Any text gives words without blank ends."""
    words = plain_words(text)
    assert "\n" not in (words[:1], words[-1:])


@given(st.text(alphabet="ab *_`[]()<>&;\\{}#\n\té", max_size=30))
def test_plain_words_are_what_the_parser_makes_of_them(text: str) -> None:
    """Text without a mark is not parsed; a comment behind it, which says nothing, has it parsed."""
    assert inline_words(text, {}) == inline_words(f"{text} <!-- -->", {})


def test_brackets_are_read_a_few_deep() -> None:
    """A link in eight brackets is one; in more it stays as it was written."""
    deep = "[" * 7 + "[a](b)" + "]" * 7
    assert inline_words(deep, {}) == "[" * 7 + "a" + "]" * 7
    assert inline_words(f"[{deep}", {}) == f"[{deep}"


@pytest.mark.process
@pytest.mark.parametrize("piece", ["[", "![", "*a ", "`a``", "<a", "> ", "- ", "|-", "{{", "[a]("])
def test_hostile_markdown_takes_linear_time(piece: str) -> None:
    """Text as long as a definition may be costs far less than 2 s."""
    with cpu_time_at_most(2):
        plain_words(piece * (20_000 // len(piece)))

"""Macros of MDN and Hugo as words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.importers.markdown_syntax.macros import hide, show, spell_out
from tests.cpu_time import cpu_time_at_most


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('{{Glossary("DNS", "name server")}}', "name server"),
        ('{{ glossary("Type_Coercion") }}', "Type Coercion"),
        ("{{HTTPHeader('Accept')}}", "Accept"),
        ('{{domxref("Window.fetch()","fetch()")}}', "fetch()"),
        ('{{cssxref("color_value", "&lt;color&gt;")}}', "<color>"),
        ('{{HTMLElement("video")}}', "<video>"),
        ('{{HTMLElement("input/submit", "a \\"b\\"")}}', 'a "b"'),
        ('{{HTTPStatus("404", "404 Not Found")}}', "404 Not Found"),
        ('{{RFC("7231", "Semantics", "6.1")}}', "RFC 7231"),
        ("{{rfc(20)}}", "RFC 20"),
        ('{{jsxref("a", "")}}', "a"),
        ("{{GlossarySidebar}}", ""),
        ('{{APIRef("Fetch")}}', ""),
        ("{{ EmbedLiveSample('Example', '500', '250') }}", ""),
        ("{{deprecated_inline()}}", ""),
        ('{{< glossary_tooltip text="Pods" term_id="pod" >}}', "Pods"),
        ('{{<glossary_tooltip term_id="api-server">}}', "api server"),
        ('{{< glossary_tooltip\n  text="two lines" >}}', "two lines"),
        ('{{< param "version" >}}', ""),
        ("{{< /note >}}", ""),
        ("{{% heading %}}", ""),
        ("{{ user.name | upper }}", "{{ user.name | upper }}"),
        ('\\{{Glossary("x")}}', '\\{{Glossary("x")}}'),
        ("{{", "{{"),
        ('{{ {{Glossary("x")}}', "{{ x"),
        ("{{<", "{{<"),
        ("{{<}}", "{{<}}"),
        ("{{}}", "{{}}"),
    ],
)
def test_macro_becomes_the_words_a_reader_sees(source: str, words: str) -> None:
    """Each macro becomes its words; what is no macro stays."""
    assert spell_out(f"a {source} b") == f"a {words} b"


def test_hidden_macros_come_back() -> None:
    """Marks stand for macros: words in text, names of things also in inline code."""
    marked, found = hide('{{Glossary("x")}} and {{unknown("y")}}')
    assert "{" not in marked
    assert show(marked, found) == "x and y"
    assert show(marked, found, in_code=True) == 'x and {{unknown("y")}}'


def test_marks_in_the_source_are_dropped() -> None:
    """A text cannot forge the mark of a macro."""
    marked, found = hide("{{a}}\ufdd05\ufdd1")
    assert show(marked, found) == "5"


@given(st.text(alphabet='{}<>%"\'(), \\aG_="\n1', max_size=200))
def test_random_braces_never_crash(text: str) -> None:
    """Any text passes, and hiding then showing gives what spelling out gives."""
    marked, found = hide(text)
    assert show(marked, found) == spell_out(text)


@pytest.mark.process
@pytest.mark.parametrize("piece", ["{{", "{{a(", "}}{{", "{{< ", '{{a("'])
def test_unbalanced_braces_take_linear_time(piece: str) -> None:
    """A megabyte of unbalanced braces costs less than 2 s."""
    text = piece * (10**6 // len(piece))
    with cpu_time_at_most(2):
        assert len(spell_out(text)) <= len(text)

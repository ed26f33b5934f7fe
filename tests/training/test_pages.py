"""Terms and definitions are read from the definition lists of HTML pages."""

from __future__ import annotations

from training.pages import read_definitions

PAGE = """
<p>Before the list.</p>
<dl><dt id="baking.Leaven"><em>class</em> baking.Leaven(<em>flour</em>)<a class="headerlink" href="#x">¶</a></dt>
<dd><p>A culture of <a href="#yeast">yeast</a>
that raises dough.</p><pre>Leaven("rye")</pre><p>See <a>dough</a>.</p><p>It is fed</p><p>It is kept warm.</p>
  <dl><dt>rye <code>flour</code></dt><dd>What it eats.</dd></dl>
</dd>
<dt>Proof</dt><dt>Proofing</dt><dd><ul><li>A list.</li></ul><p>The last rise.</p></dd></dl>
<dl><dt>Empty</dt><dd></dd></dl><p>After it.</p>
"""


def test_terms_and_definitions_are_read() -> None:
    """An object has its own name.

    Code, lists, references and unfinished lines are left out; lists may nest.
    """
    assert [*read_definitions(PAGE)] == [
        ("rye flour", "What it eats."),
        ("Leaven", "A culture of yeast that raises dough. It is kept warm."),
        ("Proofing", "The last rise."),
    ]


def test_a_page_without_lists_has_none() -> None:
    """An empty page and one with mismatched tags have no definitions either."""
    assert [*read_definitions("<p>Nothing.</p>")] == []
    assert [*read_definitions("")] == []
    assert [*read_definitions("</dl></dd><dt>Leaven")] == []

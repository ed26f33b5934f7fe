"""Names of the elements of HTML, and of those of DocBook and DITA that mean the same."""

from __future__ import annotations

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LISTS = {"ul": False, "itemizedlist": False, "ol": True, "orderedlist": True}
"""Elements that are lists, and whether their items have numbers."""
CELLS = frozenset({"td", "th"})
PARAGRAPHS = frozenset(
    {
        "article", "blockquote", "dl", "figure", "hr", "p", "para", "pre", "programlisting",
        "section", "simpara", "table", *LISTS, *HEADINGS,
    }
)  # fmt: skip
"""Blocks with a blank line around them in plain text."""
BLOCKS = frozenset(
    {
        "address", "aside", "body", "caption", "center", "dd", "details", "div", "dt", "fieldset",
        "figcaption", "footer", "header", "html", "li", "listitem", "main", "nav", "row", "sli",
        "summary", "tbody", "tfoot", "thead", "title", "tr", *CELLS, *PARAGRAPHS,
    }
)  # fmt: skip
"""All blocks."""
BREAKS = (BLOCKS - CELLS) | {"br"}
"""Elements that begin a new line of plain text."""
INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "big", "br", "cite", "code", "del", "dfn", "em", "font", "i",
        "img", "ins", "kbd", "mark", "q", "s", "small", "span", "strike", "strong", "sub", "sup",
        "tt", "u", "var",
    }
)  # fmt: skip

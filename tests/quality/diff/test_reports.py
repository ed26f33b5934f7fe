"""Markdown and pages: complete, and nothing of an entry becomes markup.

Covers `quality/diff/html`, `quality/diff/markdown`, `web/html_report`.
"""

from __future__ import annotations

from html.parser import HTMLParser

from markdown_it import MarkdownIt

from semsearch.quality.diff import Difference, DiffReport, PairKind
from semsearch.quality.diff.html import to_html
from semsearch.quality.diff.markdown import ROOM, to_markdown
from tests.conftest import entry

BAD = "<script>alert(1)</script> **b** | c @ann #1 [x](https://a.example) `d` https://a.example\n\n# e"


def report(*found: Difference) -> DiffReport:
    """Return a report of some differences."""
    return DiffReport(found, "old <i>.csv", "new.csv", 3, 4)


EVERY = report(
    Difference(PairKind.ADDED, None, entry("Peel", "A shovel.")),
    Difference(PairKind.REMOVED, entry("Old", "Gone."), None),
    Difference(PairKind.RENAMED, entry("Sour", "Dough."), entry("Leaven", "Dough."), ("id", "term")),
    Difference(
        PairKind.REWORDED, entry("Crumb", "The old part."), entry("Crumb", "The new part."), ("definition",), 0.25
    ),
    Difference(PairKind.CHANGED, entry("Oven", "A box."), entry("Oven", "A box."), ("aliases", "see_also")),
)  # fmt: skip


def test_markdown_has_a_table_for_each_kind() -> None:
    """Counts come first; words are marked as added or removed."""
    text = to_markdown(EVERY)
    head = "### Glossary: 1 added, 1 removed, 1 renamed, 1 reworded, 1 changed (3 entries before, 4 now)"
    assert text.startswith(head)
    assert "| **Peel** | A shovel\\. |" in text
    assert "| **Old** | Gone\\. |" in text
    assert "| **Leaven** | Sour |" in text
    assert "| **Crumb** | 0.25 | The <del>old</del> <ins>new</ins> part\\. |" in text
    assert "| **Oven** | aliases, see also |" in text
    assert MarkdownIt().enable("table").render(text).count("<table>") == 5


def test_no_difference_is_said_in_a_line() -> None:
    """Without a difference the report is one line without tables."""
    assert to_markdown(report()) == "### Glossary: no difference (3 entries before, 4 now)\n"


def test_nothing_of_an_entry_is_markdown() -> None:
    """Rendered, an entry is one cell without link, emphasis, heading or mention."""
    bad = entry(BAD.replace("\n", " "), BAD)
    text = to_markdown(
        report(
            Difference(PairKind.ADDED, None, bad),
            Difference(PairKind.REWORDED, entry("x", "y"), bad, ("term", "definition"), 1.0),
        )
    )
    shown = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    assert "<script" not in shown
    assert "<a " not in shown
    assert "<code" not in shown
    assert (shown.count("<h1"), shown.count("<h3>")) == (0, 1)
    assert shown.count("<strong>") == 2
    assert shown.count("<td>") == 2 + 3
    assert "@" not in text
    assert "https:/" not in text


def test_long_diffs_are_cut_and_say_so() -> None:
    """A comment of a pull request has room for 65,536 characters.

    Each kind says how many are left out.
    """
    found = [Difference(PairKind.ADDED, None, entry(f"T{n}", "long. " * 4000)) for n in range(900)]
    found += [Difference(PairKind.REMOVED, entry(f"R{n}", "x"), None) for n in range(9)]
    text = to_markdown(report(*found))
    rows = text.count("\n| **T")
    assert ROOM - 1000 < len(text) < 65_536
    assert f"... and {900 - rows} more added." in text
    one = Difference(PairKind.REWORDED, entry("x", "a " * 9000), entry("x", "b " * 9000), (), 0.5)
    assert len(to_markdown(report(one))) < 1500


class Tags(HTMLParser):
    """Counts the elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element, and refuse what reaches out of the page or runs."""
        assert not any(
            name in ("src", "href", "srcset") or name.startswith("on") for name, _ in attrs
        )
        self.found.append(tag)


def test_a_page_is_whole_and_by_itself() -> None:
    """A section for each kind, changed words as `ins` and `del`.

    No script and nothing from elsewhere.
    """
    html = to_html(EVERY)
    tags = Tags()
    tags.feed(html)
    assert tags.found.count("h2") == tags.found.count("table") == 5
    assert (tags.found.count("ins"), tags.found.count("del")) == (1, 1)
    assert "script" not in tags.found
    assert "default-src 'none'" in html
    assert "old &lt;i&gt;.csv" in html


def test_nothing_of_an_entry_is_html() -> None:
    """Texts of entries are escaped everywhere on the page."""
    bad = entry(BAD, BAD)
    clean, dirty = Tags(), Tags()
    for tags, one in ((clean, entry("x", "y")), (dirty, bad)):
        other = entry("z", "w")
        html = to_html(
            report(
                Difference(PairKind.ADDED, None, one),
                Difference(PairKind.REMOVED, one, None),
                Difference(PairKind.RENAMED, one, other, ("id", "term")),
                Difference(PairKind.REWORDED, one, other, ("term", "definition"), 1.0),
            )
        )
        tags.feed(html)
    assert dirty.found == clean.found

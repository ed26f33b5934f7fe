"""URLs in pages, and escaped texts: `render`, `urls`.

Covers `web/urls`.
"""

from __future__ import annotations

import html
import re
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from semsearch.core.index_info import GlossaryInfo
from semsearch.web import Site, render
from semsearch.web.display import PART_NAMES, Share
from semsearch.web.highlight import highlight
from semsearch.web.render import count, marked, root_of, share_rows
from semsearch.web.urls import entry_path, glossary_path
from tests.conftest import PROJECT

IDS = (
    "sea:rig",
    "a/b:c/d//e",
    "..:..",
    "a:../../x",
    "a:%2e%2e%2f",
    "a:100%",
    "a:b?c#d",
    "a: b\t",
    "ä:漢🥚",
    "javascript:alert(1)",
    "a:\\b",
)


@pytest.mark.parametrize("id", IDS)
def test_the_path_of_an_entry_is_one_segment(id: str) -> None:
    """Which says the id and nothing else, wherever it is seen from."""
    for path, kind in ((entry_path(id), "entry"), (glossary_path(id), "glossary")):
        assert path.isascii()
        assert [unquote(part) for part in path.split("/")] == [kind, id]
        for page in ("", "map", "entry/x", "a/b/c/d"):
            address = urljoin(f"https://a.example/words/{page}", root_of(f"/{page}") + path)
            found = urlsplit(address)
            assert (found.netloc, found.path) == ("a.example", f"/words/{path}")
            assert (found.query, found.fragment) == ("", "")


def test_the_way_to_the_start_of_a_site() -> None:
    """Relative, so that it holds below any prefix."""
    assert [root_of(path) for path in ("/", "/map", "/entry/a", "/entry/a%2Fb", "/entry/a/b")] == [
        "./",
        "./",
        "../",
        "../",
        "../../",
    ]


def test_a_site_knows_how_much_it_has() -> None:
    """All its glossaries together."""
    site = Site(glossaries=(GlossaryInfo("a", 2), GlossaryInfo("b", 1_000)))
    assert site.entries == 1_002
    assert Site().entries == 0
    assert [count(n, "entry", "entries") for n in (0, 1, 2, 1_002)] == [
        "0 entries",
        "1 entry",
        "2 entries",
        "1,002 entries",
    ]


def test_what_a_template_misses_is_an_error() -> None:
    """Nothing is left out silently."""
    from jinja2 import TemplateNotFound, UndefinedError

    with pytest.raises(UndefinedError, match="near"):
        render("missing", Site(), id="a:b", words="b")
    with pytest.raises(TemplateNotFound):
        render("nothing", Site())


def test_texts_are_never_markup() -> None:
    """Texts and attributes are escaped; a lone surrogate breaks no page."""
    odd = "</title><script>alert(1)</script>\" onload=x ' \ud800"
    page = render("missing", Site(), id=odd, words=odd.strip("\ud800"), near=[]).decode()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert '" onload' not in page


def test_marks_are_the_only_markup_of_a_marked_text() -> None:
    """The sentence is in one <mark>, and words of the question are bold, for any pieces."""
    text = "a <b> & 'c' <i>. So"
    word = {"start": 2, "end": 5}
    sentence = {"start": 0, "end": 16}
    assert str(marked(highlight(text, [word], sentence))) == (
        "<mark>a <b>&lt;b&gt;</b> &amp; &#x27;c&#x27; &lt;i&gt;.</mark> So"
    )
    assert str(marked(highlight(text, [word], sentence, 2, 9))) == (
        "… <mark><b>&lt;b&gt;</b> &amp; &#x27;</mark> …"
    )
    assert str(marked(highlight(""))) == ""


def test_rows_of_a_score() -> None:
    """Each part has its name, its value with the weight, and what it gives, with a sign."""
    found = share_rows([Share(0.352, "lead", 1.1, 0.32), Share(-0.225, "named", 0.5, -0.45)])
    assert str(found) == (
        f'<tr><th scope="row">{PART_NAMES["lead"]}</th><td>1.10 × 0.32</td><td>+0.35</td></tr>\n'  # noqa: RUF001
        f'<tr><th scope="row">{PART_NAMES["named"]}</th><td>0.50 × -0.45</td><td>−0.23</td></tr>\n'  # noqa: RUF001
    )
    assert not any(html.escape(name) != name for name in PART_NAMES.values())


def test_the_edges_of_fields_are_seen() -> None:
    """They are three times as light or dark as what is around them (WCAG 2.2, 1.4.11)."""
    style = (PROJECT / "semsearch" / "web" / "static" / "style.css").read_text()
    found = {
        name: [_luminance(colour) for colour in colours.split(", ")]
        for name, colours in re.findall(r"--(\w+): light-dark\(([^)]*)\)", style)
    }
    for name in ("paper", "raised"):
        for edge, behind in zip(found["edge"], found[name], strict=True):
            low, high = sorted((edge, behind))
            assert (high + 0.05) / (low + 0.05) >= 3


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour such as `#fff` (WCAG 2.2, its definition)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_no_template_says_that_a_text_is_safe() -> None:
    """Only constants of the template are marked as safe."""
    files = sorted((PROJECT / "semsearch" / "web" / "templates").glob("*.jinja"))
    assert "entry.html.jinja" in {file.name for file in files}
    for file in files:
        left = re.sub(r"'[^']*' \| safe\b", "", file.read_text())
        assert not re.search(r"\|\s*safe|autoescape|Markup", left), file.name

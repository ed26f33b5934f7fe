"""Terms in HTML pages: which occurrence is marked, and that the rest of a page stays as it is."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.core.errors import InvalidSetting
from semsearch.doc_sites.marking import TermMarker, without_marks
from tests.conftest import entry
from tests.cpu_time import cpu_time_at_most

ENTRIES = [
    entry("Leaven", "A piece of dough kept to raise the next."),
    replace(entry("Proofing Basket", "A basket for dough."), aliases=("banneton",)),
    entry("R&D", "Trying things out."),
    entry("Crumb", "The inside of bread."),
]
MARKER = TermMarker(ENTRIES, "https://terms.example/")


def marked(body: str, marker: TermMarker = MARKER) -> str:
    """Return a body with its marks as [term], and check that taking them out gives it back."""
    found = marker.mark(body, "../semsearch-terms/")
    assert without_marks(found.html) == body
    assert marker.mark(found.html, "../semsearch-terms/") == found
    return re.sub(r'<(a|span) class="semsearch-term"[^>]*>(.*?)</\1>', r"[\2]", found.html).split(
        "\n<link"
    )[0]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>The leaven and the leaven.", "<p>The [leaven] and the leaven."),
        ("<p>Two bannetons.", "<p>Two [bannetons]."),
        ("<p>R&amp;D &#38; crumb", "<p>[R&amp;D] &#38; [crumb]"),
        ("<h2>Leaven</h2><p>A leaven", "<h2>Leaven</h2><p>A [leaven]"),
        ("<a href=x>a leaven</a> <code>crumb</code>", "<a href=x>a leaven</a> <code>crumb</code>"),
        ("<dl><dt>Leaven<dd>A leaven</dl>", "<dl><dt>Leaven<dd>A [leaven]</dl>"),
        ("<pre>leaven</pre><script>leaven</script>", "<pre>leaven</pre><script>leaven</script>"),
        ("<p data-semsearch=off>leaven</p>crumb", "<p data-semsearch=off>leaven</p>[crumb]"),
        ("<p translate='no'>leaven</p>", "<p translate='no'>leaven</p>"),
        ("<nav>leaven</nav><br><img alt=leaven>", "<nav>leaven</nav><br><img alt=leaven>"),
        ("leaven<main>a leaven</main>leaven", "leaven<main>a [leaven]</main>leaven"),
        ("leaven<div role=main><p>leaven</div>", "leaven<div role=main><p>[leaven]</div>"),
        ("a\r\n<b>the\r\nleaven</b>", "a\r\n<b>the\r\n[leaven]</b>"),
        ("</p></div>leaven", "</p></div>[leaven]"),
        ("<p>nothing", "<p>nothing"),
    ],
)
def test_the_first_occurrence_in_running_text_is_marked(page: str, expected: str) -> None:
    """Not in links, code, headings, navigation, or what a page excludes."""
    assert marked(page) == expected


@pytest.mark.parametrize(
    "element",
    [
        "<label>leaven</label>", "<label for=x><b>leaven</b></label>", "<button>leaven</button>",
        "<a>leaven</a>", "<details><summary><b>leaven</b></summary></details>",
        "<select><optgroup label=x><option>leaven<option>leaven</select>",
        "<datalist><option>leaven</datalist>", "<textarea>leaven</textarea>",
        "<xmp>leaven</xmp>", "<noembed>leaven</noembed>", "<noframes>leaven</noframes>",
        "<listing>leaven</listing>", "<template>leaven</template>", "<canvas>leaven</canvas>",
        "<progress>leaven</progress>", "<meter>leaven</meter>", "<output>leaven</output>",
        "<dialog open>leaven</dialog>", "<search>leaven</search>", "<ruby>x<rt>leaven</ruby>",
        "<div hidden>leaven</div>", "<div hidden=until-found><p>leaven</div>",
        "<div inert>leaven</div>", "<div popover>leaven</div>", "<div aria-hidden=true>leaven</div>",
        "<div ARIA-HIDDEN=' True '>leaven</div>", "<div contenteditable>leaven</div>",
        "<div contenteditable=true><p>leaven</div>", "<p contenteditable=plaintext-only>leaven</p>",
        "<span role=button tabindex=0>leaven</span>", "<span role='none link'>leaven</span>",
        "<div role=tab>leaven</div>", "<div role=heading aria-level=2>leaven</div>",
        "<div role=navigation>leaven</div>", "<span role=img aria-label=x>leaven</span>",
        "<SPAN ROLE=Switch>leaven</SPAN>",
    ],
)  # fmt: skip
def test_nothing_is_marked_in_what_is_interactive_hidden_or_raw(element: str) -> None:
    """A mark can be focused; the term behind the element is marked."""
    assert marked(f"{element}<p>leaven") == f"{element}<p>[leaven]"


@pytest.mark.parametrize(
    "element",
    [
        "<div aria-hidden=false>leaven</div>", "<div contenteditable=false>leaven</div>",
        "<details><summary>x</summary>leaven</details>", "<div role=note>leaven</div>",
        "<div tabindex=-1>leaven</div>", "<td role=cell>leaven</td>",
    ],
)  # fmt: skip
def test_terms_are_marked_in_what_is_none_of_these(element: str) -> None:
    """Open details, notes, and boxes that can be scrolled by keyboard are text for readers."""
    assert marked(element) == element.replace("leaven", "[leaven]")


def test_all_behind_plaintext_is_text() -> None:
    """Nothing is marked or put in there, whatever looks like an end tag."""
    page = "<body><p>a leaven<plaintext>crumb</plaintext><p>crumb</body>"
    found = MARKER.mark(page, "t/")
    assert found.ids == ("bakery:leaven",)
    assert found.html.endswith("defer></script>\n<plaintext>crumb</plaintext><p>crumb</body>")
    assert without_marks(found.html) == page


def test_a_mark_links_to_the_entry_or_can_be_focused() -> None:
    """Script, style sheet and data are loaded at the end of the body."""
    found = MARKER.mark("<body><p>a leaven</p></body></html>", "../t/")
    assert found.ids == ("bakery:leaven",)
    assert (
        '<a class="semsearch-term" data-term="bakery:leaven" '
        'href="https://terms.example/entry/bakery:leaven">leaven</a>'
    ) in found.html
    assert (
        '<script src="../t/terms.js" data-semsearch="../t/terms-data.js" defer></script>'
        in found.html
    )
    assert found.html.endswith("</body></html>")
    alone = TermMarker(ENTRIES).mark("leaven", "t/").html
    assert (
        '<span class="semsearch-term" data-term="bakery:leaven" tabindex="0">leaven</span>' in alone
    )


def test_the_end_of_the_body_is_found_whatever_stands_before_it() -> None:
    """Letters that are longer in lower case move nothing."""
    found = MARKER.mark("<body>İİ a leaven</BODY\n></html>", "t/").html
    assert re.search(r"</a>\n<link [^>]*>\n<script [^>]*></script>\n</BODY\n></html>$", found)


def test_the_end_of_a_body_in_a_script_or_comment_is_none() -> None:
    """The real end tag may be left out."""
    for rest in ('<script>x("</body>")</script>', "<!-- </body> -->"):
        found = MARKER.mark(f"<body>a leaven{rest}", "t/").html
        assert re.search(rf"{re.escape(rest)}\n<link [^>]*>\n<script [^>]*></script>\n$", found)


@pytest.mark.parametrize("address", [" ", "terms.example", "/terms", "https://", "javascript:x"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    """With an example; a slash at the end may be left out."""
    with pytest.raises(InvalidSetting, match="is not the address of a service, such as https://"):
        TermMarker(ENTRIES, address)
    assert (
        'href="https://e.org/a/entry/'
        in TermMarker(ENTRIES, "https://e.org/a").mark("leaven", "").html
    )


def test_end_tags_may_be_left_out_in_any_number() -> None:
    """Without a cost that grows with the square of them."""
    with cpu_time_at_most(1):
        MARKER.mark("<p>x<li>y<li>leaven" * 5_000 + "</div>" * 5_000, "t/")
    assert marked("<dl><dt>leaven<p>x<dd>leaven") == "<dl><dt>leaven<p>x<dd>[leaven]"


def test_ids_and_addresses_are_escaped() -> None:
    """Whatever is in them."""
    odd = replace(ENTRIES[0], id='a:"><script>')
    page = TermMarker([odd], 'https://e.org/"x').mark("leaven", 't"/').html
    assert "<script>" not in page
    assert 'data-term="a:&quot;&gt;&lt;script&gt;"' in page
    assert '"x/' not in page


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from([
            "<p>", "</p>", "<a href='x'>", "</a>", "leaven", " crumb ", "<dt>", "<dd>", "&amp;", "<!--",
            "-->", "<script>", "</script>", "<", ">", "R&amp;D", "\r\n", "<main>", "</main>", "<br/>",
            "<![CDATA[", "]]>", "<?x", "ünï", "İ", "</body>", "<li>", "<td>", "<tr>", "</BODY >", "\0", "<svg/>", "</", "&#x", "'", '"',
        ]),
        max_size=30,
    ).map("".join)
)  # fmt: skip
def test_any_page_stays_as_it_is_but_for_its_marks(page: str) -> None:
    """Also one that is no proper HTML; and marking again changes nothing."""
    found = MARKER.mark(page, "t/")
    assert without_marks(found.html) == page
    assert MARKER.mark(found.html, "t/") == found

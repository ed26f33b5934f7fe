"""Figures: readable aloud, on light and dark pages, and harmless in a page."""

from __future__ import annotations

import re

from lxml import etree

from semsearch.web.figures import PALETTE, STRONG, Figure

SPACE = {"svg": "http://www.w3.org/2000/svg"}


def _drawn(name: str = "curve") -> str:
    with Figure(name, 300, 200) as figure:
        (axes,) = figure.axes
        (dot,) = axes.plot(0.5, 0.5, "o", color=STRONG)
        axes.text(0.5, 0.5, "a <b>bold</b> label")
        figure.note(dot, "half & half")
        figure.footnote("measured once")
        return figure.svg("A <title>", "One point")


def _labels(root: etree._Element) -> list[str]:
    return str(root.get("aria-labelledby")).split()


def test_a_figure_says_what_it_shows() -> None:
    """Title and description are referred to; a note belongs to the point it is about."""
    root = etree.fromstring(_drawn())
    described = [str(root.xpath("string(//*[@id=$id])", id=id_)) for id_ in _labels(root)]
    assert described == ["A <title>", "One point"]
    assert root.xpath("string(//svg:g[.//svg:use]/svg:title)", namespaces=SPACE) == "half & half"


def test_text_stays_text() -> None:
    """Labels can be searched and copied, and are no markup."""
    said = [text.text for text in etree.fromstring(_drawn()).iter("{*}text")]
    assert {"a <b>bold</b> label", "measured once"} <= set(said)


def test_colours_follow_the_page() -> None:
    """No colour of the palette is left fixed, and each has a value for dark pages."""
    drawn = _drawn()
    style, _, body = drawn.partition("</style>")
    assert "var(--strong)" in body
    assert not {light for light, _ in PALETTE.values()} & set(re.findall(r"#[0-9a-f]{6}", body))
    assert "@media (prefers-color-scheme:dark)" in style


def test_two_figures_share_no_id() -> None:
    """Two figures can stand in one page."""
    first, second = (set(re.findall(r'id="([^"]+)"', _drawn(name))) for name in ("one", "two"))
    assert first
    assert not first & second


def test_a_figure_is_the_same_each_time() -> None:
    """Nothing of the day or of the process is in it."""
    assert _drawn() == _drawn()

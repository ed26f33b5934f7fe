"""The picture of entries and a question as points."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from semsearch.core.errors import GlossaryNotFound
from semsearch.index.map.projection import pca
from semsearch.search.glossary import Glossary
from semsearch.search.picture import draw
from tests.conftest import PROJECT


@pytest.mark.model
def test_the_picture_of_the_readme_is_current(seed: Glossary) -> None:
    """Every point lies where the index puts it, within two pixels; `make picture` draws it."""
    then = _points((PROJECT / "docs" / "embedding.svg").read_text(encoding="utf-8"))
    now = _points(draw(seed, "how are words turned into lists of numbers?"))
    assert len(now) == 21
    assert then.keys() == now.keys()
    for label, place_now in now.items():
        assert place_now == pytest.approx(then[label], abs=2), label


def _points(svg: str) -> dict[str, tuple[float, float]]:
    """Return where the points of a picture lie, by what is shown when the pointer rests on them."""
    root: Any = etree.fromstring(svg)
    space = {"svg": "http://www.w3.org/2000/svg"}
    found = {}
    for point in root.xpath("//svg:g[svg:title]", namespaces=space):
        label, x, y = (
            str(point.xpath(f"string({path})", namespaces=space))
            for path in ("svg:title", ".//svg:use/@x", ".//svg:use/@y")
        )
        found[label] = (float(x), float(y))
    return found


def test_a_projection_keeps_what_two_dimensions_can_hold(glossary: Glossary) -> None:
    """Points in a plane keep their distances; the share of variance says how much was kept."""
    import numpy as np  # noqa: PLC0415

    flat = np.zeros((4, 5), dtype=np.float32)
    flat[:, 1] = [0, 3, 0, 3]
    flat[:, 3] = [0, 0, 4, 4]
    points, kept = pca(flat, flat)
    assert kept == pytest.approx(1)
    assert np.linalg.norm(points[0] - points[3]) == pytest.approx(5)
    equal = np.full((3, 5), 0.1, dtype=np.float32)
    points, kept = pca(equal, equal)
    assert kept == 1
    assert not points.any()
    svg = draw(glossary, "a <pot> & a lid")
    assert "a &lt;pot&gt; &amp; a lid" in svg
    assert len(_points(svg)) == 8


def test_of_many_entries_the_nearest_are_drawn(
    glossary: Glossary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the glossary that is wanted."""
    monkeypatch.setattr("semsearch.search.picture.MAX_ENTRIES", 3)
    monkeypatch.setattr("semsearch.index.retrieval._COMPARED", 2)
    asked = "a pot with a lid"
    svg = draw(glossary, asked, name="bakery")
    entries, vectors = glossary.definitions("bakery")
    scores = vectors @ glossary.encode([asked])[0]
    nearest = sorted(zip(scores, (entry.term for entry in entries), strict=True))[-3:]
    assert set(_points(svg)) - {asked} == {term for _, term in nearest}
    with pytest.raises(GlossaryNotFound, match="there is no glossary 'cars'"):
        draw(glossary, asked, name="cars")

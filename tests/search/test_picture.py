"""The picture of entries and a question as points."""

from __future__ import annotations

import re

import pytest

from semsearch.index.map.projection import pca
from semsearch.search.glossary import Glossary
from semsearch.search.picture import draw
from tests.conftest import PROJECT


@pytest.mark.model
def test_the_picture_of_the_readme_is_current(seed: Glossary) -> None:
    """Every point lies where the index puts it, within two pixels; `make picture` draws it."""
    committed = (PROJECT / "docs" / "embedding.svg").read_text(encoding="utf-8")
    drawn = draw(seed, "how are words turned into lists of numbers?")
    place = re.compile(r'cx="([\d.]+)" cy="([\d.]+)" r="\d"><title>([^<]+)')
    then = {label: (float(x), float(y)) for x, y, label in place.findall(committed)}
    now = {label: (float(x), float(y)) for x, y, label in place.findall(drawn)}
    assert len(now) == 21
    assert then.keys() == now.keys()
    for label, place_now in now.items():
        assert place_now == pytest.approx(then[label], abs=2), label


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
    assert svg.count("<circle") == 8

"""Trees whose entries stand in other entries."""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.importers.records import Record
from tests.cpu_time import cpu_time_at_most
from tests.importers.support import read_text, terms


def test_an_entry_in_another_one_is_an_entry_of_its_own(tmp_path: Path) -> None:
    """Its text and its other names are not those of the outer one; the language is."""
    items = read_text(
        tmp_path,
        "a.dita",
        """<glossentry xml:lang="de"><glossterm>Ofen</glossterm><glossdef>Er ist heiß.</glossdef>
<glossentry><glossterm>Herd</glossterm><glossdef>Er steht in der Küche.</glossdef>
<glossBody><glossAlt><glossSynonym>Kochstelle</glossSynonym></glossAlt></glossBody></glossentry>
</glossentry>""",
    )
    assert terms(items) == [(1, "Ofen", "Er ist heiß."), (2, "Herd", "Er steht in der Küche.")]
    records = [item for item in items if isinstance(item, Record)]
    assert [(i.language, i.aliases) for i in records] == [("de", ()), ("de", ("Kochstelle",))]
    assert [i.details.extra for i in records] == [(), ()]


@pytest.mark.process
def test_nested_entries_take_linear_time(tmp_path: Path) -> None:
    """A hundred levels around two megabytes."""
    with cpu_time_at_most(4):
        text = f"{'<ar><k>a</k>' * 100}{'<b>c</b> ' * 200_000}{'</ar>' * 100}"
        items = read_text(tmp_path, "a.xdxf", f"<xdxf>{text}</xdxf>")
    definitions = [definition for _, _, definition in terms(items)]
    assert (len(items), len("".join(definitions))) == (100, 2 * 200_000)

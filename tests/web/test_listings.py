"""What lists and tables of pages show."""

from __future__ import annotations

from semsearch.core.entries import Entry
from semsearch.core.index_info import GlossaryInfo
from semsearch.web.listings import ListedGlossary, MapRow, day_of, listed_glossaries, map_rows


def test_glossaries_are_listed_with_their_languages() -> None:
    """In the order they come in."""
    infos = [GlossaryInfo("sea", 2), GlossaryInfo("air", 1)]
    found = listed_glossaries(infos, {"sea": ("en", "fr"), "air": ("de",)}.__getitem__)
    assert found == [ListedGlossary("sea", 2, ("en", "fr")), ListedGlossary("air", 1, ("de",))]


def test_each_entry_of_a_table_has_its_nearest_ones() -> None:
    """They come in the order of the entries."""
    rig, mast = (Entry(f"sea:{name}", name, "Of a ship.", "sea") for name in ("Rig", "Mast"))
    assert map_rows([rig, mast], [[mast], []]) == [MapRow(rig, [mast]), MapRow(mast, [])]


def test_the_day_of_a_time() -> None:
    """An unknown time has none."""
    assert day_of("2026-01-02T03:04:05Z") == "2026-01-02"
    assert day_of("") == ""

"""A static site: `static_site`, `static_map`.

Covers `server/static_map`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from semsearch.core.entries import Entry
from semsearch.core.errors import InvalidSetting
from semsearch.ingest.build import build_index
from semsearch.search.glossary import Glossary
from semsearch.server import static_site
from semsearch.server.static_map import ROWS
from semsearch.server.static_site import MARKER, SiteReport, write_site
from semsearch.web.urls import entry_file

SEA = [
    Entry("sea:rig", "Rig", "The masts and sails of a ship.", "sea", ("rigging",)),
    Entry("sea:mast", "Mast", "A tall pole that carries sails.", "sea"),
]


def export(entries: Sequence[Entry], tmp_path: Path, url: str = "") -> tuple[Path, SiteReport]:
    """Build an index of entries and write it as pages."""
    build_index(entries, tmp_path / "index", model="hashed")
    with Glossary.open(tmp_path / "index") as glossary:
        return tmp_path / "site", write_site(glossary, tmp_path / "site", url=url)


def test_every_entry_has_a_page_and_a_twin(tmp_path: Path) -> None:
    """Names and aliases lead to the pages."""
    site, written = export(SEA, tmp_path)
    assert written.entries == 2
    assert "A tall pole" in (site / "entry/sea/mast.html").read_text()
    assert "A tall pole" in (site / "entry/sea/mast.md").read_text()
    names = (site / "names.js").read_text()
    assert json.loads(names.removeprefix("globalThis.semsearchNames=").removesuffix(";\n")) == [
        ["Mast", "entry/sea/mast.html"],
        ["Rig", "entry/sea/rig.html"],
        ["rigging", "entry/sea/rig.html"],
    ]
    assert json.loads((site / "map.json").read_text())["total"] == 2


def test_an_encoder_without_word_pieces_gives_names_only(tmp_path: Path) -> None:
    """The report says why, and pages promise no more."""
    site, written = export(SEA, tmp_path)
    assert written.lacking == "since the encoder hashed has no exported copy"
    assert not [*site.rglob("meaning*")]
    page = (site / "index.html").read_text()
    assert "data-meaning" not in page
    assert "Find a term by its name" in page


def test_pages_of_deleted_entries_are_removed(tmp_path: Path) -> None:
    """Empty folders are removed too; foreign files stay."""
    gone = Entry("land:hill", "Hill", "A small mountain.", "land")
    site, _ = export([*SEA, gone], tmp_path)
    (site / "CNAME").write_text("example.org")
    assert (site / "entry/land/hill.html").is_file()
    _, written = export(SEA, tmp_path)
    assert not (site / "entry/land").exists()
    assert not (site / "glossary/land.html").exists()
    assert written.removed == 4  # the table of the first glossary is on the page of the map
    assert (site / "CNAME").read_text() == "example.org"


def test_what_has_not_changed_is_not_written_again(tmp_path: Path) -> None:
    """Unchanged files keep their time, for servers and synchronisation."""
    site, _ = export(SEA, tmp_path)
    for path in (site / "entry/sea/mast.html", site / "map.html"):
        os.utime(path, (1, 1))
    export(SEA, tmp_path)
    assert (site / "entry/sea/mast.html").stat().st_mtime == 1
    assert (site / "map.html").stat().st_mtime == 1


def test_a_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    """The folder stays as it is; an empty one is accepted."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "thesis.txt").write_text("mine")
    with pytest.raises(InvalidSetting, match="files of something else"):
        export(SEA, tmp_path)
    assert [path.name for path in (tmp_path / "site").iterdir()] == ["thesis.txt"]
    (tmp_path / "site" / "thesis.txt").unlink()
    assert export(SEA, tmp_path)[1].entries == 2


def test_a_damaged_list_is_refused(tmp_path: Path) -> None:
    """What may be removed would be a guess."""
    site, _ = export(SEA, tmp_path)
    (site / MARKER).write_text("{")
    with pytest.raises(InvalidSetting, match="cannot be read"):
        export(SEA, tmp_path)


def test_nothing_outside_is_removed(tmp_path: Path) -> None:
    """Files outside the site stay, whatever the list of files says."""
    site, _ = export(SEA, tmp_path)
    (tmp_path / "mine.txt").write_text("mine")
    (site / MARKER).write_text(json.dumps({"files": ["../mine.txt", str(tmp_path / "mine.txt")]}))
    export(SEA, tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"


@pytest.mark.process
def test_the_table_beside_the_map_has_every_entry(tmp_path: Path) -> None:
    """Without scripts the pages of the table list all entries, glossary by glossary."""
    hills = [
        Entry(f"land:{n:03}", f"Hill {n:03}", f"Mountain {n} is small.", "land")
        for n in range(ROWS + 1)
    ]
    site, _ = export([*hills, *SEA], tmp_path)
    path: Path | None = site / "map.html"
    seen: list[str] = []
    while path:
        text = path.read_text()
        seen += re.findall('<th scope="row" dir="auto"><a [^>]*>([^<]*)</a></th><td><a ', text)
        links = re.findall('<a href="([^"]*)#map-table-title"', text)
        assert [(path.parent / link).resolve() for link in links] == [
            site / "map.html",
            site / "map/sea.html",
        ]
        following = re.search('rel="next" href="([^"]*)#map-table-title"', text)
        path = (path.parent / following[1]).resolve() if following else None
    assert seen == [*(hill.term for hill in hills), "Mast", "Rig"]


def test_whole_addresses_need_the_address_of_the_site(tmp_path: Path) -> None:
    """A site map may have no others, so there is none without it."""
    site, _ = export(SEA, tmp_path)
    assert not (site / "sitemap.xml").exists()
    site, _ = export(SEA, tmp_path, url="https://example.org/terms/")
    found = re.findall("<loc>(.*?)</loc>", (site / "sitemap.xml").read_text())
    assert "https://example.org/terms/entry/sea/mast.html" in found
    assert len(found) == 5
    page = (site / "entry/sea/mast.html").read_text()
    assert '<link rel="canonical" href="https://example.org/terms/entry/sea/mast.html">' in page


def test_the_map_of_a_large_site_is_several_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has the maximum number of URLs, and the index of them is `sitemap.xml`."""
    monkeypatch.setattr(static_site, "MAX_SITE_MAP_URLS", 2)
    site, _ = export(SEA, tmp_path, url="https://example.org/")
    listed = re.findall("<sitemap><loc>(.*?)</loc>", (site / "sitemap.xml").read_text())
    assert listed == [f"https://example.org/sitemap-{n}.xml" for n in (1, 2, 3)]
    parts = [re.findall("<loc>(.*?)</loc>", (site / Path(one).name).read_text()) for one in listed]
    assert [len(part) for part in parts] == [2, 2, 1]
    monkeypatch.undo()
    export(SEA, tmp_path, url="https://example.org/")
    assert [path.name for path in site.glob("sitemap*")] == ["sitemap.xml"]


def test_no_script_and_no_style_is_inline(tmp_path: Path) -> None:
    """The policy of each page forbids them; JSON-LD is data."""
    site, _ = export(SEA, tmp_path)
    pages = {path.relative_to(site).as_posix(): path for path in site.rglob("*.html")}
    assert {"index.html", "entry/sea/mast.html"} <= pages.keys()
    for path in pages.values():
        text = path.read_text()
        assert "Content-Security-Policy" in text
        assert "<style" not in text
        assert not re.search(r"<[^>]* (style|on\w+)=", text)
        for tag in re.findall("<script[^>]*>", text):
            assert "src=" in tag or "application/ld+json" in tag


IDS = ["a:b", "a:B", "a:b/c", "a:..", "a:.", "a:", "a:b:c", "a:con", "a:=b", "a:ä", "a:Ä", "A:b"]
IDS += ["a:" + "x" * 500, "a:" + "x" * 501, "../../x:y", "a:b%2f", "a:b?", "a:b#", "a: "]


def test_files_of_different_ids_differ() -> None:
    """Names differ on file systems without case too, and none leads out of the folder."""
    files = [entry_file(id) for id in IDS]
    assert len({file.lower() for file in files}) == len(IDS)
    for file in files:
        assert re.fullmatch(r"entry/[a-z0-9=_-][a-z0-9=._-]*/[a-z0-9=_-][a-z0-9=._-]*", file), file
        assert all(len(part) < 200 for part in file.split("/"))

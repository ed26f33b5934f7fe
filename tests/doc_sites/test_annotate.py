"""Folders of pages are annotated, again and again, and given back as they were.

Covers `cli/annotate`, `doc_sites/entries`, `doc_sites/paths`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from semsearch.core.errors import GlossaryNotFound, InvalidSetting
from semsearch.doc_sites import annotate as annotating
from semsearch.doc_sites.annotate import ASSETS, MarksRemoved, annotate, remove
from semsearch.doc_sites.entries import entries_of
from semsearch.doc_sites.paths import from_folder
from tests.cli.running import run
from tests.conftest import ENTRIES

PAGES = {
    "index.html": "<html><body><p>The leaven in a loaf.</p></body></html>",
    "deep/er/page.htm": "<p>Leaven and crumb, crumb and leaven.",
    "plain.html": "<p>nothing here",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of three pages, and files that are none."""
    for name, page in PAGES.items():
        file = tmp_path / "site" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page)
    (tmp_path / "site" / "style.css").write_text("leaven")
    (tmp_path / "site" / ".git").mkdir()
    (tmp_path / "site" / ".git" / "x.html").write_text("leaven")
    return tmp_path / "site"


def _contents(site: Path) -> dict[str, str]:
    return {name: (site / name).read_text() for name in PAGES}


def test_pages_are_marked_and_explained_by_one_file(site: Path) -> None:
    """A second run changes nothing, and removing gives back what was there."""
    done = annotate(site, ENTRIES, address="https://terms.example/")
    assert (done.marked, done.pages, done.skipped) == (2, 3, ())
    assert done.terms == {"bakery:leaven": 2, "bakery:crumb": 1}
    assert f'"{ASSETS}/terms.js"' in (site / "index.html").read_text()
    assert f'"../../{ASSETS}/terms.js"' in (site / "deep/er/page.htm").read_text()
    assert (site / "plain.html").read_text() == PAGES["plain.html"]
    assert (site / ".git/x.html").read_text() == "leaven"
    data = json.loads((site / ASSETS / "terms.json").read_text())
    assert data["bakery:leaven"]["text"] == ENTRIES[0].definition
    assert data.keys() == done.terms.keys()
    before, time = _contents(site), (site / "index.html").stat().st_mtime_ns
    assert annotate(site, ENTRIES, address="https://terms.example/") == done
    assert (_contents(site), (site / "index.html").stat().st_mtime_ns) == (before, time)
    script = (site / ASSETS / "terms-data.js").read_text()
    shown = json.loads(script.removeprefix("semsearchTerms = ").rstrip(";\n"))
    assert shown == {
        id_: {"term": term["term"], "text": term["text"]} for id_, term in data.items()
    }
    assert remove(site) == MarksRemoved(2, ())
    assert _contents(site) == PAGES
    assert not (site / ASSETS).exists()


def test_pages_keep_their_permissions_and_removing_reads_what_it_can(site: Path) -> None:
    """Files of others beside ours stay; a page that cannot be read is named."""
    (site / "index.html").chmod(0o600)
    annotate(site, ENTRIES)
    assert (site / "index.html").stat().st_mode & 0o777 == 0o600
    (site / "plain.html").write_bytes(b'caf\xe9 class="semsearch-term"')
    (site / ASSETS / "own.txt").write_text("x")
    done = remove(site)
    assert done == MarksRemoved(2, (f"{site / 'plain.html'}: it is not UTF-8",))
    assert [one.name for one in (site / ASSETS).iterdir()] == ["own.txt"]
    assert (site / "index.html").read_text() == PAGES["index.html"]
    assert not [one for one in site.rglob(".*") if one.name != ".git"]


def test_pages_that_cannot_be_read_are_named(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are marked; a folder without pages is refused."""
    (site / "latin.html").write_bytes(b"<p>caf\xe9 leaven")
    monkeypatch.setattr(annotating, "MAX_PAGE", 60)
    (site / "long.html").write_text("leaven " * 60)
    (site / "link.html").symlink_to(site / "plain.html")
    done = annotate(site, ENTRIES)
    assert [one.rpartition("/")[2] for one in done.skipped] == [
        "latin.html: it is not UTF-8",
        "long.html: it has more than 0 MB",
    ]
    assert done.pages == 5
    (site / "empty").mkdir()
    with pytest.raises(InvalidSetting, match="has no HTML file; name the folder"):
        annotate(site / "empty", ENTRIES)


def test_nothing_is_written_or_deleted_through_links(site: Path, tmp_path: Path) -> None:
    """Neither the folder of our files nor a file in it leads elsewhere."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "terms.js").write_text("mine")
    (site / ASSETS).symlink_to(other)
    for act in (lambda: annotate(site, ENTRIES), lambda: remove(site)):
        with pytest.raises(InvalidSetting, match="is a link or a file; remove it"):
            act()
    (site / ASSETS).unlink()
    (site / ASSETS).mkdir()
    (site / ASSETS / "terms.js").symlink_to(other / "terms.js")
    annotate(site, ENTRIES)
    assert (other / "terms.js").read_text() == "mine"


def test_entries_come_from_files_or_from_an_index(tmp_path: Path, hashed_index: Path) -> None:
    """Of one glossary, since a name has one meaning in a glossary only."""
    kitchen, ships = tmp_path / "kitchen.md", tmp_path / "ships.md"
    kitchen.write_text("# Pan\n\nA flat vessel.\n")
    ships.write_text("# Hull\n\nThe body of a ship.\n")
    both = [str(kitchen), str(ships)]
    assert [e.term for e in entries_of(both, "ships")] == ["Hull"]
    assert [e.term for e in entries_of(both[:1])] == ["Pan"]
    with pytest.raises(InvalidSetting, match="choose one of kitchen, ships"):
        entries_of(both)
    with pytest.raises(GlossaryNotFound, match="did you mean 'ships'"):
        entries_of(both, "ship")
    assert {e.id for e in entries_of([], "bakery", hashed_index)} >= {"bakery:leaven"}


def test_paths_of_settings_are_relative_to_their_folder(tmp_path: Path) -> None:
    """With and without a name."""
    assert from_folder(tmp_path, ["a.md", "x=b", "/c"]) == [
        str(tmp_path / "a.md"), f"x={tmp_path / 'b'}", "/c",
    ]  # fmt: skip
    with pytest.raises(InvalidSetting, match="name at least one file"):
        from_folder(tmp_path, [])


def test_the_command_tells_what_it_did(site: Path, tmp_path: Path) -> None:
    """With the terms of most pages; JSON has all."""
    glossary = tmp_path / "bakery.md"
    glossary.write_text("# Leaven\n\nIt raises dough.\n\n# Hull\n\nThe body of a ship.\n")
    done = run("annotate", str(site), str(glossary), "--address", "https://terms.example")
    assert done.stdout.decode().splitlines() == [
        "     2  bakery:leaven",
        "1 of 2 entries are explained in 2 of 3 files",
    ]
    assert 'href="https://terms.example/entry/bakery:leaven"' in (site / "index.html").read_text()
    found = json.loads(run("annotate", str(site), str(glossary), "--json").stdout)
    assert found == {"marked": 2, "pages": 3, "terms": {"bakery:leaven": 2}, "skipped": []}
    done = run("annotate", str(site), "--remove")
    assert done.stdout == b"took the marks out of 2 files\n"
    found = json.loads(run("annotate", str(site), "--remove", "--json").stdout)
    assert found == {"pages": 0, "skipped": []}
    assert _contents(site) == PAGES
    done = run("annotate", str(tmp_path / "none"), str(glossary))
    assert (done.returncode, b"is no folder; name the folder" in done.stderr) == (2, True)


def test_data_alone_is_written_for_plugins(tmp_path: Path) -> None:
    """All terms, into a folder of static files without a page; pages are left alone."""
    csv = tmp_path / "bakery.csv"
    csv.write_text("term,definition\nLeaven,A piece of dough.\nCrumb,The inside of bread.\n")
    static = tmp_path / "static"
    static.mkdir()
    (static / "index.html").write_text(PAGES["index.html"])
    done = run("annotate", str(static), str(csv), "--data-only")
    folder = static / ASSETS
    assert (done.returncode, done.stdout.decode()) == (0, f"wrote 2 entries to {folder}\n")
    assert sorted(one.name for one in folder.iterdir()) == sorted(
        ("terms.css", "terms.js", "terms.json", "terms-data.js")
    )
    assert json.loads((folder / "terms.json").read_text()).keys() == {
        "bakery:crumb",
        "bakery:leaven",
    }
    assert (static / "index.html").read_text() == PAGES["index.html"]
    as_json = run("annotate", str(static), str(csv), "--data-only", "--json")
    assert json.loads(as_json.stdout) == {"folder": str(folder), "terms": 2}
    for option, message in (
        (("--address", "https://e.org"), b"--address goes to the plugin"),
        (("--remove",), b"give one of them"),
    ):
        refused = run("annotate", str(static), str(csv), "--data-only", *option)
        assert (refused.returncode, message in refused.stderr) == (2, True)

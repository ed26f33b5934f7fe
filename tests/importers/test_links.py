"""Where links lead."""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.entries import Refusal, Source
from semsearch.importers.labelled_lines import listed_names
from semsearch.importers.markdown_syntax.links import from_file, from_page, nowhere
from semsearch.importers.records import Record
from semsearch.importers.records_to_entries import MAX_SEE_ALSO, clean, make_entries
from tests.importers.support import DATA, read, read_text


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/pan/", "pan"),
        ("/pan", "pan"),
        ("pan.md", "pan"),
        ("./pan.md#handle", "pan"),
        ("../pan/index.md", "pan"),
        ("../sauce%20pan/", "sauce pan"),
        ("/docs/kitchen/pan/", "pan"),
        ("/en/docs/Kitchen/Pan/Copper", "Pan/Copper"),
        ("/docs/garden/pan/", ""),
        ("/docs/kitchen/", ""),
        ("#handle", ""),
        ("#term-pan", "pan"),
        ("/docs/kitchen/?all=true#term-sauce-pan", "sauce-pan"),
        ("https://example.org/pan/", ""),
        ("//example.org/pan/", ""),
        ("mailto:pan@example.org", ""),
        ("http://[pan", ""),
        ("", ""),
        ("/", ""),
    ],
)
def test_links_of_a_page(address: str, name: str) -> None:
    """A neighbour or a path below the folder is an entry; another part of the site is not."""
    assert from_page({"kitchen"})(address) == name


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("#sauce-pan", "sauce-pan"),
        ("#sauce%20pan", "sauce pan"),
        ("#term-pan", "pan"),
        ("words.md#pan", "pan"),
        ("./words.md#pan", "pan"),
        ("other.md#pan", ""),
        ("pan.md", ""),
        ("https://example.org/words.md#pan", ""),
    ],
)
def test_links_of_a_file(address: str, name: str) -> None:
    """Anchors of the file itself are entries, nothing else is."""
    assert from_file("words.md")(address) == name
    assert nowhere(address) == ""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A beam.\n\nSee also: Keel, Mast.", ("Keel", "Mast")),
        ("A beam.\nSEE ALSO:  Keel; Stem, upper", ("Keel", "Stem, upper")),
        ("Related terms: Keel", ("Keel",)),
        ("One may see also: Keel", ()),
        ("See also the keel.", ()),
        ("See also:\n\nKeel", ()),
        ("", ()),
    ],
)
def test_a_line_of_other_terms(text: str, names: tuple[str, ...]) -> None:
    """A line that begins with "See also:" lists names; nothing else in a text does."""
    assert listed_names(text) == names


def _links(folder: Path, name: str, text: str, **columns: str) -> list[tuple[str, ...]]:
    items = read_text(folder, name, text, **columns)
    return [item.see_also for item in items if isinstance(item, Record)]


def test_pages_link_by_fields_macros_links_and_lists(tmp_path: Path) -> None:
    """Stated fields first, then all in the order of the text; links to elsewhere are left out."""
    folder = tmp_path / "kitchen"
    folder.mkdir()
    page = """---
title: Whisk
related:
 - pan
 - ~
see_also: ladle, spoon
---
Beats {{Glossary("Egg white", "whites")}} in a [bowl](/bowl/), not in a
{{< glossary_tooltip text="pot" term_id="stock-pot" >}} nor a `{{Glossary("Cup")}}`.
{{cssxref("display")}} and [outside](https://example.org/x) lead [elsewhere](/garden/rake/).

## See also

- Fork
- [Spatula](spatula.md) for turning
- [Mixer](https://example.org/mixer)
- {{HTMLElement("p")}}
- More:
  - {{glossary("Tongs")}}

## After

- Knife

See also: Peeler.
"""
    expected = (
        "ladle", "spoon", "pan", "Egg white", "bowl", "stock-pot", "Cup", "Fork", "spatula",
        "Tongs", "Peeler",
    )  # fmt: skip
    assert _links(folder, "whisk.md", page) == [expected]


def test_a_page_named_index_lies_in_the_folder_above(tmp_path: Path) -> None:
    """`glossary/pan/index.md` is linked to below `glossary`, also without a slug."""
    folder = tmp_path / "glossary" / "pan"
    folder.mkdir(parents=True)
    text = "---\ntitle: Pan\n---\nA [pot](/docs/Glossary/Pot), a [lid](/docs/pan/lid)."
    assert _links(folder, "index.md", text) == [("Pot",)]


def test_a_file_of_many_terms_links_by_its_anchors(tmp_path: Path) -> None:
    """Headings and definition lists alike."""
    text = "# Words\n\n## Pan\n\nHas a [lid](#lid).\n\n## Lid\n\nOn a [pan][1].\n\n[1]: #pan\n"
    assert _links(tmp_path, "a.md", text) == [("lid",), ("pan",)]
    text = "Pan\n: Has a [lid](#lid) and a [rim](#rim).\n\nLid\n: A cover.\n"
    assert _links(tmp_path, "b.md", text) == [("lid", "rim"), ()]


def test_tables_json_and_plain_text_state_links(tmp_path: Path) -> None:
    """Columns and keys under their usual names, a chosen one, and the line of the text."""
    table = "term,definition,Related terms\nPan,A dish. See also: Pot,Lid; Rim\nLid,A cover.,\n"
    assert _links(tmp_path, "a.csv", table) == [("Lid", "Rim"), ()]
    chosen = "term,definition,vgl\nPan,A dish.,Lid\n"
    assert _links(tmp_path, "b.csv", chosen, see_also="vgl") == [("Lid",)]
    listed = '[{"term": "Pan", "definition": "A dish.\\nSee also: Pot", "seeAlso": ["Lid", null]}]'
    assert _links(tmp_path, "a.json", listed) == [("Lid", "Pot")]
    plain = "Pan\n\nA dish.\n\nSee also: Lid, Rim.\n"
    assert _links(tmp_path, "a.txt", plain) == [("Lid", "Rim")]
    [whisk] = [r for r in read(DATA / "pages" / "kitchen" / "whisk.md") if isinstance(r, Record)]
    assert whisk.see_also == ("Foam", "egg-white", "cream")


def test_links_are_cleaned_and_limited() -> None:
    """Twice the same, empty, far too long, not text, addresses and headings are left out."""
    names = (" Pot\n lid ", "Pot lid", "", "x" * 301, "\ud800", "https://example.org", "More:")
    record = clean(Record("Pan", "A dish.", Source("a", 1), see_also=names))
    assert not isinstance(record, Refusal)
    assert record.see_also == ("Pot lid",)
    many = tuple(f"Pot {n}" for n in range(MAX_SEE_ALSO + 5))
    [entry] = make_entries([Record("Pan", "A dish.", Source("a", 1), see_also=many)], "k").entries
    assert entry.see_also == many[:MAX_SEE_ALSO]

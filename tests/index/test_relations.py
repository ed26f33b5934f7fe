"""Authored relations: links resolved, mentions kept, both counted on real glossaries."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.entries import Entry, Relation, RelationKind, Source
from semsearch.core.progress import Silent
from semsearch.importers import read_corpus
from semsearch.index.relations import MAX_MENTIONS, RelationBuilder, RelationCounts

LINK, MENTION = RelationKind.LINK, RelationKind.MENTION
SHARED = Path(__file__).parents[3] / "shared" / "glossaries"


def relate(entries: list[Entry]) -> tuple[list[Relation], RelationCounts]:
    """Return all relations, and how many there are of each kind."""
    relating = RelationBuilder(entries, Silent())
    return list(relating), relating.counts


def linked(entries: list[Entry]) -> set[tuple[str, str]]:
    """Return the ids of all linked pairs."""
    relations, _ = relate(entries)
    return {(entries[r.source].id, entries[r.target].id) for r in relations if r.kind is LINK}


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("dutch-oven", "k:dutch-oven"),
        ("k:dutch-oven", "k:dutch-oven"),
        ("Dutch_oven", "k:dutch-oven"),
        ("dutch ovens", "k:dutch-oven"),
        ("cocotte", "k:dutch-oven"),
        ("pages/oven", None),
        ("oven-page", "k:dutch-oven"),
        ("B", "k:a"),
        ("lid", None),
        ("nothing", None),
        ("other:hull", None),
        ("Hull", None),
        ("a", None),
        ("", None),
    ],
)
def test_a_link_leads_to_one_entry_of_its_glossary(name: str, target: str | None) -> None:
    """Ids come before pages, terms, aliases and forms; an ambiguous name leads nowhere."""
    entries = [
        Entry("k:from", "From", "Text.", "k", see_also=(name, "From")),
        Entry("k:dutch-oven", "Dutch Oven", "Text.", "k", ("Cocotte",), "en", Source("d/oven-page.md", 1)),
        Entry("k:lid-1", "Lid", "Text.", "k"),
        Entry("k:lid-2", "Lid", "Text.", "k"),
        Entry("k:a", "B", "Text.", "k"),
        Entry("k:b-2", "C", "Text.", "k", ("B",)),
        Entry("k:c-1", "D", "Text.", "k", ("A",)),
        Entry("k:c-2", "E", "Text.", "k", ("a",)),
        Entry("other:hull", "Hull", "Text.", "other"),
    ]  # fmt: skip
    if name == "a":
        entries[4] = replace(entries[4], id="k:z")
    relations, counts = relate(entries)
    assert [(r.source, entries[r.target].id) for r in relations] == (
        [(0, target)] if target else []
    )
    assert counts == RelationCounts(int(target is not None), int(target is None), 0)


def test_a_page_is_called_by_its_file_or_its_folder() -> None:
    """`pan/index.md` is the page "pan", and a file of many terms is no page."""
    page = Entry("k:x", "Skillet", "Text.", "k", source=Source("k/pan/index.md", 1))
    file = Source("k/words.md", 1)
    many = [Entry(f"k:{n}", f"T{n}", "Text.", "k", (f"Word {n}",), source=file) for n in "ab"]
    from_ = Entry("k:from", "From", "Text.", "k", see_also=("pan", "words"))
    assert linked([from_, page, *many]) == {("k:from", "k:x")}
    many[0] = replace(many[0], aliases=("Words",))
    assert linked([from_, page, *many]) == {("k:from", "k:x"), ("k:from", "k:a")}


def test_a_pair_is_one_relation_and_a_link_keeps_the_place_of_the_name() -> None:
    """Links in the author's order, then mentions in that of the text; the first place of each."""
    entries = [
        Entry(
            "b:crust", "Crust", "Leaven, crumb, oven, leaven.", "b", see_also=("Oven", "Bread", "Oven")
        ),
        Entry("b:bread", "Bread", "Baked.", "b"),
        Entry("b:crumb", "Crumb", "Inner part.", "b"),
        Entry("b:leaven", "Leaven", "Old dough.", "b"),
        Entry("b:oven", "Oven", "Hot.", "b"),
    ]  # fmt: skip
    relations, counts = relate(entries)
    assert relations == [
        Relation(0, 4, LINK, 15, 19),
        Relation(0, 1, LINK),
        Relation(0, 3, MENTION, 0, 6),
        Relation(0, 2, MENTION, 8, 13),
    ]
    assert counts == RelationCounts(2, 0, 2)


def test_relations_stay_within_a_glossary() -> None:
    """The same names in the next glossary are other entries, at their own positions."""
    a = [Entry("a:hull", "Hull", "Above the keel.", "a"), Entry("a:keel", "Keel", "Low.", "a")]
    b = [replace(e, id=e.id.replace("a:", "b:"), glossary="b", see_also=("hull",)) for e in a]
    relations, _ = relate([*a, *b])
    assert [(r.source, r.target, r.kind) for r in relations] == [
        (0, 1, MENTION),
        (2, 3, MENTION),
        (3, 2, LINK),
    ]
    assert relate([]) == ([], RelationCounts(0, 0, 0))


def test_mentions_of_one_entry_are_limited() -> None:
    """A definition that names everything keeps the first ones."""
    named = [Entry(f"g:{n}", f"Thing{n}", "Text.", "g") for n in range(MAX_MENTIONS + 20)]
    text = ", ".join(e.term for e in named)
    relations, counts = relate([Entry("g:all", "All", text, "g"), *named])
    assert counts.mentions == MAX_MENTIONS
    assert [r.target for r in relations] == list(range(1, MAX_MENTIONS + 1))


shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"no real glossaries at {SHARED}")


def _read(name: str) -> list[Entry]:
    return list(read_corpus([SHARED / name]).entries)


@pytest.mark.shared
@shared
def test_links_of_mdn() -> None:
    """1,254 pairs by `grep` over macros and links to /Glossary/, where a page of that slug exists.

    Six more use "Boolean", whose page only tells meanings apart: "Boolean (JavaScript)" alone
    bears that name. All other pages of that kind stay without a relation.
    """
    pages = {}
    for file in (SHARED / "mdn").rglob("index.md"):
        text = file.read_text(encoding="utf-8")
        if "page-type: glossary-definition" in text:
            pages[re.findall(r"^slug: Glossary/(.+)$", text, re.MULTILINE)[0].lower()] = text
    pattern = re.compile(
        r"""\{\{\s*glossary\(\s*["']([^"']+)["']|\]\(/en-US/docs/Glossary/([^)#]+)""", re.IGNORECASE
    )
    pairs = set()
    for page, text in pages.items():
        names = (macro or link for macro, link in pattern.findall(text))
        targets = {name.lower().replace(" ", "_") for name in names}
        pairs |= {(page, target) for target in targets & pages.keys() if target != page}
    assert len(pairs) == 1254
    ours = linked(_read("mdn"))
    theirs = {(_mdn_id(one), _mdn_id(other)) for one, other in pairs}
    assert theirs - ours == set()
    assert {target for _, target in ours - theirs} == {"mdn:boolean-javascript"}
    assert len(ours) == 1260


def _mdn_id(slug: str) -> str:
    return "mdn:" + re.sub(r"[^a-z0-9]+", "-", slug).strip("-")


@pytest.mark.shared
@shared
def test_links_of_kubernetes() -> None:
    """166 pairs by `grep` over tooltips, `related` and #term- anchors whose id is a page's.

    Seven more differ from the id in case or number only ("Deployment", "workload").
    """
    pages = {}
    for file in (SHARED / "kubernetes").rglob("*.md"):
        text = file.read_text(encoding="utf-8")
        id_ = re.findall(r"^id: *(\S+)", text, re.MULTILINE)
        if id_ and file.name != "index.md":
            pages[id_[0]] = text
    pattern = re.compile(r'glossary_tooltip[^>]*term_id="([^"]+)"|\]\(#term-([\w-]+)\)')
    pairs = set()
    for page, text in pages.items():
        targets = {one or other for one, other in pattern.findall(text)}
        for listed in re.findall(r"^related:\n((?: *- .*\n)+)", text, re.MULTILINE):
            targets |= set(re.findall(r"- *(\S+)", listed))
        pairs |= {
            (f"kubernetes:{page.lower()}", f"kubernetes:{t.lower()}")
            for t in targets & pages.keys() - {page}
        }
    ours = linked(_read("kubernetes"))
    assert (len(pairs), len(ours), pairs - ours) == (166, 173, set())


@pytest.mark.shared
@shared
def test_links_of_cncf_and_solana() -> None:
    """226 by `grep` of links to a sibling page, 3,005 by counting `related` in the JSON."""
    pages = {
        file.stem: file.read_text(encoding="utf-8")
        for file in (SHARED / "cncf" / "content" / "en").glob("*.md")
        if not file.name.startswith("_") and file.name != "search.md"
    }
    pattern = re.compile(r"\]\(/([\w-]+)/?(?:#[^)]*)?\)")
    pairs = {(p, t) for p, text in pages.items() for t in pattern.findall(text) if t in pages}
    assert len({(page, target) for page, target in pairs if page != target}) == 226
    assert len(linked(_read("cncf"))) == 226
    records = [
        record
        for file in (SHARED / "solana-glossary").rglob("*.json")
        for record in json.loads(file.read_text(encoding="utf-8"))
    ]
    related = {(f"solana-glossary:{r['id']}", t) for r in records for t in r.get("related", ())}
    assert len(related) == 3005
    expected = {(one, f"solana-glossary:{other}") for one, other in related}
    assert linked(_read("solana-glossary")) == expected

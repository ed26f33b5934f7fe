"""Relations of changed entries are there at once, and are those that a build finds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.answers import Reference
from semsearch.core.entries import Entry, Source
from semsearch.core.progress import Silent
from semsearch.importers import read_corpus
from semsearch.index.segments.multi_relations import MAX_SEARCHED
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.drafts import Draft
from semsearch.ingest.publish import publish_edits
from semsearch.search.glossary import Glossary
from semsearch.search.index_view import MAX_K
from semsearch.storage.files.layout import IndexLayout
from tests.conftest import entry

SHARED = Path(__file__).parents[3] / "shared" / "glossaries"
Shown = list[tuple[str, int, int]]

ENTRIES = (
    entry("Leaven", "Fermented dough."),
    entry("Crust", "What a loaf has around its crumb."),
    entry("Crumb", "The inside of a loaf."),
    entry("Stone Oven", "A stone box. A loaf is put into it."),
    Entry("bakery:loaf", "Loaf", "Bread in one piece.", "bakery", source=Source("pages/whole-bread.md", 1)),
    Entry("bakery:miche", "Miche", "A big one.", "bakery", see_also=("whole-bread",)),
    entry("Crumb Boat", "A crumb that floats.", "harbour"),
)  # fmt: skip


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Give an index in which entries refer to each other."""
    build_index(ENTRIES, tmp_path / "index", model="hashed")
    return tmp_path / "index"


def _named(references: Sequence[Reference]) -> Shown:
    places = ((r.entry.id, r.span) for r in references)
    return [(id_, *((s.start, s.end) if s else (-1, -1))) for id_, s in places]


def _relations(glossary: Glossary, id_: str) -> tuple[Shown, Shown, Shown]:
    found = glossary.related(id_, k=MAX_K)
    back = (
        found.mentioned_by if len(found.mentioned_by) < MAX_K else ()
    )  # which ones hangs on positions
    return _named(found.see_also), _named(found.mentions), sorted(_named(back))


def test_a_changed_entry_has_its_links_and_mentions_at_once(index: Path) -> None:
    """Those of its new content and no others; whom they lead to knows."""
    with Glossary.open(index) as glossary, Editor(index) as editor:
        editor.change("bakery:leaven", definition="Crumbs of an old loaf, or of a stone box.")
        assert _relations(glossary, "leaven")[1] == [
            ("bakery:crumb", 0, 6),
            ("bakery:loaf", 17, 21),
        ]
        assert ("bakery:leaven", 0, 6) in _relations(glossary, "crumb")[2]
        editor.change("bakery:leaven", see_also=["Stone ovens"], definition="A loaf.")
        see_also, mentions, _ = _relations(glossary, "leaven")
        assert (see_also, mentions) == ([("bakery:stone-oven", -1, -1)], [("bakery:loaf", 2, 6)])
        assert "bakery:leaven" not in {id_ for id_, *_ in _relations(glossary, "crumb")[2]}


def test_entries_that_are_added_refer_to_each_other(index: Path) -> None:
    """The longest name counts among new ones too, and only within a glossary."""
    with Glossary.open(index) as glossary, Editor(index) as editor:
        editor.add("bakery", Draft("Crumb Coat", "A thin layer of icing."))
        editor.add("bakery", Draft("Icing", "Sugar. First comes the crumb coat."))
        assert _relations(glossary, "icing")[1] == [("bakery:crumb-coat", 23, 33)]
        assert _relations(glossary, "crumb coat")[1:] == (
            [("bakery:icing", 16, 21)],
            [("bakery:icing", 23, 33)],
        )
        editor.delete("bakery:crumb-coat")
        assert _relations(glossary, "icing")[1] == [("bakery:crumb", 23, 28)]


def test_a_text_mentions_nobody_by_a_name_that_is_gone(index: Path) -> None:
    """The entry that lost the name has no mention from the text either.

    An entry that keeps the name as an alias is mentioned still.
    """
    with Glossary.open(index) as glossary, Editor(index) as editor:
        assert _relations(glossary, "crust")[1] == [
            ("bakery:loaf", 7, 11),
            ("bakery:crumb", 27, 32),
        ]
        editor.change("bakery:loaf", term="Boule")
        editor.change("bakery:crumb", term="Inside", aliases=["crumb"])
        beside = [_relations(glossary, name) for name in ("crust", "boule", "inside")]
        assert beside[0][1] == [("bakery:crumb", 27, 32)]
        assert [id_ for id_, *_ in beside[1][2]] == ["bakery:miche"]
        assert ("bakery:crust", 27, 32) in beside[2][2]
        publish_edits(IndexLayout(index), Silent())
        glossary.refresh()
        assert beside == [_relations(glossary, name) for name in ("crust", "boule", "inside")]


def test_a_link_to_a_page_survives_an_edit(index: Path) -> None:
    """A page may be called otherwise than its entry.

    Where a link led before the edit it still does.
    """
    with Glossary.open(index) as glossary, Editor(index) as editor:
        editor.change("bakery:miche", definition="A very big one.")
        assert _relations(glossary, "miche")[0] == [("bakery:loaf", -1, -1)]
        editor.change("bakery:loaf", definition="Bread.")
        assert _relations(glossary, "miche")[0] == [("bakery:loaf", -1, -1)]
        editor.delete("bakery:loaf")
        assert _relations(glossary, "miche")[0] == []


def test_what_kind_of_relation_was_stated_is_shown(index: Path) -> None:
    """Broader is told from see also, and by the other side as narrower."""
    with Glossary.open(index) as glossary, Editor(index) as editor:
        editor.change("bakery:miche", see_also=[], details={"broader": ("Loaf",)})
        (reference,) = glossary.related("miche").see_also
        assert (reference.entry.id, reference.relation) == ("bakery:loaf", "broader")
        (back,) = (r for r in glossary.related("loaf").mentioned_by if r.entry.id == "bakery:miche")
        assert back.relation == "narrower"


@pytest.mark.process
def test_a_great_many_changes_wait_for_their_generation(index: Path) -> None:
    """Who is mentioned by so many new texts is not looked for; what each of them mentions is."""
    records = [
        {"term": f"Slice {n}", "definition": "A part of the crumb."}
        for n in range(MAX_SEARCHED + 1)
    ]
    with Glossary.open(index) as glossary, Editor(index) as editor:
        before = _relations(glossary, "crumb")
        editor.take("\n".join(map(json.dumps, records)), "bakery")
        assert _relations(glossary, "slice 7")[1] == [("bakery:crumb", 14, 19)]
        assert _relations(glossary, "crumb") == before
        publish_edits(IndexLayout(index), Silent())
        glossary.refresh()
        assert len(glossary.related("crumb", k=MAX_K).mentioned_by) == MAX_K


def _edited(entries: Sequence[Entry]) -> Iterator[Draft]:
    for n, one in enumerate(entries):
        details = replace(one.details, markdown="")  # it would say what the definition was
        text = f"{one.definition} Changed, {n}."
        yield replace(Draft.of(one), definition=text, details=details)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason=f"no real glossaries at {SHARED}")
@pytest.mark.parametrize("name", ["mdn", "kubernetes"])
def test_relations_are_those_of_a_build(name: str, tmp_path: Path) -> None:
    """Every seventh entry of a real glossary is edited; nothing changes when that is built in."""
    entries = list(read_corpus([SHARED / name]).entries)
    build_index(entries, tmp_path / "index", model="hashed")
    chosen = entries[::7]
    with Glossary.open(tmp_path / "index") as glossary, Editor(tmp_path / "index") as editor:
        for one, draft in zip(chosen, _edited(chosen), strict=True):
            editor.put(one.id, draft)
        beside = {e.id: _relations(glossary, e.id) for e in entries}
        assert sum(bool(beside[e.id][1]) for e in chosen) > 10
        publish_edits(IndexLayout(tmp_path / "index"), Silent())
        glossary.refresh()
        assert glossary.info().generation == 2
        assert beside == {e.id: _relations(glossary, e.id) for e in entries}
